"""The `Feature` object with everything a feature contributes; `install` hands each part to its kernel module."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask

from webapp.kernel import (
    access,
    board,
    deadlines,
    disclosure,
    errors,
    figures,
    health,
    jobs,
    kept,
    kinds,
    logged,
    navigation,
    recipients,
    retention,
    scanning,
    signals,
    signed,
    states,
)
from webapp.kernel.access import Actor, Role
from webapp.kernel.board import Action, Panel, PlacePanel, UnitPanel
from webapp.kernel.deadlines import DueRows
from webapp.kernel.disclosure import Subject
from webapp.kernel.errors import Constraint, Writer
from webapp.kernel.figures import Figure
from webapp.kernel.health import Check
from webapp.kernel.jobs import Job
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import Kind
from webapp.kernel.listing import Listing
from webapp.kernel.logged import Logged
from webapp.kernel.navigation import Area, NavEntry, PageAction, PlaceAction
from webapp.kernel.recipients import Resolver as Recipients
from webapp.kernel.retention import Holder
from webapp.kernel.scanning import Resolver
from webapp.kernel.signals import Signal
from webapp.kernel.signed import Offer
from webapp.kernel.states import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature and its contributions; every part is optional.

    `area` is the hub with its pages, actions, cards and tasks. `serves` are the roles whose work it supports; a role
    that no feature serves is not offered. `terms` write the values of its refusals. `filters` and `tests` are for its
    templates. `logged` are the actions that it writes into the journal, `subjects` the words of what they are about,
    `watched` the figures on the auditor's card of Today; `signed` finds the signed numbers of figures. `init_app` is
    for anything without a field here, such as a `before_request` handler. Exactly one feature has `standing_finder`,
    and exactly one has `hub`, the endpoint of an area's page, which takes the `area`; one has `sign_in`, the endpoint
    of the page that takes `next`.
    """

    name: str
    blueprint: Blueprint | None = None
    area: Area | None = None
    hub: str = ""
    sign_in: str = ""
    serves: tuple[Role, ...] = ()
    kinds: tuple[Kind, ...] = ()
    references: tuple[Reference, ...] = ()
    navigation: tuple[NavEntry, ...] = ()
    place_actions: tuple[PlaceAction, ...] = ()
    page_actions: tuple[PageAction, ...] = ()
    actions: tuple[Action, ...] = ()
    panels: tuple[Panel, ...] = ()
    place_panels: tuple[PlacePanel, ...] = ()
    unit_panels: tuple[UnitPanel, ...] = ()
    due: tuple[DueRows, ...] = ()
    lists: tuple[Listing, ...] = ()
    machines: tuple[Machine, ...] = ()
    figures: tuple[Figure, ...] = ()
    watched: tuple[Figure, ...] = ()
    signed: tuple[Offer, ...] = ()
    logged: tuple[Logged, ...] = ()
    subjects: Mapping[str, Any] = field(default_factory=dict)
    scans: tuple[Resolver, ...] = ()
    refusals: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Writer] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    jobs: tuple[Job, ...] = ()
    checks: tuple[Check, ...] = ()
    holders: tuple[Holder, ...] = ()
    reveals: tuple[Subject, ...] = ()
    recipients: tuple[Recipients, ...] = ()
    signals: tuple[Signal, ...] = ()
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    tests: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    standing_finder: Callable[[UUID], Actor | None] | None = None
    standing_listeners: tuple[Callable[[UUID, datetime], None], ...] = ()
    init_app: Callable[[Flask], None] | None = None


def install(app: Flask, features: tuple[Feature, ...]) -> None:
    """Install the contributions of the features in the application, in their order.

    Raises ValueError when two features contribute something under the same name, or a part that only one may have.
    """
    app.extensions["frontline.features"] = features

    def each(part: str) -> tuple[Any, ...]:
        return tuple(item for feature in features for item in getattr(feature, part))

    def merged(part: str) -> dict[str, Any]:
        return _by_name(part, (pair for feature in features for pair in getattr(feature, part).items()))

    def named(part: str) -> dict[str, Any]:
        return _by_name(part, ((item.name, item) for item in each(part)))

    kinds.install(app, named("kinds"))
    kept.references.install(app, tuple(named("references").values()))
    areas = {feature.blueprint.name: feature.area for feature in features if feature.blueprint and feature.area}
    navigation.area_of_blueprint.install(app, areas)
    navigation.hub.install(app, _only("hub", features))
    access.sign_in_page.install(app, _only("sign_in", features))
    navigation.all_entries.install(app, each("navigation"))
    navigation.all_place_actions.install(app, each("place_actions"))
    navigation.all_page_actions.install(app, each("page_actions"))
    board.all_actions.install(app, each("actions"))
    board.panels.install(app, each("panels"))
    board.place_panels.install(app, each("place_panels"))
    board.unit_panels.install(app, each("unit_panels"))
    deadlines.due_rows.install(app, each("due"))
    figures.figures.install(app, _by_name("figures", ((figure.code, figure) for figure in each("figures"))))
    figures.watched.install(app, each("watched"))
    signed.offers.install(app, each("signed"))
    scanning.resolvers.install(app, each("scans"))
    states.machines.install(app, _by_name("machines", ((machine.of, machine) for machine in each("machines"))))
    actions = _by_name("logged", ((action.action, action) for action in each("logged")))
    logged.install(app, actions, each("machines"))
    logged.subjects.install(app, merged("subjects"))
    errors.catalogue.install(app, merged("refusals"))
    errors.writers.install(app, merged("terms"))
    errors.constraints.install(app, named("constraints"))
    jobs.all_jobs.install(app, named("jobs"))
    health.checks.install(app, each("checks"))
    retention.holders.install(app, each("holders"))
    recipients.resolvers.install(app, _by_name("recipients", ((item.code, item) for item in each("recipients"))))
    signals.install(app, each("signals"))
    disclosure.subjects.install(app, tuple(named("reveals").values()))
    app.register_blueprint(disclosure.pages(each("reveals")))
    served = each("serves")
    access.offered_roles.install(app, tuple(role for role in Role if role in served))
    access.standing_finder.install(app, _only("standing_finder", features))
    access.standing_listeners.install(app, each("standing_listeners"))
    app.jinja_env.filters.update(merged("filters"))
    app.jinja_env.tests.update(merged("tests"))
    for feature in features:
        if feature.blueprint:
            app.register_blueprint(feature.blueprint)
        if feature.init_app:
            feature.init_app(app)


def installed(app: Flask) -> tuple[Feature, ...]:
    """The features of an application, in their order."""
    features: tuple[Feature, ...] = app.extensions["frontline.features"]
    return features


def of_area(app: Flask, area: Area) -> tuple[Feature, ...]:
    """The features whose pages belong to an area."""
    return tuple(feature for feature in installed(app) if feature.area is area)


def _by_name(part: str, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, value in pairs:
        if name in parts:
            raise ValueError(f"two features contribute {part} {name!r}")
        parts[name] = value
    return parts


def _only(part: str, features: tuple[Feature, ...]) -> Any:
    """The part that exactly one feature contributes; raises ValueError when none or several do."""
    contributors = [feature for feature in features if getattr(feature, part)]
    if len(contributors) != 1:
        names = ", ".join(feature.name for feature in contributors) or "none"
        raise ValueError(f"exactly one feature contributes {part}, not: {names}")
    return getattr(contributors[0], part)
