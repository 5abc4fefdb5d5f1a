"""Who holds which title, told from the source files alone: every history is walked decision by decision.

Nothing of the product is used, not even its reader: the files are read as text, and the rules are written out again.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

TIERS = {"创新型中小企业": "innovative", "专精特新中小企业": "srdi", "专精特新“小巨人”企业": "little_giant"}
GRANTS = {"认定", "公告", "复核通过", "续期"}
ENDS = {"复核未通过", "失效", "撤销", "被替代"}
CAUSE = "撤销"
REVIEWED = {"srdi", "little_giant"}
BY_PROVINCE = {"innovative", "srdi"}
YEARS = 3


@dataclass(frozen=True)
class Decision:
    """A grant or an end of one firm's title."""

    day: dt.date
    is_grant: bool
    word: str
    due: dt.date | None
    batch: str | None


class Ledger:
    """The histories of one country: (tier, code of the firm) → decisions in order; and the review lists."""

    def __init__(self, folder: Path) -> None:
        rows = _rows(
            folder / "synthetic-合成-title-events.csv",
            ["统一社会信用代码", "梯度", "事件", "日期", "有效期起", "有效期止", "认定批次"],
        )
        firms = _rows(folder / "synthetic-合成-enterprises.csv", ["统一社会信用代码", "省份", "成立日期"])
        self.province = {code: province for code, province, _ in firms}
        self.founded = {code: _day(day) for code, _, day in firms}
        self.histories: dict[tuple[str, str], list[Decision]] = defaultdict(list)
        self.lists: dict[tuple, dt.date] = {}
        for code, tier_word, word, event_day, from_day, to_day, batch in rows:
            tier, day = TIERS[tier_word], _day(event_day)
            assert day is not None
            begins, ends = _day(from_day) or day, _day(to_day)
            if word in GRANTS:
                due = ends + dt.timedelta(days=1) if ends else _years_later(begins)
                self.histories[tier, code].append(Decision(begins, True, word, due, batch))
                if word == "复核通过":
                    key = (tier, batch, self._issuer(tier, code), day.year)
                    self.lists[key] = max(self.lists.get(key, day), day, begins)
            elif word in ENDS:
                self.histories[tier, code].append(Decision(day, False, word, None, None))
        for history in self.histories.values():
            history.sort(
                key=lambda found: (found.day, 1 if found.is_grant else 2 if found.word == CAUSE else 0)
            )

    def grant_on(self, tier: str, code: str, day: dt.date) -> Decision | None:
        """The grant by which the firm holds the title on the day; None where it does not."""
        past = [found for found in self.histories[tier, code] if found.day <= day]
        if not past or not past[-1].is_grant:
            return None
        grant = past[-1]
        assert grant.due is not None
        batch = next((found.batch for found in reversed(past) if found.batch), None)
        if tier not in REVIEWED:
            return grant if day < grant.due else None
        lists = [
            on
            for (of, listed, issuer, year), on in self.lists.items()
            if (of, listed, issuer) == (tier, batch, self._issuer(tier, code))
            and on > grant.day
            and year >= (grant.due - dt.timedelta(days=1)).year
        ]
        return grant if not lists or day < min(lists) else None

    def held(self, tier: str, day: dt.date) -> set[str]:
        """The firms that hold a title of the tier on the day."""
        return {code for of, code in self.histories if of == tier and self.grant_on(tier, code, day)}

    def due(self, tier: str, day: dt.date, until: dt.date) -> set[str]:
        """Of them, those whose validity runs out after the day and by ``until``."""
        return {
            code
            for code in self.held(tier, day)
            if (grant := self.grant_on(tier, code, day)) and grant.due and day < grant.due <= until
        }

    def turned(self, tier: str, since: dt.date, day: dt.date) -> tuple[list[str], list[str]]:
        """The firms that gained the title after ``since`` up to the day, and those that lost it, once each time."""
        gained, lost = [], []
        for of, code in self.histories:
            if of != tier:
                continue
            moments = {found.day for found in self.histories[of, code]}
            moments |= {found.due for found in self.histories[of, code] if found.due} | set(
                self.lists.values()
            )
            for moment in sorted(moments):
                if not since < moment <= day:
                    continue
                before = self.grant_on(tier, code, moment - dt.timedelta(days=1))
                after = self.grant_on(tier, code, moment)
                if after and not before:
                    gained.append(code)
                if before and not after:
                    lost.append(code)
        return gained, lost

    def _issuer(self, tier: str, code: str) -> str:
        return self.province[code] if tier in BY_PROVINCE else ""


def _rows(file: Path, columns: list[str]) -> list[tuple]:
    chosen = ", ".join(f'"{column}"' for column in columns)
    with duckdb.connect() as connection:
        query = f"SELECT {chosen} FROM read_csv(?, all_varchar=true, header=true)"  # noqa: S608 - this file's own words
        return connection.execute(query, [str(file)]).fetchall()


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _years_later(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:
        return day.replace(year=day.year + YEARS, day=28)
