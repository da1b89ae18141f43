"""Email in an iframe: chosen colour scheme, inlined pictures, no scripts.

The iframe has the browser's own scheme, so media queries for a scheme are replaced by ones that
always or never match.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model.message import RenderedMessage

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""Content security policy of the email: no scripts; links open in a new tab."""

_MEDIA = re.compile(r"""(?is)<style\b.*?</style>|\bmedia=(?:"[^"]*"|'[^']*')""")
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_CID = re.compile(r"""(["'(])cid:([^"')\s]+)""")
_ALWAYS, _NEVER = "(min-width: 0px)", "(max-width: 0px)"


def framed(message: RenderedMessage, scheme: str) -> str:
    """Return the HTML of `message` as a mail program set to `scheme` (dark or light) shows it."""
    own = "dark" if scheme == "dark" else "light"
    html = _MEDIA.sub(lambda rules: _switched(rules[0], own), message.html)
    html = _CID.sub(lambda found: found[1] + _data(message, found), html)
    head = f'<base target="_blank"><style>:root{{color-scheme:only {own} !important}}</style>'
    before, ending, after = html.partition("</head>")
    return f"{before}{head}{ending}{after}" if ending else head + html


def _switched(rules: str, scheme: str) -> str:
    return _SCHEME.sub(lambda asked: _ALWAYS if asked[1].lower() == scheme else _NEVER, rules)


def _data(message: RenderedMessage, found: re.Match[str]) -> str:
    """Return the picture that `cid:` names as a data: address; a missing one stays as it is."""
    for picture in message.pictures:
        if picture.cid == found[2]:
            return f"data:image/{picture.subtype};base64,{b64encode(picture.data).decode()}"
    return f"cid:{found[2]}"
