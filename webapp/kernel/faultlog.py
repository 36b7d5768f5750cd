"""Logging of caught errors: their traceback, without anything that a person typed."""

import logging
import traceback


def log_fault(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error with its traceback and type, without its message, which may quote input.

    Database messages about tables and columns are logged, since they quote nothing else.
    """
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 10:
        frames = "".join(traceback.format_tb(cause.__traceback__))
        parts.append(f"{frames}{type(cause).__module__}.{type(cause).__qualname__}{_of_schema(cause)}")
        cause = cause.__cause__ or cause.__context__
    log.error("%s\n%s", what, "\ncaused by\n".join(parts))


def _of_schema(error: BaseException) -> str:
    words = str(error).partition("\n")[0]
    is_of_schema = str(getattr(error, "sqlstate", None)).startswith("42") or (
        getattr(error, "sqlite_errorname", None) == "SQLITE_ERROR" and words.startswith("no such")
    )
    return f": {words}" if is_of_schema else ""
