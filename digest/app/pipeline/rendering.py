"""Rendering: an issue as a message, and the thumbnails that travel inside it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.app.isolated_templates import templates_of
from digest.app.pipeline.message_context import build_context
from digest.email import thumbnails
from digest.email.render import render
from digest.model.errors import SourceError
from digest.model.text import http_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.app.pipeline.request import DigestRequest, Draft
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.email.context import MessageContext
    from digest.model.issue import Issue
    from digest.model.message import RenderedMessage

log = logging.getLogger(__name__)


def render_issue(
    request: DigestRequest, issue: Issue, edition: int, config: Config, runtime: Runtime
) -> tuple[MessageContext, RenderedMessage]:
    """Return the message of an issue without pictures, and the context it was rendered with."""
    context = build_context(request, config=config, runtime=runtime, edition=edition)
    return context, render(issue, templates_of(request.reader.email.templates), context)


def add_pictures(made: Draft, runtime: Runtime) -> Draft:
    """Return the draft with thumbnails where its reader wants them and one can be fetched."""
    email = made.request.reader.email
    pictures = _fetch(made.issue, runtime) if email.pictures else {}
    if not pictures:
        return made
    context = replace(made.context, pictures=pictures)
    message = render(made.issue, templates_of(email.templates), context)
    return replace(made, context=context, message=message)


def _fetch(issue: Issue, runtime: Runtime) -> Mapping[str, bytes]:
    """Return the thumbnails of an issue by paper id; one that fails is left out."""
    found: dict[str, bytes] = {}
    with runtime.http.visit("thumbnail") as visit:
        for paper in issue.papers:
            if len(found) == thumbnails.MOST or not http_url(paper.thumbnail):
                continue
            try:
                answer = visit.get(paper.thumbnail, untrusted=True)
                data = thumbnails.scaled(answer.body)
            except SourceError as error:
                log.info("event=no-picture paper=%s error=%r", paper.id, str(error))
                continue
            if thumbnails.usable(data):
                found[paper.id] = data
    return found
