"""Two provinces in one support batch, small enough to be read: files, store, and the page as somebody sees it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from data.appraisals import Appraisal
from data.home import Home
from tests.pages.opened import opened, sound
from tests.pipelines.small_files import firm, store_of

AT = Appraisal("round-1", 3, 2024)
GUANGDONG, NINGXIA = "440000", "640000"
FILES = {
    "firms": [
        "统一社会信用代码,企业名称,省份",
        f"{firm(1)},合成1公司,广东省",
        f"{firm(2)},合成2公司,宁夏回族自治区",
    ],
    "events": [
        "统一社会信用代码,企业名称,梯度,事件,日期,认定批次",
        f"{firm(1)},合成1公司,little_giant,recognised,2023-07-01,3",
        f"{firm(2)},合成2公司,little_giant,recognised,2023-07-01,3",
    ],
    "key_firms": [
        "轮次,支持批次,省份,统一社会信用代码,企业名称,遴选得分,入选线",
        f"round-1,3,广东省,{firm(1)},合成1公司,85,80",
        f"round-1,3,宁夏回族自治区,{firm(2)},合成2公司,85,80",
    ],
    "tasks": [
        "轮次,支持批次,年度,统一社会信用代码,任务,目标值,实际值",
        f"round-1,3,2024,{firm(1)},rd_growth,10,10",
        f"round-1,3,2024,{firm(2)},rd_growth,10,5",
    ],
    "fund_receipts": [
        "轮次,支持批次,期次,省份,收到日期,下达金额（万元）,分配方案上报日期",
        "round-1,3,1,广东省,2024-11-20,200,",
        "round-1,3,1,宁夏回族自治区,2024-05-01,200,2024-05-20",
    ],
    "fund_payments": [
        "支付编号,轮次,支持批次,期次,省份,对象类型,对象信用代码,对象名称,支付日期,支付金额（万元）",
        f"P1,round-1,3,1,广东省,key_little_giant,{firm(1)},合成1公司,2024-12-10,150",
        f"P2,round-1,3,1,宁夏回族自治区,key_little_giant,{firm(2)},合成2公司,2024-06-10,200",
    ],
}


def small_store(folder: Path) -> Home:
    """The store with every file loaded."""
    return store_of(folder, FILES)


def seen_as(code: str, stem: str, language: str = "en", **address: str) -> AppTest:
    """A page as the reader of that code sees it; "" is whoever runs the machine."""
    return opened(stem, **{"lang": language, **({"as": code} if code else {}), **address})


def press(app: AppTest, key: str) -> AppTest:
    """Press the one button whose key begins so."""
    [button] = [one for one in app.button if (one.key or "").startswith(key)]
    button.click()
    return sound(app.run())


def said(app: AppTest) -> str:
    """Everything the page says in sentences."""
    parts = (*app.success, *app.info, *app.error, *app.warning, *app.caption, *app.markdown)
    return "\n".join(part.value for part in parts)
