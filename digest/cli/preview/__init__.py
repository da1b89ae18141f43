"""Preview: a digest in the browser, redrawn at each save; nothing is sent.

server      HTTP server, from the first fetch to Ctrl-C
routes      endpoints; page.html, page.css and page.js are the page
security    access control and response headers
session     fetches once, then ranks and renders for each change; records votes
state       one reader's digest with all papers of the day and the current problem
broadcast   version counter that wakes open pages
file_watch  detects saved configs, readers' files and templates
iframe      the email, prepared for a frame of the page
histogram   the day's scores as a picture
"""

from __future__ import annotations

from digest.cli.preview.server import serve

__all__ = ["serve"]
