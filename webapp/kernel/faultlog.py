"""Errors of ours that are caught, in the log: where they came from, and nothing that anybody typed."""

import logging
import traceback


def log_fault(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error with its traceback and its type. Its message is left out: it may quote what was typed.

    What a database says of tables and columns is kept: it names nothing else.
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
