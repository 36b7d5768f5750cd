"""The rows of retention in the tests that walk all features."""

from tests.support.matrix import Rows

ROWS = Rows(
    access={
        "retention.ask": {"administrator", "auditor"},
        "retention.certificate": {"administrator", "auditor"},
        "retention.index": {"administrator", "auditor"},
        "retention.paper": {"administrator", "auditor"},
    },
    auditor_posts={
        "retention.ask",  # purging changes nothing that counts
    },
    unlinked={
        "retention.certificate",  # nothing was purged yet
        "retention.paper",
    },
)
