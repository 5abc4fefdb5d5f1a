"""The palette keeps its contrasts, and charts do not depend on the order of their rows."""

import copy

import pytest

from data import published
from metrics import unit_counts
from pages.components import charts, unit_map

THEMES = {"light": charts.LIGHT, "dark": charts.DARK}


@pytest.fixture(params=THEMES, autouse=True)
def palette(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> charts.Palette:
    monkeypatch.setattr(charts, "palette", lambda: THEMES[request.param])
    return THEMES[request.param]


def contrast(one: str, other: str) -> float:
    return unit_map._contrast(unit_map._luminance(one), unit_map._luminance(other))


def test_text_is_readable_on_the_ground(palette: charts.Palette) -> None:
    assert contrast(palette.text, palette.paper) >= 4.5
    assert contrast(palette.quiet, palette.paper) >= 4.5


def test_tier_lines_stand_out_from_the_ground(palette: charts.Palette) -> None:
    assert {name: value for name, value in palette.tiers.items() if contrast(value, palette.paper) < 3} == {}


@pytest.mark.parametrize("share", [0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1])
def test_a_tile_is_readable_at_every_shade(palette: charts.Palette, share: float) -> None:
    ground = unit_map._between(palette.low, palette.high, share)
    assert contrast(unit_map._ink(palette, share), ground) >= 4.5


def test_each_square_is_one_unit_and_the_counts_are_those_published() -> None:
    units = unit_counts.by_unit(published.little_giants_by_unit(), published.units(), with_cities=False)
    chart = unit_map.tiles(units, height=300)
    inside, outside = chart.data[0], chart.data[1]
    drawn = [cell for row in inside["z"] for cell in row if cell is not None]
    assert (len(drawn), sum(drawn)) == (37, 1_832)
    assert sum(cell is not None for row in outside["z"] for cell in row) == 3


def test_a_city_counted_in_its_province_points_to_it() -> None:
    units = unit_counts.by_unit(published.little_giants_by_unit(), published.units(), with_cities=True)
    chart = unit_map.tiles(units, height=300)
    assert "深圳<br><b>→广东</b>" in chart.data[4]["text"]


def test_bars_are_sorted_whatever_the_order_of_the_rows() -> None:
    units = unit_counts.by_unit(published.little_giants_by_unit(), published.units(), with_cities=False)
    chart = unit_map.bars(units, height=300, colour="#C8553D")
    shuffled = unit_map.bars(units.sample(fraction=1, shuffle=True, seed=3), height=300, colour="#C8553D")
    [drawn] = chart.data
    assert drawn["x"] == sorted(drawn["x"], reverse=True)
    assert (drawn["y"][0], chart) == ("江苏", shuffled)


def test_a_part_of_a_layout_is_set_beside_what_stands_there_and_never_in_the_part_of_another() -> None:
    hidden = {"visible": False}
    chart = charts.figure(charts.bar(x=[1], y=["a"]), height=300, xaxis=hidden, yaxis=hidden)
    chart.update_layout(yaxis={"autorange": "reversed"}, margin={"t": 4})
    chart.update_layout(margin={"r": 8})
    assert (hidden, chart.layout["xaxis"]) == ({"visible": False}, {"visible": False})
    assert chart.layout["yaxis"] == {"visible": False, "autorange": "reversed"}
    assert chart.layout["margin"] == {"t": 4, "r": 8}


def test_drawing_leaves_the_one_template_as_it_was(palette: charts.Palette) -> None:
    before = copy.deepcopy(charts.template(is_dark=palette is charts.DARK))
    charts.figure(charts.bar(x=[1], y=["a"]), height=300, template={"layout": {"font": {"size": 99}}})
    assert charts.template(is_dark=palette is charts.DARK) == before


def test_a_property_that_plotly_does_not_know_fails_in_the_tests_of_a_page() -> None:
    for wrong in (
        charts.figure(charts.bar(x=[1], y=["a"], colour="#C8553D"), height=300),
        charts.figure(charts.scatter(x=[1], y=[1], mode="stars"), height=300),
        charts.figure(charts.heatmap(z=[[1]]), height=300, hovermoode=False),
    ):
        with pytest.raises(ValueError, match="nvalid"):
            charts.draw(wrong, key="wrong", alt="")
