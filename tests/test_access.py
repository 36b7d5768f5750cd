"""Every view is open to the roles in its feature's rows (tests/<feature>/matrix.py), and to no other."""

import re

import pytest

from tests.support import masters, matrix
from tests.support.matrix import PUBLIC

ACCESS, OWNERS = matrix.access(), matrix.owners()
FEATURES = pytest.mark.parametrize("feature", matrix.features())


def pages(app):
    """The path of every page without an id in its address."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return {rule.endpoint: rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments}


def addresses(app, feature):
    """(endpoint, method, path) of every view of a feature; where an id stands in the path, nobody's."""
    nobody = {"uuid": "00000000-0000-4000-8000-000000000000", "int": 0}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if OWNERS.get(rule.endpoint) == feature:
            kinds = {name: kind for kind, name in re.findall(r"<(\w+)[^:>]*:(\w+)>", rule.rule)}
            values = {name: nobody.get(kind, nobody["uuid"]) for name, kind in kinds.items()}
            path = adapter.build(rule.endpoint, values, method=next(iter(rule.methods)))
            yield from ((rule.endpoint, method, path) for method in rule.methods & {"GET", "POST"})


def test_the_rows_name_every_view_and_no_other(built):
    assert set(built.view_functions) - {"static"} == set(ACCESS), "name new views in tests/<feature>/matrix.py"


@FEATURES
def test_every_view_is_open_to_the_roles_of_its_row(built, feature):
    rows = matrix.features()[feature].access
    allowed = {endpoint: getattr(built.view_functions[endpoint], "allowed", set()) for endpoint in rows}
    declared = {e: PUBLIC if roles is None else {role.value for role in roles} for e, roles in allowed.items()}
    assert declared == rows


@FEATURES
def test_a_role_opens_its_pages_and_is_refused_every_other_act(app, feature):
    """403 comes before the id is looked up, so nobody learns what there is."""
    wrong, paths, chosen = {}, pages(app), matrix.features()[feature].chosen
    for role in masters.CAST:
        client = masters.member(app, role)
        for endpoint, method, path in addresses(app, feature):
            if ACCESS[endpoint] != PUBLIC and role.value not in ACCESS[endpoint]:
                expected = (403,)
            elif method == "GET" and endpoint in paths:
                expected = (404,) if endpoint in chosen else (200, 303)
            else:
                continue
            status = client.open(path, method=method).status_code
            if status not in expected:
                wrong[endpoint, method, role.value] = status
    assert wrong == {}


@pytest.mark.only_on("sqlite")
@FEATURES
def test_somebody_without_a_role_opens_nothing(app, feature, stranger):
    asked = [(e, m, p) for e, m, p in addresses(app, feature) if ACCESS[e] != PUBLIC]
    asked = [(e, m, p) for e, m, p in asked if e not in matrix.features()[feature].without_role]
    wrong = {(e, m): s for e, m, p in asked if (s := stranger.open(p, method=m).status_code) != 403}
    assert wrong == {}


@FEATURES
def test_nobody_in_particular_is_sent_to_sign_in(app, feature, client):
    wrong = {}
    for endpoint, method, path in addresses(app, feature):
        if ACCESS[endpoint] == PUBLIC:
            continue
        answer = client.open(path, method=method, headers={"Accept": "text/html"})
        sent = answer.status_code == 303 and answer.location.startswith("/sign-in")
        if not (sent if method == "GET" else answer.status_code == 401):
            wrong[endpoint] = (method, answer.status_code)
    assert wrong == {}


def test_what_is_public_answers_nobody_in_particular(app, client):
    statuses = {e: client.get(p).status_code for e, p in pages(app).items() if ACCESS[e] == PUBLIC}
    assert {e: s for e, s in statuses.items() if s not in (200, 303)} == {}


@FEATURES
def test_the_auditor_changes_nothing(built, feature):
    posts = {e for e, method, _path in addresses(built, feature) if method == "POST" and ACCESS[e] != PUBLIC}
    assert {endpoint for endpoint in posts if "auditor" in ACCESS[endpoint]} == matrix.features()[feature].auditor_posts
