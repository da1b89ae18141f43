"""LaTeX and stray markup in titles and abstracts, turned into readable Unicode."""

from __future__ import annotations

import html


def readable(text: str) -> str:
    """Return `text` with HTML character references replaced."""
    return html.unescape(text)
