"""One reader watches a figure while another loads a file: it follows, it is proved to the cell, and it goes back."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.home import Home
from data.words import text
from pipelines.loading import load
from tests.journeys.conftest import serving
from tests.pipelines.small_files import firm, write_events

pytestmark = pytest.mark.chromium

BEFORE, ADDED = [1, 2, 3, 4, 5], [6, 7, 8]


def figure(page: Page, tier: str) -> str:
    card = page.get_by_test_id("stMetric").filter(has_text=text(f"overview.stock_of.{tier}", "zh"))
    return card.get_by_test_id("stMetricValue").inner_text()


def cell_of(file: Path, cell: str) -> str:
    """What stands in a cell of a CSV file, as a spreadsheet names it; the first 26 columns."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[int(cell[1:]) - 1]["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(cell[0])]


def test_a_loaded_file_reaches_an_open_page_is_proved_to_its_cell_and_is_taken_back(
    open_page: Callable[..., Page], settled: Callable[[Page], None], root: Path, tmp_path: Path
) -> None:
    def said(key: str, **places: object) -> str:
        return text(key, "zh", **places)

    files = {name: tmp_path / name for name in ("first.csv", "more.csv")}
    load(Home(tmp_path / "home"), [write_events(files["first.csv"], BEFORE)])
    write_events(files["more.csv"], ADDED)
    with serving(root, tmp_path / "server.log", tmp_path / "home") as server:
        watching = open_page("overview", server=server, lang="zh", tier="srdi")
        assert figure(watching, "srdi") == str(len(BEFORE))

        loading = open_page("load", server=server, lang="zh")
        loading.locator("input[type=file]").first.set_input_files(files["more.csv"])
        button = loading.get_by_role("button", name=said("load.button"), exact=True)
        expect(button).to_be_enabled()
        settled(loading)
        button.click()
        expect(loading.get_by_text(said("load.none_superseded"))).to_be_visible()

        # Nobody touches the page that watches.
        value = watching.get_by_test_id("stMetric").filter(has_text=said("overview.stock_of.srdi"))
        expect(value.get_by_test_id("stMetricValue")).to_have_text(str(len(BEFORE + ADDED)))
        settled(watching)
        expect(watching.get_by_text("第2版").first).to_be_visible()

        watching.locator(".st-key-proof_srdi button").click()
        dialog = watching.get_by_role("dialog")
        expect(dialog).to_be_visible()
        settled(watching)
        with watching.expect_download() as download:
            dialog.get_by_role("button", name=said("twin.csv")).first.click()
        download.value.save_as(tmp_path / "proof.csv")
        with (tmp_path / "proof.csv").open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        name, file, cell = (said(f"proof.column.{column}") for column in ("value", "file", "cell"))
        assert {row[said("proof.column.uscc")] for row in rows} == {firm(at) for at in BEFORE + ADDED}
        assert {row[file] for row in rows} == set(files)
        assert all(cell_of(files[row[file]], row[cell]) == row[name] for row in rows)
        watching.keyboard.press("Escape")

        loading.get_by_role("tab", name=said("load.builds")).click()
        loading.get_by_role("button", name=said("load.back_button")).click()
        asked = loading.get_by_role("dialog")
        expect(asked).to_contain_text(said("load.confirm_withdrawn", count=1).strip("*"))
        settled(loading)
        asked.get_by_role("button", name=said("load.confirm_button")).click()
        expect(
            loading.get_by_text(said("load.went_back", to=1, build=1, withdrawn="2", taken_back="—"))
        ).to_be_visible()

        expect(value.get_by_test_id("stMetricValue")).to_have_text(str(len(BEFORE)))
