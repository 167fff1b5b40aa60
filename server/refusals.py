"""Requests refused before any operation, in the shape of GraphQL's own errors."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

CODES = {404: "NOT_FOUND", 413: "TOO_LARGE"}


def refusal(
    status: int,
    message: str,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
) -> JSONResponse:
    extensions = {"code": code or CODES.get(status, "BAD_REQUEST")} | ({"requestId": request_id} if request_id else {})
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]}, status, headers)
