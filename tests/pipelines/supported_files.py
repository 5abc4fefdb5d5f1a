"""Small files of a support batch: key firms of two provinces, their assessments, platforms, and money received."""

from __future__ import annotations

from pathlib import Path

from data.home import Home
from tests.pipelines.small_files import firm, store_of

BATCH = "第一轮,3"
FIRMS = {1: ("浙江省", 3000, 80), 2: ("浙江省", 5000, 90), 3: ("浙江省", 2000, 70), 4: ("河南省", 4000, 85)}
RESULTS = {1: "continue", 2: "continue", 3: "suspend", 4: "continue"}
RECEIVED = {1: ("2024-03-01", 600, "2024-03-31"), 2: ("2025-06-01", 400.01, "")}


def supported_store(folder: Path) -> Home:
    """The store with every file loaded."""
    tables = {
        "key_firms": [
            "轮次,支持批次,省份,统一社会信用代码,企业名称,遴选得分,入选线,计划总投资（万元）,实际总投资（万元）,完成目标任务",
            *(
                f"{BATCH},{place},{firm(at)},合成{at}公司,{score},60,{investment},,"
                for at, (place, investment, score) in FIRMS.items()
            ),
        ],
        "assessed": [
            "轮次,支持批次,年度,省份,对象类型,统一社会信用代码,得分,结论,理由",
            *(
                f"{BATCH},2024,{FIRMS[at][0]},重点“小巨人”企业,{firm(at)},80,{result},"
                for at, result in RESULTS.items()
            ),
        ],
        "platforms": [
            "轮次,支持批次,省份,统一社会信用代码,平台名称,级别,示范平台有效期止",
            f"{BATCH},浙江省,{firm(9)},合成平台,国家级,",
        ],
        "tasks": [
            "轮次,支持批次,年度,统一社会信用代码,任务,单位,基期值,目标值,实际值,权重",
            *(f"{BATCH},2024,{firm(at)},digital,个,0,2,2,1" for at in FIRMS),
        ],
        "received": [
            "轮次,支持批次,期次,省份,下达文号,收到日期,下达金额（万元）,分配方案上报日期,抄送监管局日期",
            *(
                f"{BATCH},{tranche},浙江省,合成建〔2025〕{tranche}号,{day},{amount},{reported},"
                for tranche, (day, amount, reported) in RECEIVED.items()
            ),
        ],
    }
    return store_of(folder, tables)
