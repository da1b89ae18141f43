"""Endpoints: the page, the email in three forms, the event stream, vote and fetch."""

from __future__ import annotations

import json
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from digest.cli.preview.histogram import histogram
from digest.cli.preview.iframe import POLICY, framed
from digest.cli.preview.security import LocalRequestsOnly
from digest.email.mime.message import to_bytes
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from digest.cli.preview.session import PreviewSession
    from digest.cli.preview.state import PageState
    from digest.model.message import RenderedMessage

    Endpoint = Callable[[Request], Awaitable[Response]]

HERE = Path(__file__).parent
KEEPALIVE_S = 15.0
"""Seconds between keep-alive comments on the event stream."""


def app(session: PreviewSession, *, port: int, token: str) -> Starlette:
    """Return the page's application, to be served at `port` of the loopback address."""
    page = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html")

    server = secrets.token_hex(4)  # changes at a restart, after which the page's token is stale

    def whole(state: PageState) -> Response:
        bars = histogram(state.rows, state.min_score)
        return HTMLResponse(page.render(state=state, histogram=bars, token=token))

    async def vote(request: Request) -> Response:
        try:
            asked = await request.json()
            name, paper, verb = (str(asked[key]) for key in ("reader", "paper", "verb"))
            await run_in_threadpool(session.teach, name, paper, verb)
        except (ValueError, KeyError, TypeError):
            return PlainTextResponse("expected JSON with reader, paper and verb\n", 400)
        except DigestError as error:
            return PlainTextResponse(f"{error}\n", 409)
        return Response(status_code=204)

    async def fetch(_: Request) -> Response:
        session.fetch_soon()
        return Response(status_code=202)

    async def events(_: Request) -> Response:
        return StreamingResponse(_news(session, server), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/", _states(session, whole)),
            Route("/state", _states(session, lambda state: JSONResponse(state.to_json))),
            Route("/letter", _email_endpoint(session, _framed)),
            Route("/letter.eml", _email_endpoint(session, _message)),
            Route("/events", events),
            Route("/vote", vote, methods=["POST"]),
            Route("/fetch", fetch, methods=["POST"]),
            *(_shipped(name) for name in ("page.css", "page.js", "icon.svg")),
        ],
        middleware=[Middleware(partial(LocalRequestsOnly, port=port, token=token))],
    )


async def _news(session: PreviewSession, server: str) -> AsyncIterator[str]:
    """Yield the version now and after each change; the page then fetches what it shows."""
    sent = 0
    while not session.broadcast.closed:
        epoch = session.broadcast.epoch
        news = f"data: {json.dumps({'epoch': epoch, 'server': server})}\n\n"
        yield news if epoch != sent else ": still here\n\n"
        sent = epoch
        await session.broadcast.after(sent, KEEPALIVE_S)


def _states(session: PreviewSession, show: Callable[[PageState], Response]) -> Endpoint:
    """Return an endpoint that shows the state of the requested reader."""

    async def endpoint(request: Request) -> Response:
        name = request.query_params.get("reader", "")
        return await run_in_threadpool(lambda: show(session.state(name)))

    return endpoint


def _email_endpoint(
    session: PreviewSession, show: Callable[[RenderedMessage, Request], Response]
) -> Endpoint:
    """Return an endpoint that shows the email of the requested reader."""

    async def endpoint(request: Request) -> Response:
        name = request.query_params.get("reader", "")
        state = await run_in_threadpool(session.state, name)
        if state.draft is None:
            return PlainTextResponse("There is no email yet.\n", 404)
        return show(state.draft.message, request)

    return endpoint


def _framed(message: RenderedMessage, request: Request) -> Response:
    scheme = request.query_params.get("scheme", "light")
    return HTMLResponse(framed(message, scheme), headers={"Content-Security-Policy": POLICY})


def _message(message: RenderedMessage, _: Request) -> Response:
    named = {"Content-Disposition": 'attachment; filename="digest.eml"'}
    return Response(to_bytes(message), media_type="message/rfc822", headers=named)


def _shipped(name: str) -> Route:
    async def endpoint(_: Request) -> Response:
        return FileResponse(HERE / name)

    return Route(f"/{name}", endpoint)
