"""Errors of ours that are caught, in the log: where they came from, and nothing that anybody typed."""

import logging
import traceback


def log_fault(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log an error with its traceback and its type. Its message is left out: it may quote what was typed."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 10:
        frames = "".join(traceback.format_tb(cause.__traceback__))
        parts.append(f"{frames}{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    log.error("%s\n%s", what, "\ncaused by\n".join(parts))
