# Two stages: the image that runs has the program and its packages, and nothing to build or install with.
FROM python:3.11.14-slim-bookworm AS build

RUN pip install --no-cache-dir "uv==0.13.9"
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never

# the packages change less often than the program: a layer of their own
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --no-install-project --no-cache

COPY simulation simulation
COPY server server
COPY schema.graphql ./
RUN uv sync --locked --no-dev --no-editable --no-cache


FROM python:3.11.14-slim-bookworm

RUN groupadd --gid 10001 springtide \
    && useradd --uid 10001 --gid 10001 --create-home --home-dir /var/lib/springtide springtide
COPY --from=build /app/.venv /app/.venv
WORKDIR /var/lib/springtide
USER springtide
# all that is written lies in /var/lib/springtide (compiled floors and, without DATABASE_URL, the embedded PostgreSQL:
# mount it to keep them) and in /tmp, so the rest may be read-only
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PORT=8000 \
    SPRINGTIDE_DATA_DIR=/var/lib/springtide/data SPRINGTIDE_CODE_DIR=/var/lib/springtide/compiled
RUN mkdir -p "$SPRINGTIDE_DATA_DIR" "$SPRINGTIDE_CODE_DIR"
VOLUME /var/lib/springtide
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --retries=6 --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["springtide", "serve", "--host", "0.0.0.0"]
