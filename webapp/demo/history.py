"""Sixty days of a district's records, at believable volumes."""

from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from webapp.kernel.access import Actor

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文海燕晓东春梅永林淑珍小龙雪梅宇航子涵浩然欣怡"


def person_name(random: Random) -> str:
    """A surname and one or two characters."""
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))


def position(random: Random) -> dict[str, Decimal]:
    """Somewhere in the district, WGS 84."""
    return {
        "latitude": Decimal(27_900_000 + random.randrange(150_000)).scaleb(-6),
        "longitude": Decimal(116_300_000 + random.randrange(150_000)).scaleb(-6),
    }


def write(
    random: Random,
    units: dict[str, UUID],
    places: dict[str, UUID],
    actors: dict[str, Actor],
    *,
    days: int,
    at: datetime,
) -> None:
    """Inspections, visits and stock of the last `days` days."""
    for chapter in _CHAPTERS:
        chapter(random, places, actors, days=days, at=at)


_CHAPTERS: tuple[Any, ...] = ()
