"""Small files as provinces send them, with firms that nobody has: for everything that loads, builds or reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from data.home import Home
from pipelines.loading import load
from tests.oracle.credit_codes import credit_code

RETURNS = "统一社会信用代码,企业名称,省份,年度,从业人员数,营业收入（万元）,资产总额（万元）"


def firm(number: int) -> str:
    """The credit code of firm ``number``; all are in Beijing."""
    return credit_code(number, "北京市")


def write_returns(path: Path, firms: Iterable[int], year: int = 2024, revenue: int = 1000) -> Path:
    """One return for each firm: revenue in 万元."""
    rows = [f"{firm(at)},合成第{at}公司,北京市,{year},50,{revenue},800" for at in firms]
    path.write_text("\n".join([RETURNS, *rows]) + "\n", encoding="utf-8")
    return path


def write_events(
    path: Path, firms: Iterable[int], tier: str = "srdi", day: str = "2024-07-01", event: str = "recognised"
) -> Path:
    """One title event for each firm."""
    header = "统一社会信用代码,企业名称,梯度,事件,日期"
    rows = [f"{firm(at)},合成第{at}公司,{tier},{event},{day}" for at in firms]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def store_of(folder: Path, files: Mapping[str, Sequence[str]]) -> Home:
    """A store under ``folder`` into which every file was loaded: its name and its lines."""
    paths = [folder / f"{name}.csv" for name in files]
    for path, lines in zip(paths, files.values(), strict=True):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    home = Home(folder / "home")
    outcomes, _ = load(home, paths)
    assert {
        one.checked.file: one.checked.findings.to_dicts() for one in outcomes if one.receipt is None
    } == {}
    return home
