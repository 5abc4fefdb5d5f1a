"""A store with one small support batch of the first round: two provinces, three key firms, one platform."""

from __future__ import annotations

from pathlib import Path

from data.home import Home
from pipelines.loading import load
from tests.pipelines.small_files import firm

A, B = "北京市", "天津市"
ROUND = ("--round", "round-1", "--support-batch", "3", "--year", "2025")
F1, F2, F3, P1 = (firm(at) for at in (1, 2, 3, 4))
FIRMS = {F1: A, F2: A, F3: B}
FILES = {
    "enterprises.csv": [
        "uscc,name,province",
        *(f"{code},合成{at}公司,{place}" for at, (code, place) in enumerate(FIRMS.items(), 1)),
    ],
    "title_events.csv": [
        "uscc,name,tier,event,event_date,title_batch",
        *(f"{code},合成{at}公司,little_giant,recognised,2024-07-01,6" for at, code in enumerate(FIRMS, 1)),
    ],
    "key_firms.csv": [
        "round,support_batch,province,uscc,name,selection_score,cut",
        f"round-1,3,{A},{F1},合成1公司,80,75",
        f"round-1,3,{A},{F2},合成2公司,70,75",
        f"round-1,3,{B},{F3},合成3公司,90,75",
    ],
    "platforms.csv": [
        "round,support_batch,province,uscc,name,level,valid_to",
        f"round-1,3,{A},{P1},合成平台,national,2027-01-01",
    ],
    "tasks.csv": [
        "round,support_batch,year,uscc,task_code,unit,baseline,target,actual,weight",
        f"round-1,3,2025,{F1},rd_growth,%,0,10,10,1",
        f"round-1,3,2025,{F2},rd_growth,%,0,10,5,1",
        f"round-1,3,2025,{F3},rd_growth,%,0,10,3,1",
    ],
    "fund_receipts.csv": [
        "round,support_batch,tranche,province,document_no,received_on,amount,plan_reported_on,bureau_copied_on",
        f"round-1,3,1,{A},合成1号,2025-03-01,400,2025-03-31,2025-03-31",
        f"round-1,3,1,{B},合成2号,2025-03-01,200,2025-04-01,",
    ],
    "fund_payments.csv": [
        "payment_id,round,support_batch,tranche,province,recipient_kind,recipient_uscc,recipient_name,paid_on,paid",
        f"p1,round-1,3,1,{A},key_little_giant,{F1},合成1公司,2025-05-01,200",
        f"p2,round-1,3,1,{A},key_little_giant,{F2},合成2公司,2025-05-01,100",
    ],
}  # fmt: skip


def write_files(folder: Path) -> list[Path]:
    """Write the files; each as its dataset's name."""
    for name, lines in FILES.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [folder / name for name in FILES]


def load_store(folder: Path) -> Home:
    """Load them into a store of their own under ``folder``."""
    home = Home(folder / "home")
    outcomes, _ = load(home, write_files(folder))
    assert [outcome.checked.file for outcome in outcomes if outcome.receipt is None] == []
    return home
