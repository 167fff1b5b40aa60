FROM python:3.11-slim

RUN pip install --no-cache-dir "uv>=0.9,<1" \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/springtide springtide
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PATH=/app/.venv/bin:$PATH

# the packages change less often than the program: a layer of their own
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --no-install-project --no-cache

COPY simulation simulation
COPY server server
COPY schema.graphql ./
RUN uv sync --locked --no-dev --no-editable --no-cache

USER springtide
# compiled floors and, without DATABASE_URL, the embedded PostgreSQL live here: mount it to keep them
ENV SPRINGTIDE_DATA_DIR=/var/lib/springtide/data SPRINGTIDE_CODE_DIR=/var/lib/springtide/compiled PORT=8000
RUN mkdir -p "$SPRINGTIDE_DATA_DIR" "$SPRINGTIDE_CODE_DIR"
VOLUME /var/lib/springtide
EXPOSE 8000
CMD ["springtide", "serve", "--host", "0.0.0.0"]
