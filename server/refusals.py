"""Requests refused before any operation, in the shape of GraphQL's own errors."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

CODES = {404: "NOT_FOUND", 408: "TIMEOUT", 413: "TOO_LARGE", 503: "UNAVAILABLE"}


def refusal(
    status: int,
    message: str,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """`more` stands among the extensions."""
    told = {"message": message, "extensions": {"code": code or CODES.get(status, "BAD_REQUEST"), **more}}
    return JSONResponse({"errors": [told]}, status, headers)
