"""The access table of all views. Add every new view, and adapt changed ones."""

import pytest

from tests.support import masters
from webapp.kernel.access import Role

PUBLIC = "public"
ADMIN = {"administrator"}
EVERYBODY = {role.value for role in Role}
OVERSIGHT = {"administrator", "commander", "auditor"}
INSPECTION_READERS = {"inspector", "approver", "commander", "auditor"}
VISIT_READERS = {"gatekeeper", "commander", "auditor"}
PUBLICITY_READERS = {"clerk", "commander", "auditor"}
STOCK_READERS = {"keeper", "approver", "commander", "auditor", "administrator"}
STOCK_MASTERS = {"keeper", "administrator"}

ACCESS = {
    "accounts.add_person": ADMIN,
    "accounts.disable_person": ADMIN,
    "accounts.edit_person": ADMIN,
    "accounts.enable_person": ADMIN,
    "accounts.end_other_sessions": EVERYBODY,
    "accounts.end_session": EVERYBODY,
    "accounts.end_sessions": ADMIN,
    "accounts.import_persons": ADMIN,
    "accounts.password": EVERYBODY,
    "accounts.person": OVERSIGHT,
    "accounts.persons": OVERSIGHT,
    "accounts.reset_password": ADMIN,
    "accounts.reset_second_factor": ADMIN,
    "accounts.second_factor": EVERYBODY,
    "accounts.second_factor_off": EVERYBODY,
    "accounts.sessions": EVERYBODY,
    "accounts.sign_in": PUBLIC,
    "accounts.sign_in_code": PUBLIC,
    "accounts.sign_out": EVERYBODY,
    "checkpoints.again": {"gatekeeper"},
    "checkpoints.choose": {"gatekeeper"},
    "checkpoints.depart": {"gatekeeper"},
    "checkpoints.gate": {"gatekeeper"},
    "checkpoints.live": {"gatekeeper"},
    "checkpoints.look": {"gatekeeper"},
    "checkpoints.record": {"gatekeeper"},
    "checkpoints.search": VISIT_READERS,
    "checkpoints.show": VISIT_READERS,
    "checkpoints.undo": {"gatekeeper"},
    "checkpoints.undo_arrival": {"gatekeeper"},
    "checkpoints.visits": VISIT_READERS,
    "district.edit": ADMIN,
    "district.keep": ADMIN,
    "district.preferences": OVERSIGHT,
    "inspections.act": {"inspector", "commander"},
    "inspections.correct": {"inspector", "commander"},
    "inspections.finding": INSPECTION_READERS,
    "inspections.findings": INSPECTION_READERS,
    "inspections.index": INSPECTION_READERS,
    "inspections.new": {"inspector"},
    "inspections.paper": INSPECTION_READERS,
    "inspections.photo": INSPECTION_READERS,
    "inspections.record": {"inspector"},
    "inspections.show": INSPECTION_READERS,
    "inspections.void": {"inspector", "commander"},
    "places.add": ADMIN,
    "places.choose_labels": EVERYBODY,
    "places.edit": ADMIN,
    "places.import_places": ADMIN,
    "places.place": EVERYBODY,
    "places.places": EVERYBODY,
    "places.print_labels": EVERYBODY,
    "publicity.correct": {"clerk", "commander"},
    "publicity.index": PUBLICITY_READERS,
    "publicity.new": {"clerk"},
    "publicity.paper": PUBLICITY_READERS,
    "publicity.photo": PUBLICITY_READERS,
    "publicity.post": {"clerk"},
    "publicity.show": PUBLICITY_READERS,
    "publicity.void": {"clerk", "commander"},
    "retention.ask": {"administrator", "auditor"},
    "retention.certificate": {"administrator", "auditor"},
    "retention.index": {"administrator", "auditor"},
    "retention.paper": {"administrator", "auditor"},
    "reveal.person": ADMIN,
    "reveal.place": {"inspector", "approver", "commander", "administrator"},
    "reveal.visit": {"gatekeeper", "commander"},
    "shell.blank": PUBLIC,
    "shell.manifest": PUBLIC,
    "shell.offline": PUBLIC,
    "shell.outbox": PUBLIC,
    "shell.scan": PUBLIC,
    "shell.worker": PUBLIC,
    "standards.limits": EVERYBODY,
    "supplies.barcode_new": STOCK_MASTERS,
    "supplies.barcode_remove": STOCK_MASTERS,
    "supplies.catalogue": STOCK_MASTERS,
    "supplies.counter": {"keeper"},
    "supplies.dated": STOCK_READERS,
    "supplies.import_items": {"keeper"},
    "supplies.item": STOCK_READERS,
    "supplies.item_edit": STOCK_MASTERS,
    "supplies.item_labels": STOCK_READERS,
    "supplies.item_ledger": STOCK_READERS,
    "supplies.item_new": STOCK_MASTERS,
    "supplies.items": STOCK_READERS,
    "supplies.ledger_check": {"keeper", "commander", "auditor", "administrator"},
    "supplies.lot_expiry": STOCK_MASTERS,
    "supplies.pack_new": STOCK_MASTERS,
    "supplies.slip": STOCK_READERS,
    "supplies.slip_labels": STOCK_READERS,
    "supplies.slip_print": STOCK_READERS,
    "supplies.slips": STOCK_READERS,
    "supplies.to_count": STOCK_READERS,
    "supplies.undo": {"keeper"},
    "supplies.explain": {"keeper"},
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
    "today.health": PUBLIC,
    "today.system": ADMIN,
    "today.area": EVERYBODY,
    "today.index": EVERYBODY,
    "today.jump": EVERYBODY,
    "today.language": PUBLIC,
    "today.me": EVERYBODY,
    "today.mine": {"inspector", "gatekeeper", "keeper", "clerk", "commander"},
    "today.record": EVERYBODY,
    "today.scan": EVERYBODY,
    "today.tasks": EVERYBODY,
    "units.add": ADMIN,
    "units.edit": ADMIN,
    "units.import_units": ADMIN,
    "units.index": OVERSIGHT | {"approver"},
    "units.unit": OVERSIGHT | {"approver"},
}
GUARDED = [endpoint for endpoint, roles in ACCESS.items() if roles != PUBLIC]
# Open to whoever is signed in: a person whose role was taken leaves, and changes a password that is owed.
WITHOUT_ROLE = {"accounts.password", "accounts.sign_out"}
# A page about what is chosen in its query: nothing chosen is nothing found.
CHOSEN = {"places.print_labels"}
# What changes something, yet is open to the auditor: their own sessions, password and second step, and searches.
AUDITOR_POSTS = {
    "accounts.end_other_sessions",
    "accounts.end_session",
    "accounts.password",
    "accounts.second_factor",
    "accounts.second_factor_off",
    "accounts.sign_out",
    "checkpoints.search",
    "retention.ask",  # purging changes nothing that counts
    "sync.check",
    "sync.envelopes",
    "sync.file",
    "sync.give_up",
    "sync.grants",
    "sync.returned",
    "today.jump",
    "today.scan",
}


def pages(app):
    """The path of every page without an id in its address."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return {rule.endpoint: rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments}


def addresses(app):
    """A path and a method for every endpoint; where an id stands in the path, nobody's."""
    nobody = "00000000-0000-4000-8000-000000000000"
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint != "static":
                values = dict.fromkeys(rule.arguments, nobody)
                path = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods)))
                yield from ((rule.endpoint, method, path) for method in rule.methods & {"GET", "POST"})


def test_the_table_names_every_view_and_no_other(built):
    assert set(built.view_functions) - {"static"} == set(ACCESS), "write the roles of new views into ACCESS"


def test_every_view_is_open_to_the_roles_of_the_table(built):
    declared = {
        name: getattr(view, "allowed", set()) for name, view in built.view_functions.items() if name != "static"
    }
    told = {name: PUBLIC if roles is None else {role.value for role in roles} for name, roles in declared.items()}
    assert {name: told[name] for name in told if told[name] != ACCESS.get(name)} == {}


@pytest.mark.parametrize("role", masters.CAST)
def test_a_role_opens_its_pages_and_no_other(app, role):
    client, wrong = masters.member(app, role), {}
    for endpoint, path in pages(app).items():
        status = client.get(path).status_code
        allowed = ACCESS[endpoint] == PUBLIC or role.value in ACCESS[endpoint]
        good = (404,) if endpoint in CHOSEN else (200, 303)
        if status not in (good if allowed else (403,)):
            wrong[endpoint] = status
    assert wrong == {}


@pytest.mark.parametrize("role", masters.CAST)
def test_a_role_is_refused_every_other_act(app, role):
    """403 comes before the id is looked up, so nobody learns what there is."""
    client = masters.member(app, role)
    asked = [(e, m, p) for e, m, p in addresses(app) if ACCESS[e] != PUBLIC and role.value not in ACCESS[e]]
    wrong = {(e, m): status for e, m, p in asked if (status := client.open(p, method=m).status_code) != 403}
    assert wrong == {}


@pytest.mark.only_on("sqlite")
def test_somebody_without_a_role_opens_nothing(app, stranger):
    asked = [(e, m, p) for e, m, p in addresses(app) if e in GUARDED and e not in WITHOUT_ROLE]
    wrong = {(e, m): s for e, m, p in asked if (s := stranger.open(p, method=m).status_code) != 403}
    assert wrong == {}


def test_nobody_in_particular_is_sent_to_sign_in(app, client):
    wrong = {}
    for endpoint, method, path in addresses(app):
        if endpoint not in GUARDED:
            continue
        answer = client.open(path, method=method, headers={"Accept": "text/html"})
        sent = answer.status_code == 303 and answer.location.startswith("/sign-in")
        if not (sent if method == "GET" else answer.status_code == 401):
            wrong[endpoint] = (method, answer.status_code)
    assert wrong == {}


def test_what_is_public_answers_nobody_in_particular(app, client):
    statuses = {e: client.get(p).status_code for e, p in pages(app).items() if ACCESS[e] == PUBLIC}
    assert {e: s for e, s in statuses.items() if s not in (200, 303)} == {}


def test_the_auditor_changes_nothing(built):
    posts = {endpoint for endpoint, method, _path in addresses(built) if method == "POST" and endpoint in GUARDED}
    assert {endpoint for endpoint in posts if "auditor" in ACCESS[endpoint]} == AUDITOR_POSTS
