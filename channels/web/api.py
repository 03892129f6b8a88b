"""The chat's HTTP interface: POST /api/messages, GET /api/events; docs/web.md describes both."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels.limits import RateLimit
from channels.messages import IncomingMessage
from channels.web.chat import PAGE_OF_EVENTS, WebChat
from channels.web.conversation import Conversation, conversation_of
from channels.web.log import Event
from channels.web.streams import Bell, TooManyStreams
from channels.web.view import view
from pages import RefusalError
from pages.address import client_address
from settings import Settings
from wording import LANGUAGES

MOST_CHARACTERS = 20_000
MOST_PAYLOAD = 500
HEARTBEAT_SECONDS = 15.0
# A reader that takes nothing for this long is gone.
WRITE_SECONDS = 30.0
RETRY_MILLISECONDS = 2000

logger = logging.getLogger(__name__)

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Limits:
    """How fast one conversation and one address may send."""

    conversation: RateLimit
    address: RateLimit
    proxies: int

    def check(self, request: web.Request, conversation: Conversation) -> None:
        """Count one message; raises the refusal that tells how long to wait."""
        wait = self.conversation.take(conversation.id) or self.address.take(
            client_address(request, self.proxies)
        )
        if wait:
            seconds = math.ceil(wait)
            raise RefusalError(429, "too_fast", headers={"Retry-After": str(seconds)}, seconds=seconds)


class Api:
    """The two routes, on one chat."""

    def __init__(self, chat: WebChat, limits: Limits, settings: Settings, heartbeat: float) -> None:
        self._chat = chat
        self._limits = limits
        self._secure = settings.public_url.startswith("https://")
        self._heartbeat = heartbeat

    async def post_message(self, request: web.Request) -> web.Response:
        """Take a message; 202 when its answer will come as an event, 200 when that is already there."""
        conversation = conversation_of(request)
        self._limits.check(request, conversation)
        message, reply_to = _read_message(await _json(request), request, conversation)
        said, turn = await self._chat.take(message, conversation, reply_to)
        answer = None if turn is None else turn.number
        response = web.json_response(
            {"message_id": message.message_id, "number": said.number, "answer": answer},
            status=202 if answer is None else 200,
        )
        conversation.keep(response, self._secure)
        return response

    async def get_events(self, request: web.Request) -> web.StreamResponse:
        """Stream the conversation's events above `Last-Event-ID` (or `?after=`), then every new one."""
        conversation = conversation_of(request)
        after = _cursor(request)
        try:
            address = client_address(request, self._limits.proxies)
            with self._chat.streams.listen(conversation.id, address) as bell:
                return await self._stream(request, conversation, after, bell)
        except TooManyStreams as error:
            raise RefusalError(429, "too_many_tabs", headers={"Retry-After": "30"}) from error

    async def _stream(
        self, request: web.Request, conversation: Conversation, after: int, bell: Bell
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        conversation.keep(response, self._secure)
        await response.prepare(request)
        try:
            await _write(response, f"retry: {RETRY_MILLISECONDS}\n\n")
            caught_up = False
            while not self._chat.streams.closed:
                heard = bell.take(after) if caught_up else []
                # The log is also read when no bell rang: another process may have written to it.
                events = heard or await self._chat.read(conversation, after)
                if events:
                    await _write(response, "".join(map(_as_sent, events)))
                    after = events[-1].number
                if len(events) == PAGE_OF_EVENTS:
                    continue
                if not caught_up:
                    # The page now knows what has arrived and sends again what has not.
                    await _write(response, "event: ready\ndata: {}\n\n")
                    caught_up = True
                try:
                    await bell.wait(self._heartbeat)
                except asyncio.TimeoutError:
                    await _write(response, ": heartbeat\n\n")
        except (ConnectionResetError, asyncio.TimeoutError):
            pass  # The reader has gone; it comes back with the number of the last event it has.
        except Exception as error:  # Edge: headers are sent, so no error page; the reader comes back.
            logger.error("stream broken off: %s", type(error).__name__)
        return response


def _as_sent(event: Event) -> str:
    return f"id: {event.number}\ndata: {json.dumps(view(event), ensure_ascii=False)}\n\n"


async def _write(response: web.StreamResponse, text: str) -> None:
    await asyncio.wait_for(response.write(text.encode()), WRITE_SECONDS)


async def _json(request: web.Request) -> dict[str, Any]:
    # Only this type: a form on another site can send "text/plain" that happens to be JSON.
    if request.content_type != "application/json":
        raise RefusalError(415, "unreadable")
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, "unreadable") from error
    if not isinstance(body, dict):
        raise RefusalError(400, "unreadable")
    return body


def _read_message(
    body: dict[str, Any], request: web.Request, conversation: Conversation
) -> tuple[IncomingMessage, int | None]:
    text, payload, reply_to = body.get("text", ""), body.get("payload"), body.get("reply_to")
    if not isinstance(text, str) or not (payload is None or isinstance(payload, str)):
        raise RefusalError(400, "unreadable")
    if reply_to is not None and (isinstance(reply_to, bool) or not isinstance(reply_to, int)):
        raise RefusalError(400, "unreadable")
    message_id = request.headers.get("Idempotency-Key", "")
    language = body.get("language")
    return build_message(conversation, text, payload, language, message_id), reply_to


def build_message(
    conversation: Conversation, text: str, payload: str | None, language: object, message_id: str
) -> IncomingMessage:
    """A prospect's message from what a request holds; raises a refusal when that does not fit.

    Without `message_id` it gets one, and a redelivery cannot be told from a new message.
    """
    if message_id and not _MESSAGE_ID.fullmatch(message_id):
        raise RefusalError(400, "unreadable")
    if len(text) > MOST_CHARACTERS:
        raise RefusalError(413, "too_long", characters=MOST_CHARACTERS)
    if payload is not None and len(payload) > MOST_PAYLOAD:
        raise RefusalError(400, "unreadable")
    # Half a surrogate pair is valid JSON but no text: it can neither be stored nor sent on.
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return IncomingMessage(
        sender=conversation.sender,
        text=text,
        channel="web",
        payload=payload or None,
        language=language if isinstance(language, str) and language in LANGUAGES else None,
        message_id=message_id or secrets.token_urlsafe(16),
    )


def _cursor(request: web.Request) -> int:
    raw = request.headers.get("Last-Event-ID") or request.query.get("after") or "0"
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
