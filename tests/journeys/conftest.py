"""One server and one browser for all journeys.

A journey asks for `open_page`: `page = open_page("score_firm", lang="en")` gives a Playwright page that has finished
drawing. Every request is watched; a journey that makes the browser ask an outside host fails at its end.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode, urlsplit

import polars as pl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from data.home import Home
from data.words import text
from tests.pipelines.demo_country import demo_country, own_copy

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTED_WITHIN_S = 60
DRAWN_WITHIN_MS = 60_000
LOCAL = {"127.0.0.1", "localhost"}
# A browser asks for a second run right after the first when it reports its theme; a click between the two is lost.
# So a page that has just been opened, or that nobody answers, has to be at rest for longer.
ANSWERED_MS, REST_MS = 250, 750
# When something last moved on the page, when the browser last asked the server for a run, when a run last ended.
WATCH = """
window.seen = {moved: performance.now(), asked: 0, ran: -1};
for (const kind of ["scroll", "transitionend", "animationend"])
  document.addEventListener(kind, () => { seen.moved = performance.now(); }, true);
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  seen.moved = seen.asked = performance.now();
  return send.call(this, data);
};
new MutationObserver((changes) => {
  seen.moved = performance.now();
  const state = changes.filter((one) => one.attributeName === "data-test-script-state").pop();
  if (state && state.target.getAttribute(state.attributeName) === "notRunning") seen.ran = seen.moved;
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
AT_REST = """([answered, rest]) => {
  const still = performance.now() - seen.moved;
  return document.querySelector("h1") && document.querySelector('[data-test-script-state="notRunning"]')
    && !document.querySelector('[data-testid="stSkeleton"], [data-test-script-state="running"]')
    && still > (seen.ran > seen.asked ? answered : rest);
}"""
STILL = "(rest) => performance.now() - seen.moved > rest"
LOOK_MS = 30
SCROLLED_MS = 100

# The order of the files, of which each worker takes the next: the longest first, and beside the making of the demo's
# store one that does without it.
FIRST = tuple(
    f"test_{name}.py" for name in ("panel", "score_firm", "province", "score_file", "analyst", "load")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys begin before all other tests, which then fill up what time a worker has left at the end."""
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> tuple[bool, int]:
        name = item.path.name
        return item.path.parent != here, FIRST.index(name) if name in FIRST else len(FIRST)

    items.sort(key=turn)


# A busy machine draws a page in seconds, not in Playwright's five.
expect.set_options(timeout=DRAWN_WITHIN_MS)


@pytest.fixture(scope="session")
def server_url(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of this checkout, started once."""
    with serving(root, tmp_path_factory.mktemp("server") / "server.log") as url:
        yield url


@contextmanager
def serving(root: Path, log: Path, home: Path | None = None) -> Iterator[str]:
    """Serve this checkout on a free port until the end of the block; `home` is the store, else that of the tests."""
    store = {"TIDU_HOME": str(home)} if home else {}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w") as out:
        server = subprocess.Popen(
            command, cwd=root, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **store}
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_healthy(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended with {server.returncode}:\n{log.read_text()}", pytrace=False)
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server was not ready within {STARTED_WITHIN_S} s:\n{log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the demo's store, which the journeys of a run share."""
    return own_copy(demo_country(tmp_path_factory), tmp_path_factory.mktemp("demo") / "home")


@pytest.fixture(scope="session")
def demo_url(root: Path, demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the demo's store."""
    with serving(root, tmp_path_factory.mktemp("demo-server") / "server.log", demo.folder) as url:
        yield url


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_FLAGS))
        yield running
        running.close()


@pytest.fixture
def open_page(server_url: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page by its stem with filters; `locale`, `dark`, `size` describe the reader's browser.

    `server` is the address of another server than the one of all journeys.
    """
    contexts, outside = [], []

    def watch(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL:
            outside.append(address)

    def opened(
        stem: str = "",
        *,
        locale: str = "zh-CN",
        dark: bool = False,
        size: tuple[int, int] = (1280, 800),
        server: str = server_url,
        **address: str,
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(DRAWN_WITHIN_MS)
        page.on("request", lambda request: watch(request.url))
        page.on("websocket", lambda socket: watch(socket.url))
        page.goto(f"{server}/{stem}" + (f"?{urlencode(address)}" if address else ""))
        settle(page, REST_MS)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert outside == [], "the browser asked outside hosts"


def settle(page: Page, answered_ms: int = ANSWERED_MS) -> None:
    """Wait until the page has its title, every part has arrived, and what was asked for has run and drawn."""
    page.wait_for_function(AT_REST, arg=[answered_ms, REST_MS], polling=LOOK_MS)


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """For a journey that has just changed something on the page."""
    return settle


class Visitor:
    """Someone who uses the pages in one language: finds things by their words, and waits until a click has worked."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def said(self, key: str, **places: object) -> str:
        """What stands on the page under a key of the words."""
        return text(key, self.language, **places)

    def go(self, stem: str) -> None:
        """Open a page from the navigation."""
        navigation = self.page.get_by_test_id("stSidebarNav")
        navigation.get_by_role("link", name=self.said(f"page.{stem}"), exact=True).click()
        self.settle()

    def follow(self, key: str) -> None:
        """Take one of the links under "what next"."""
        self.page.get_by_test_id("stPageLink").filter(has_text=self.said(key)).click()
        self.settle()

    def settle(self) -> None:
        settle(self.page)

    def press(self, key: str, **places: object) -> None:
        button = self.page.get_by_role("button", name=self.said(key, **places), exact=True)
        expect(button).to_be_enabled()
        button.click()
        self.settle()

    def tab(self, key: str) -> None:
        self.page.get_by_role("tab", name=self.said(key), exact=True).locator("visible=true").first.click()
        self.settle()

    def pick(self, key: str, choice: str, within: Locator | None = None) -> None:
        """Choose in a list by its label."""
        box = (within or self.page).get_by_role("combobox", name=self.said(key)).first
        box.scroll_into_view_if_needed()
        # A list that opens while the page still scrolls closes again.
        self.page.wait_for_function(STILL, arg=SCROLLED_MS, polling=LOOK_MS)
        box.click()
        # Of a long list only what is in sight is drawn.
        box.fill(choice)
        self.page.get_by_role("option", name=choice, exact=True).click()
        self.settle()

    def add(self, key: str, *choices: str) -> None:
        """Choose several in a list that takes several."""
        box = self.page.get_by_role("combobox", name=self.said(key)).first
        for choice in choices:
            box.fill(choice)
            self.page.get_by_role("option", name=choice, exact=True).click()
        self.page.keyboard.press("Escape")
        self.settle()

    def write(self, role: Literal["spinbutton", "textbox"], key: str, value: str, at: int = 0) -> None:
        """Fill in a field and leave it; the next one may be filled in before the page has answered."""
        field = self.page.get_by_role(role, name=self.said(key), exact=True).nth(at)
        field.fill(value)
        field.press("Tab")

    def choose(self, choice: str) -> None:
        """Press one of a row of choices."""
        found = self.page.get_by_role("radio", name=choice, exact=True)
        found.or_(self.page.get_by_role("button", name=choice, exact=True)).first.click()
        self.settle()

    def become(self, role: str, part: str = "", choice: str = "", code: str = "") -> None:
        """Be another reader, by the switch at the side; the address says so before anything else is done."""
        side = self.page.get_by_test_id("stSidebar")
        self.pick("reader.label", self.said(f"reader.role.{role}"), side)
        if part:
            self.pick(f"reader.{part}", choice, side)
        self.page.wait_for_url(lambda url: url.endswith(f"as={role}{code}") or f"as={role}{code}&" in url)

    def figure(self, key: str, **places: object) -> str:
        """The value of a headline figure, by its label."""
        card = self.page.get_by_test_id("stMetric").filter(has_text=self.said(key, **places))
        return card.get_by_test_id("stMetricValue").inner_text()

    def save(self, key: str, to: Path) -> Path:
        """Download by the button that has a widget key."""
        button = self.page.locator(f".st-key-{key}").get_by_role("button")
        with self.page.expect_download() as download:
            button.click()
        download.value.save_as(to)
        return to

    def csv(self, key: str, to: Path) -> pl.DataFrame:
        """The rows of an export, as text."""
        return pl.read_csv(self.save(key, to), infer_schema=False)


@pytest.fixture
def visitor(open_page: Callable[..., Page], demo_url: str) -> Callable[..., Visitor]:
    """Someone on the demo's store, in one language, on the page that a server opens first, or that a link names."""

    def arrive(language: str, stem: str = "", server: str = demo_url, **address: str) -> Visitor:
        return Visitor(open_page(stem, server=server, lang=language, **address), language)

    return arrive
