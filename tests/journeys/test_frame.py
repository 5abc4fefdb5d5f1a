"""The frame stands around every page, whatever address is asked for first."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import serving

pytestmark = pytest.mark.chromium


def test_a_shared_link_that_is_the_first_visit_to_a_new_server_shows_the_navigation(root, browser, tmp_path):
    with serving(root, tmp_path / "server.log") as url:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}/score_firm?lang=en")
        navigation = page.get_by_test_id("stSidebarNav")
        expect(navigation.get_by_text("Score a file")).to_be_visible()
        expect(navigation.get_by_text("Overview")).to_be_visible()
        expect(navigation.get_by_text("score file", exact=True)).to_have_count(0)
        page.close()
