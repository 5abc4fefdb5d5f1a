"""A small set of fund files as a province and the centre would send them: one late report, one fen short, one idle."""

from __future__ import annotations

from pathlib import Path

from data.home import Home
from data.manifest import Published
from pipelines.loading import load
from tests.pipelines.small_files import firm

PLACE = "轮次,支持批次,期次,省份"
FILES = {
    "receipts.csv": [
        f"{PLACE},下达文号,收到日期,下达金额（万元）,分配方案上报日期,抄送监管局日期",
        "round-1,3,1,广东省,财建〔2025〕1号,2025-03-01,100,2025-03-31,2025-03-31",
        "round-1,3,1,深圳市,财建〔2025〕1号,2025-03-01,200,2025-04-01,2025-04-01",
        "round-2,1,1,宁夏回族自治区,财建〔2025〕2号,2025-05-01,50,,",
    ],
    "plans.csv": [
        f"{PLACE},对象类型,对象信用代码,对象名称,计划金额（万元）,分配依据",
        f"round-1,3,1,广东省,key_little_giant,{firm(1)},合成1公司,60,按投资额",
        f"round-1,3,1,广东省,key_little_giant,{firm(2)},合成2公司,30,按投资额",
        f"round-1,3,1,广东省,platform,{firm(9)},合成9平台,10,",
        f"round-1,3,1,深圳市,key_little_giant,{firm(3)},合成3公司,89.999999,",
        f"round-1,3,1,深圳市,key_little_giant,{firm(4)},合成4公司,90,",
        f"round-1,3,1,深圳市,platform,{firm(8)},合成8平台,20.000001,",
    ],
    "payments.csv": [
        f"支付编号,{PLACE},对象类型,对象信用代码,对象名称,支付日期,支付金额（万元）",
        f"p1,round-1,3,1,广东省,key_little_giant,{firm(1)},合成1公司,2025-04-11,60",
        f"p2,round-1,3,1,广东省,key_little_giant,{firm(2)},合成2公司,2025-04-11,30",
        f"p9,round-1,3,1,广东省,platform,{firm(9)},合成9平台,2025-04-21,10",
        f"p3,round-1,3,1,深圳市,key_little_giant,{firm(3)},合成3公司,2025-05-01,89.999999",
    ],
    "use.csv": [
        "支付编号,使用日期,使用金额（万元）,用途,服务方向,服务对象",
        "p1,2025-06-01,40,innovation,,",
        "p9,2025-06-01,4,own_construction,,",
        "p9,2025-06-02,5,service,digital,",
    ],
    "transfers.csv": [
        "省份,文号,金额（万元）,公开日期",
        "广东省,财建[2025]1号,100,2025-02-20",
        "深圳市,财建〔2025〕1号,201,2025-02-20",
    ],
}


def load_funds(home: Home, folder: Path) -> Published:
    """Write and load the files; returns the build."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in FILES.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    outcomes, build = load(home, [folder / name for name in FILES])
    refused = {one.checked.file: one.checked.findings.to_dicts() for one in outcomes if not one.receipt}
    assert not refused and build is not None, refused
    return build
