"""The rows of shell in the tests that walk all features."""

from tests.support.matrix import PUBLIC, Rows

ROWS = Rows(
    access={
        "shell.blank": PUBLIC,
        "shell.manifest": PUBLIC,
        "shell.offline": PUBLIC,
        "shell.outbox": PUBLIC,
        "shell.scan": PUBLIC,
        "shell.worker": PUBLIC,
    },
    not_pages={"shell.manifest", "shell.worker"},
)
