"""Requests refused before any operation, in the shape of GraphQL's own errors."""

from collections.abc import Mapping

from starlette.responses import JSONResponse


def refusal(
    status: int, message: str, code: str = "BAD_REQUEST", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status, headers)
