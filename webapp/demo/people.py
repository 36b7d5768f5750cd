"""Names, numbers and plates of fictitious people."""

from decimal import Decimal
from random import Random

from stdnum.cn import ric

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文海燕晓东春梅永林淑珍小龙雪梅宇航子涵浩然欣怡"
_COUNTIES = ("360102", "360103", "420102", "330106", "440106", "110105", "310104", "320102")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def person_name(random: Random) -> str:
    """A surname with a given name of one or two characters."""
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))


def resident_id(random: Random) -> str:
    """A resident ID number with a valid check digit."""
    born = f"{random.randrange(1950, 2003)}{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}"
    body = f"{random.choice(_COUNTIES)}{born}{random.randrange(1000):03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def phone(random: Random) -> str:
    return f"1{random.choice('3579')}{random.randrange(10**9):09d}"


def plate(random: Random) -> str:
    """A plate, mostly of the own province, sometimes of an electric vehicle."""
    head = random.choice("赣赣赣赣赣鄂浙粤湘闽") + random.choice(_LETTERS[:8])
    if random.random() < 0.15:
        return f"{head}D{random.randrange(10**5):05d}"
    return head + random.choice(_LETTERS) + f"{random.randrange(10**4):04d}"


def position(random: Random) -> dict[str, Decimal]:
    """A position in the district, WGS 84 degrees."""
    return {
        "latitude": Decimal(27_900_000 + random.randrange(150_000)).scaleb(-6),
        "longitude": Decimal(116_300_000 + random.randrange(150_000)).scaleb(-6),
    }
