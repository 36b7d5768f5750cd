"""Kinds of units."""

from enum import StrEnum


class UnitKind(StrEnum):
    DISTRICT = "district"
    GROUP = "group"
    BUREAU = "bureau"
    TASK_FORCE = "task_force"
    SUBDISTRICT = "subdistrict"
    INSTITUTION = "institution"
