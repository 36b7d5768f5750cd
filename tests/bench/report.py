"""The results as a table and as data, held against those of the last release."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "docs" / "performance.json"
MARGIN = 0.1  # a figure that is worse by more than a tenth is named


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `better` is "more" or "less", `goal` what was asked for, `ratio` the share of the floor."""

    name: str
    size: str
    database: str
    value: float
    unit: str
    better: str
    p95: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None

    @property
    def key(self) -> str:
        return f"{self.name} · {self.size} · {self.database}"


def about() -> dict[str, Any]:
    """Machine, date and commit."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.strip(),
        "machine": f"{os.cpu_count()} cores, {memory} GiB, {platform.machine()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }


def line(figure: Figure) -> str:
    """A row of the printed table."""
    p95 = f"{figure.p95:.0f}" if figure.p95 is not None else ""
    ratio = f"{figure.ratio:.0%}" if figure.ratio is not None else ""
    mark = {True: "yes", False: "NO", None: ""}[figure.holds]
    return f"{figure.key:<56}{figure.value:>10.1f} {figure.unit:<8}{p95:>7}{ratio:>8}  {figure.goal:<22}{mark}"


HEAD = f"{'what · size · database':<56}{'':>10} {'':<8}{'p95 ms':>7}{'floor':>8}  {'goal':<22}holds"


def fallen(figures: list[Figure]) -> list[str]:
    """The figures that are worse than those of the last release by more than MARGIN."""
    if not RELEASED.is_file():
        return []
    before = {figure["key"]: figure["value"] for figure in json.loads(RELEASED.read_text(encoding="utf-8"))["figures"]}
    worse = []
    for figure in figures:
        old = before.get(figure.key)
        if not old:
            continue
        change = figure.value / old - 1
        if (change if figure.better == "less" else -change) > MARGIN:
            worse.append(f"{figure.key}: {old:.1f} -> {figure.value:.1f} {figure.unit}")
    return worse


def write(figures: list[Figure], path: Path) -> None:
    rows = [{"key": figure.key, **asdict(figure)} for figure in figures]
    text = json.dumps(about() | {"figures": rows}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
