"""Kinds of places, and the properties that the wastewater standard needs."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """The kinds of places that the district regulates, guards or stores goods in."""

    HOSPITAL = "hospital"
    FEVER_CLINIC = "fever_clinic"
    CDC_LABORATORY = "cdc_laboratory"
    WASTE_STORE = "waste_store"
    CARRIER = "carrier"
    DISPOSAL_PLANT = "disposal_plant"
    WASTEWATER_WORKS = "wastewater_works"
    OUTLET = "outlet"
    WATER_SOURCE = "water_source"
    ENTERPRISE = "enterprise"
    CHECKPOINT = "checkpoint"
    OBSERVATION_SITE = "observation_site"
    WAREHOUSE = "warehouse"
    # Sources and destinations of goods without stock of their own. Not shown among places.
    SUPPLIER = "supplier"
    CONSUMPTION = "consumption"
    LOSS = "loss"
    DISPOSAL = "disposal"
    FOUND = "found"  # of count differences in the old ledger
    DIFFERENCE = "difference"


COUNTERPARTS = frozenset(
    {
        PlaceKind.SUPPLIER,
        PlaceKind.CONSUMPTION,
        PlaceKind.LOSS,
        PlaceKind.DISPOSAL,
        PlaceKind.FOUND,
        PlaceKind.DIFFERENCE,
    }
)
REAL = tuple(kind for kind in PlaceKind if kind not in COUNTERPARTS)
MEDICAL = frozenset({PlaceKind.HOSPITAL, PlaceKind.FEVER_CLINIC, PlaceKind.CDC_LABORATORY})


class Institution(StrEnum):
    """The classes of medical institutions in GB 18466-2005 (4.1.1 to 4.1.3)."""

    INFECTIOUS = "infectious"
    GENERAL = "general"
    SMALL = "small"


class DischargeRoute(StrEnum):
    """The destination of wastewater (GB 18466-2005, 4.1.2)."""

    SURFACE_WATER = "surface_water"
    SEWER = "sewer"


class Disinfectant(StrEnum):
    CHLORINE = "chlorine"
    OTHER = "other"


PARENTS = MEDICAL | {PlaceKind.OBSERVATION_SITE, PlaceKind.WASTEWATER_WORKS, PlaceKind.ENTERPRISE}
STANDARD_KINDS = MEDICAL | {PlaceKind.OUTLET}  # kinds with the properties of the wastewater standard
