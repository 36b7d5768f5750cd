"""How a scanned code is written in scans.json: what it says and nothing that it does not."""

from dataclasses import fields
from datetime import date


def plain(code):
    values = {field.name: getattr(code, field.name) for field in fields(code)}
    values["readings"] = [plain(one) for one in code.readings]
    values["unused"] = [list(one) for one in code.unused]
    values["keys"] = list(code.keys)
    said = {name: str(value) if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in said.items() if value not in (None, []) or name == "keys"}
