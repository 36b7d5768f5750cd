"""What each feature states for the tests that walk all features: `ROWS` in tests/<feature>/matrix.py."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace

from webapp import FEATURES
from webapp.kernel.access import Role

# The codes of roles, or PUBLIC.
Roles = str | Set[str]
PUBLIC = "public"
EVERYBODY = frozenset(role.value for role in Role)
ADMIN = {"administrator"}
OVERSIGHT = {"administrator", "commander", "auditor"}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a person types into the form that the kernel draws for the feature's kind; a place or unit by its code."""

    typed: dict[str, str]
    # The fields that a blank form is missing.
    required: Set[str]
    # Values that are refused, and those of a correction.
    wrong: dict[str, str]
    corrected: dict[str, str]
    # What the record then shows, by language.
    shown: Mapping[str, str]
    shown_corrected: Mapping[str, str]
    # The query under which its list shows it.
    listed: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a feature. Sets are of endpoints; `record` adds its records to the district of
    tests/faults/world.py and returns the ids for its addresses.
    """

    access: Mapping[str, Roles]
    record: Callable[[SimpleNamespace], dict[str, object]] = field(default=lambda _world: {})
    # The ids that stand in the query of a GET.
    queries: Mapping[str, Set[str]] = field(default_factory=dict)
    # The address of the large next act of each role on Today.
    first_acts: Mapping[Role, str] = field(default_factory=dict)
    # Open to whoever is signed in without a role.
    without_role: Set[str] = frozenset()
    # They change something, yet are open to the auditor.
    auditor_posts: Set[str] = frozenset()
    # They take a large body.
    takes_files: Set[str] = frozenset()
    # They end the session that asks.
    endings: Set[str] = frozenset()
    # Not pages: files, pieces of a page, pictures, data.
    not_pages: Set[str] = frozenset()
    # Pages that no link leads to as the demonstration stands.
    unlinked: Set[str] = frozenset()
    # Pages of records that a role has none of in the demonstration.
    without_records: Mapping[Role, Set[str]] = field(default_factory=dict)
    # A page about what is chosen in its query: 404 when nothing is chosen.
    chosen: Set[str] = frozenset()
    # Not bound to a unit or place: everybody who may open it sees every one.
    in_common: Set[str] = frozenset()
    # They answer any id alike.
    tells_nothing: Set[str] = frozenset()
    sample: Sample | None = None


def of_records(name: str, *, recorders: Set[str], overseers: Set[str], readers: Set[str]) -> dict[str, Roles]:
    """The roles of the kernel's pages of a kind."""
    of_readers = dict.fromkeys((f"{name}.{view}" for view in ("index", "paper", "photo", "show")), readers)
    of_writers = dict.fromkeys((f"{name}.{view}" for view in ("new", "post")), recorders)
    return of_readers | of_writers | dict.fromkeys((f"{name}.correct", f"{name}.void"), recorders | overseers)


@cache
def features() -> dict[str, Rows]:
    """The rows of every feature that has views, by its name."""
    modules = {feature.name: f"tests.{feature.name}.matrix" for feature in FEATURES}
    return {name: import_module(module).ROWS for name, module in modules.items() if _exists(module)}


def _exists(module: str) -> bool:
    return find_spec(module.rpartition(".")[0]) is not None and find_spec(module) is not None


def access() -> dict[str, Roles]:
    """The roles of every view by endpoint."""
    return {endpoint: roles for rows in features().values() for endpoint, roles in rows.access.items()}


def owners() -> dict[str, str]:
    """The feature of every view by endpoint."""
    return {endpoint: name for name, rows in features().items() for endpoint in rows.access}


def all_of(part: str) -> frozenset[str]:
    """The union of one set of all features."""
    return frozenset().union(*(getattr(rows, part) for rows in features().values()))
