"""What a place is, and what the standard must know of it."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """Every kind of place the district regulates, guards or stores in."""

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
    # Where goods come from and go to without being counted there. Not shown among places.
    SUPPLIER = "supplier"
    CONSUMPTION = "consumption"
    LOSS = "loss"
    DISPOSAL = "disposal"
    FOUND = "found"  # of counts before the shelf followed from its slips
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
    """How GB 18466-2005 classes a medical institution (4.1.1 to 4.1.3)."""

    INFECTIOUS = "infectious"
    GENERAL = "general"
    SMALL = "small"


class DischargeRoute(StrEnum):
    """Where its wastewater goes (GB 18466-2005, 4.1.2)."""

    SURFACE_WATER = "surface_water"
    SEWER = "sewer"


class Disinfectant(StrEnum):
    CHLORINE = "chlorine"
    OTHER = "other"


PARENTS = MEDICAL | {PlaceKind.OBSERVATION_SITE, PlaceKind.WASTEWATER_WORKS, PlaceKind.ENTERPRISE}
STANDARD_KINDS = MEDICAL | {PlaceKind.OUTLET}  # the wastewater standard asks more about these
