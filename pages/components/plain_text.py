"""Text that came with a file, made safe for Markdown: shown as it is, never as a link, an image or a colour."""

from __future__ import annotations

import string

_ESCAPED = {ord(sign): f"\\{sign}" for sign in string.punctuation}


def plain(text: str) -> str:
    """The text with every sign of Markdown escaped, in one line."""
    return " ".join(text.translate(_ESCAPED).split())
