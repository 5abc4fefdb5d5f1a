"""The same expressions on Spark say what they say on Polars."""

import random

import pytest
from polars.testing import assert_frame_equal

from data.rulebook import standard
from metrics.scoring.results import result_table
from metrics.scoring.score import score_firms
from tests.metrics.scoring.firms import YEAR, random_firm, returns

pytestmark = pytest.mark.java
FIRMS = 200


@pytest.fixture(scope="module")
def firms():
    draw = random.Random(4)
    return returns(*(random_firm(draw, missing=0.05) for _ in range(FIRMS)))


@pytest.fixture(scope="module", autouse=True)
def session():
    """One session for the three standards, ended with them."""
    from metrics.scoring.score import _spark_session

    found = _spark_session()
    yield found
    found.stop()


@pytest.mark.parametrize("tier", ["innovative", "srdi", "little_giant"])
def test_spark_says_the_same_as_polars(firms, tier):
    rule = standard("measures-2022", tier)
    on_polars, on_spark = (score_firms(firms, rule, YEAR, engine) for engine in ("polars", "spark"))
    assert on_polars.height == FIRMS
    assert_frame_equal(result_table(on_spark, rule, YEAR), result_table(on_polars, rule, YEAR))


def test_spark_listens_on_this_machine_alone_and_keeps_quiet(session):
    settings = dict(session.sparkContext.getConf().getAll())
    assert settings["spark.master"] == "local[2]"
    assert settings["spark.driver.host"] == settings["spark.driver.bindAddress"] == "127.0.0.1"
    assert settings["spark.ui.enabled"] == "false"
    assert settings["spark.log.level"] == "ERROR"
