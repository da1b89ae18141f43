"""The preview: a digest in the browser, redrawn at each save; nothing is sent.

broadcast      counts what happens, so that no page misses a redraw
session    draws: config, sources once, ranking, letter; and teaches
drawing   one digest as it would go out now, with all the day's papers and what went wrong
watching  tells when the config, a reader's file or a template was saved
frame     makes the email fit for a frame of the page
histogram the day's scores as a picture
guard     who may ask, and what the browser may do with the answer
app       what the page asks for      page.html page.css page.js   the page
serving   the server, from the first fetch to Ctrl-C
"""

from __future__ import annotations

from digest.cli.preview.server import serve

__all__ = ["serve"]
