"""The rows of sync in the tests that walk all features."""

from tests.support.matrix import ADMIN, EVERYBODY, PUBLIC, Rows

ROWS = Rows(
    access={
        "sync.check": EVERYBODY,
        "sync.device": {"administrator", "auditor"},
        "sync.devices": {"administrator", "auditor"},
        "sync.end_session": PUBLIC,
        "sync.envelope": {"administrator", "auditor"},
        "sync.envelopes": EVERYBODY,
        "sync.file": EVERYBODY,
        "sync.give_up": EVERYBODY,
        "sync.grants": EVERYBODY,
        "sync.photo": EVERYBODY,
        "sync.reference": EVERYBODY,
        "sync.release": ADMIN,
        "sync.returned": EVERYBODY,
        "sync.returned_list": EVERYBODY,
        "sync.reinstate": ADMIN,
        "sync.revoke": ADMIN,
        "sync.set_aside": ADMIN,
        "sync.status": PUBLIC,
        "sync.tray": {"administrator", "auditor"},
    },
    auditor_posts={"sync.check", "sync.envelopes", "sync.file", "sync.give_up", "sync.grants", "sync.returned"},
    takes_files={"sync.file", "sync.photo"},
    not_pages={"sync.device", "sync.envelope", "sync.reference"},
    unlinked={
        "sync.returned",  # nothing was returned for correction
        "sync.returned_list",
    },
    in_common={
        "sync.photo",  # one's own photos
    },
)
