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
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
UNFINISHED = '[data-testid="stSkeleton"], [data-test-script-state="running"]'
RESTS, REST_MS = 4, 150

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
        page = context.new_page()
        page.set_default_timeout(DRAWN_WITHIN_MS)
        page.on("request", lambda request: watch(request.url))
        page.on("websocket", lambda socket: watch(socket.url))
        page.goto(f"{server}/{stem}" + (f"?{urlencode(address)}" if address else ""))
        settle(page)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert outside == [], "the browser asked outside hosts"


def settle(page: Page) -> None:
    """Wait until the page has its title, every part has arrived, and the script has been at rest for a while.

    A browser asks for a second run right after the first when it reports its theme; a click between the two is lost.
    """
    page.wait_for_selector("h1")
    at_rest = 0
    while at_rest < RESTS:
        page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
        at_rest = 0 if page.locator(UNFINISHED).count() else at_rest + 1
        page.wait_for_timeout(REST_MS)


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """For a journey that has just changed something on the page."""
    return settle
