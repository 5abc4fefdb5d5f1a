"""The checks of the reward funds read a second time, row by row in plain Python, for one province's ledger."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

Row = dict[str, Any]

SHARES = {"round-1": (90, None), "round-2": (95, 5)}
BOARDS = {
    "round-1": {"sse_main", "star", "szse_main", "sme_board", "chinext", "overseas"},
    "round-2": {"sse_main", "star", "szse_main", "chinext", "bse", "overseas"},
}
REPORT_DAYS, IDLE_DAYS, PLATFORMS = 30, 90, 3


def key(row: Row) -> tuple[Any, ...]:
    return row["round"], row["support_batch"], row["tranche"]


def verdicts(
    ledger: dict[str, list[Row]], titles: list[Row], listings: list[Row], day: dt.date
) -> set[tuple[Any, ...]]:
    """(rule, round, batch, tranche, subject, verdict, part, whole) of every check."""
    found: set[tuple[Any, ...]] = set()
    receipts = [row for row in ledger["fund_receipts"] if row["received_on"] <= day]
    payments = [row for row in ledger["fund_payments"] if row["paid_on"] <= day]
    plans = [row for row in ledger["distribution_plans"] if key(row) in {key(each) for each in receipts}]
    codes = names_of(ledger)

    def who(row: Row) -> str:
        if row["recipient_uscc"]:
            return row["recipient_uscc"]
        known = codes[row["recipient_name"]]
        return next(iter(known)) if len(known) == 1 else row["recipient_name"]

    returned: dict[str, int] = defaultdict(int)
    for row in ledger["fund_recoveries"]:
        if row["recovered_on"] <= day:
            returned[row["payment_id"]] += row["amount"]

    for place in {key(row) for row in [*receipts, *plans, *payments]}:
        here = [[row for row in rows if key(row) == place] for rows in (receipts, plans, payments)]
        found |= of_tranche(place, *here, day)
        found |= of_recipients(place, here[1], here[2], who, returned)
    for row in receipts:
        found |= of_report(row, day)
    for code in SHARES:
        found |= of_platforms(code, ledger["platforms"])
        found |= of_eligibility(code, receipts, payments, who, titles, listings)
    found |= of_platform_use(payments, ledger["fund_use"], titles, day)
    return found


def names_of(ledger: dict[str, list[Row]]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for name in ("distribution_plans", "fund_payments"):
        for row in ledger[name]:
            if row["recipient_uscc"]:
                known[row["recipient_name"]].add(row["recipient_uscc"])
    for row in ledger["platforms"]:
        known[row["name"]].add(row["uscc"])
    return known


def of_tranche(
    place: tuple[Any, ...], receipts: list[Row], plans: list[Row], payments: list[Row], day: dt.date
) -> set[tuple[Any, ...]]:
    found = set()
    round_code = place[0]
    received = sum(row["amount"] for row in receipts)
    paid = sum(row["paid"] for row in payments)
    direct, empowerment = SHARES[round_code]
    for kind, rule, limit in (
        ("key_little_giant", "direct", direct),
        ("empowerment", "empowerment", empowerment),
    ):
        if limit is None:
            continue

        def bad(part: int, whole: int, rule: str = rule, limit: int = limit) -> str:
            too_little, too_much = part * 100 < limit * whole, part * 100 > limit * whole
            return "violated" if (too_little if rule == "direct" else too_much) else "met"

        if receipts:
            part = sum(row["planned"] for row in plans if row["recipient_kind"] == kind)
            verdict = bad(part, received) if plans else "unjudged"
            found.add((f"{rule}_planned", *place, "", verdict, part, received))
        if payments:
            part = sum(row["paid"] for row in payments if row["recipient_kind"] == kind)
            found.add((f"{rule}_paid", *place, "", bad(part, paid), part, paid))
    for kind in {"round-1": ["empowerment"], "round-2": ["platform"]}[round_code]:
        planned = sum(row["planned"] for row in plans if row["recipient_kind"] == kind)
        got = sum(row["paid"] for row in payments if row["recipient_kind"] == kind)
        if planned or got:
            found.add(("recipient_kind", *place, kind, "violated", got, planned))
    if receipts:
        idle = max(received - paid, 0)
        left, since = paid, None
        for row in sorted(receipts, key=lambda each: each["received_on"]):
            left -= row["amount"]
            if left < 0 and since is None:
                since = row["received_on"]
        late = since is not None and (day - since).days > IDLE_DAYS
        verdict = "met" if not idle else "violated" if late else "pending"
        found.add(("idle", *place, "", verdict, idle, received))
    return found


def of_recipients(
    place: tuple[Any, ...], plans: list[Row], payments: list[Row], who: Any, returned: dict[str, int]
) -> set[tuple[Any, ...]]:
    found = set()
    firms: dict[str, int] = defaultdict(int)
    planned: dict[str, int] = defaultdict(int)
    for row in plans:
        planned[who(row)] += row["planned"]
        if row["recipient_kind"] == "key_little_giant":
            firms[who(row)] += row["planned"]
    amounts = sorted(amount for amount in firms.values() if amount > 0)
    if amounts:
        same = "violated" if amounts[0] == amounts[-1] else "met"
        verdict = same if len(amounts) >= 2 else "unjudged"
        found.add(("simple_distribution", *place, "", verdict, amounts[0], amounts[-1]))
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in payments:
        net = row["paid"] - returned[row["payment_id"]]
        alike[who(row), row["paid"], row["paid_on"]].append(net)
    kept: dict[str, int] = defaultdict(int)
    for (recipient, amount, _), nets in alike.items():
        kept[recipient] += max(nets)
        if sum(net > 0 for net in nets) >= 2:
            found.add(("paid_twice", *place, recipient, "violated", sum(nets), amount))
    for recipient, net in kept.items():
        if plans and net > planned[recipient]:
            found.add(("paid_above_plan", *place, recipient, "violated", net, planned[recipient]))
    return found


def of_report(row: Row, day: dt.date) -> set[tuple[Any, ...]]:
    reported, copied = (
        row[name] if row[name] and row[name] <= day else None
        for name in ("plan_reported_on", "bureau_copied_on")
    )
    due = row["received_on"] + dt.timedelta(days=REPORT_DAYS)
    report = "met" if (reported or day) <= due else "violated"
    if not reported and day <= due:
        report = "pending"
    copy = "met" if copied else "violated" if reported and day > due else "pending"
    # The row of a receipt without a number is not known here: compared without its subject.
    subject = row["document_no"]
    return {
        ("plan_report", *key(row), subject, report, row["amount"], None),
        ("bureau_copy", *key(row), subject, copy, row["amount"], None),
    }


def of_platforms(code: str, platforms: list[Row]) -> set[tuple[Any, ...]]:
    listed = {row["uscc"] for row in platforms if row["round"] == code}
    if not listed:
        return set()
    if code == "round-2":
        return {("recipient_kind", code, 1, None, "platform", "violated", None, None)}
    verdict = "violated" if len(listed) > PLATFORMS else "met"
    return {("platform_count", code, 1, None, "", verdict, None, None)}


def is_giant(firm: str, day: dt.date, titles: list[Row]) -> bool:
    return any(
        row["uscc"] == firm
        and row["valid_from"] <= day
        and (row["valid_to"] is None or day < row["valid_to"])
        for row in titles
    )


def of_eligibility(
    code: str, receipts: list[Row], payments: list[Row], who: Any, titles: list[Row], listings: list[Row]
) -> set[tuple[Any, ...]]:
    found = set()
    paid: dict[str, int] = defaultdict(int)
    days: dict[str, list[dt.date]] = defaultdict(list)
    for row in payments:
        if row["round"] == code and row["recipient_kind"] == "key_little_giant" and who(row).startswith("F"):
            paid[who(row)] += row["paid"]
            days[who(row)].append(row["paid_on"])
    came = [row["received_on"] for row in receipts if row["round"] == code]
    for firm, amount in paid.items():
        first = min(came) if came else min(days[firm])
        listed = sorted((row["listed_on"], row["listed_board"]) for row in listings if row["uscc"] == firm)
        if listed and listed[0][1] in BOARDS[code] and listed[0][0] < first:
            found.add(("listed_recipient", code, 1, None, firm, "violated", amount, None))
        if any(row["uscc"] == firm for row in titles) and not is_giant(firm, first, titles):
            found.add(("title_recipient", code, 1, None, firm, "violated", amount, None))
    return found


def of_platform_use(
    payments: list[Row], uses: list[Row], titles: list[Row], day: dt.date
) -> set[tuple[Any, ...]]:
    found = set()
    for paid in payments:
        if paid["recipient_kind"] != "platform" or paid["round"] != "round-1":
            continue
        own = [row for row in uses if row["payment_id"] == paid["payment_id"] and row["used_on"] <= day]
        if not own:
            continue
        wrong = [row["amount"] for row in own if row["use_category"] != "service"]
        whole = sum(row["amount"] for row in own)
        verdict = "violated" if wrong else "met"
        found.add(("platform_use", *key(paid), paid["payment_id"], verdict, sum(wrong), whole))
        served = [row for row in own if row["use_category"] == "service" and row["beneficiary_uscc"]]
        others = [
            row["amount"] for row in served if not is_giant(row["beneficiary_uscc"], row["used_on"], titles)
        ]
        judged = "violated" if others else "met"
        verdict = judged if served and titles else "unjudged"
        whole = sum(row["amount"] for row in served)
        found.add(("platform_served", *key(paid), paid["payment_id"], verdict, sum(others), whole))
    return found
