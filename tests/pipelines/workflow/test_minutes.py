"""The minutes: what the frozen run says, in Word and PDF, marked, and the same bytes again."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import polars as pl
import pytest

from data.appraisals import Appraisal
from data.words import LANGUAGES
from pipelines.reports.minutes import minutes_bytes
from pipelines.workflow.decision import DECISIONS, PublishedRun, manifest_bytes
from pipelines.workflow.panel import SCORES

AT = Appraisal("round-1", 3, 2025)


def run() -> PublishedRun:
    rows = [
        ("round-1", 3, 2025, "440000", "plan_quality", seat, score, "一般", None)
        for seat, score in ((1, "80"), (2, "60"))
    ]
    decided = [("440000", 1, "excellent", "good", "距分数线不足0.3分 & <复议>", "chair", None)]
    manifest = manifest_bytes(
        AT,
        facts="f" * 64,
        scheme={"code": "round-1", "sha256": "5" * 64},
        seed=1,
        scores=pl.DataFrame(rows, schema=SCORES, orient="row"),
        decided=pl.DataFrame(decided, schema=DECISIONS, orient="row"),
        results={"provinces": [{"province": "440000", "low": "89", "high": "179/2"}]},
    )
    at = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    return PublishedRun(7, at, "chair", 3, "5" * 64, "6" * 64, "7" * 64, manifest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_minutes_say_grade_reason_and_that_it_is_a_product_model(language: str) -> None:
    with zipfile.ZipFile(io.BytesIO(minutes_bytes(run(), "docx", language, synthetic=True))) as packed:
        words = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))
    said = {
        "zh": ["产品模型，并非官方评分", "合成数据", "优", "良", "89.00–89.50", "2 个席位", "第7号"],
        "en": ["a product model, not an official score", "excellent", "good", "89.00–89.50", "run 7"],
    }[language]
    missing = [word for word in said if word.replace(" 个席位", "个席位") not in words]
    assert missing == []
    assert "距分数线不足0.3分 &amp; &lt;复议&gt;" in words


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_same_run_gives_the_same_minutes(kind: str) -> None:
    assert minutes_bytes(run(), kind, "zh", synthetic=False) == minutes_bytes(
        run(), kind, "zh", synthetic=False
    )
