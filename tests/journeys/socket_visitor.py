"""A visitor without a browser: speaks to the server over its own websocket, as the page in a browser does.

Messages are the server's own protobuf messages; an address that the server sets is kept, parts of a page that look
again by themselves are asked for while the visitor rests, and whatever went wrong is an `AnswerError`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

ANSWERED_WITHIN_S = 120


class AnswerError(Exception):
    """The server gave no sound answer: an error on the page, no such page, or a run that did not end well."""


@dataclass
class Visit:
    """One page as it was drawn: how long until it was whole, and everything the server sent for it, as text."""

    stem: str
    seconds: float
    said: str


@dataclass
class _Timer:
    every: float
    due: float


@dataclass
class SocketVisitor:
    """One session. `open` comes first, as a link or a typed address does; then `follow` and `narrow`."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    """Stem of each page that the navigation offers → its number with the server."""
    stem: str = ""
    address: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._timers: dict[str, _Timer] = {}
        self._said: list[bytes] = []
        self._open = ExitStack()
        connection = connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            compression=None,
            max_size=None,
            max_queue=None,
            proxy=None,
            # A server at work on many pages may answer late, and a browser does not ask.
            ping_interval=None,
        )
        self._socket = self._open.enter_context(connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def open(self, stem: str, **address: str) -> Visit:
        """Arrive at a page by its address."""
        self.address = address
        return self._run(stem, page_name=stem)

    def follow(self, stem: str) -> Visit:
        """Go to a page by the navigation, which clears the address."""
        self.address = {}
        return self._run(stem, page_script_hash=self.pages[stem])

    def narrow(self, **address: str) -> Visit:
        """The same page with other filters in its address."""
        self.address |= address
        return self._run(self.stem, page_script_hash=self.pages[self.stem])

    def rest(self, seconds: float) -> None:
        """Read what stands there; the parts of the page that look again by themselves do so meanwhile."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            due = min((timer.due for timer in self._timers.values()), default=until)
            if due > now:
                self._next(min(due, until) - now)
                continue
            part, timer = min(self._timers.items(), key=lambda known: known[1].due)
            timer.due = now + timer.every
            self._ask(page_script_hash=self.pages[self.stem], fragment_id=part, is_auto_rerun=True)
            # Such a part may also find that the whole page is to be drawn again.
            self._until(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_SUCCESSFULLY)

    def _run(self, stem: str, **page: str) -> Visit:
        self._timers, self._said, began = {}, [], time.perf_counter()
        self._ask(**page)
        self._until(ForwardMsg.FINISHED_SUCCESSFULLY)
        seconds = time.perf_counter() - began
        if self.stem != stem:
            raise AnswerError(f"asked for {stem}, and {self.stem} came")
        return Visit(stem, seconds, b"\n".join(self._said).decode(errors="replace"))

    def _ask(self, **page: str | bool) -> None:
        here = ContextInfo(
            url=f"{self.url}/{self.stem}", timezone="Asia/Shanghai", locale="zh-CN", color_scheme="light"
        )
        state = ClientState(query_string=urlencode(self.address), context_info=here, **page)  # pyright: ignore[reportArgumentType]
        self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    def _until(self, *finished: int) -> None:
        """Take messages until a run has ended in one of these ways; where one gives way to another, until that has."""
        until = time.monotonic() + ANSWERED_WITHIN_S
        while (message := self._next(until - time.monotonic())) is not None:
            if message.WhichOneof("type") != "script_finished":
                continue
            if message.script_finished in finished:
                return
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise AnswerError(f"{self.stem}: the script does not compile")
        raise AnswerError(f"{self.stem} {self.address}: no answer within {ANSWERED_WITHIN_S} s")

    def _next(self, seconds: float) -> ForwardMsg | None:
        """The next message, taken note of; None where none comes in time."""
        try:
            sent = self._socket.recv(timeout=max(seconds, 0))
        except TimeoutError:
            return None
        assert isinstance(sent, bytes)
        self._said.append(sent)
        message = ForwardMsg.FromString(sent)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            here = message.navigation.page_script_hash
            self.stem = next((stem for stem, number in self.pages.items() if number == here), "")
        elif kind == "page_info_changed":
            self.address = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "auto_rerun":
            every = message.auto_rerun.interval
            self._timers[message.auto_rerun.fragment_id] = _Timer(every, time.monotonic() + every)
        elif kind == "stop_auto_rerun":
            for part in message.stop_auto_rerun.fragment_ids:
                self._timers.pop(part, None)
        elif kind == "page_not_found":
            raise AnswerError(f"no page {message.page_not_found.page_name}")
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            error = message.delta.new_element.exception
            raise AnswerError(f"{self.stem} {self.address}: {error.type}: {error.message}")
        return message
