"""The chat's pages: the conversation, the form that works without scripts, privacy."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from channels.telegram.store import CHATS_KEPT
from channels.web.api import Limits, build_message
from channels.web.chat import WebChat
from channels.web.conversation import KEPT_DAYS, conversation_of
from channels.web.log import SAID
from channels.web.view import view
from pages import PAGES, RefusalError, chosen_language, page_language
from settings import Settings

SUGGESTIONS = ("suggestion_apply", "suggestion_fitness", "suggestion_time", "suggestion_session")


class Site:
    """The pages, on one chat."""

    def __init__(self, chat: WebChat, limits: Limits, settings: Settings) -> None:
        self._chat = chat
        self._limits = limits
        self._secure = settings.public_url.startswith("https://")

    async def show_chat(self, request: web.Request) -> web.Response:
        language = page_language(request)
        conversation = conversation_of(request)
        events = [view(event) for event in await self._chat.transcript(conversation)]
        response = request.app[PAGES].render(
            request,
            "web/chat.html",
            language,
            events=events,
            pressed=_pressed(events),
            suggestions=SUGGESTIONS,
            new_key=lambda: secrets.token_urlsafe(16),
            chosen=chosen_language(request) or "",
            page="",
        )
        conversation.keep(response, self._secure)
        return response

    async def post_form(self, request: web.Request) -> web.Response:
        """The same as POST /api/messages for a page without scripts: waits for the answer, then shows it."""
        conversation = conversation_of(request)
        self._limits.check(request, conversation)
        form = await request.post()
        text, payload, key = (_text_field(form, name) for name in ("text", "payload", "key"))
        reply_to = _text_field(form, "reply_to")
        number = int(reply_to) if reply_to.isascii() and reply_to.isdigit() and len(reply_to) < 10 else None
        if payload:
            title = await self._chat.title_of_button(conversation, number or 0, payload)
            if title is None:
                raise RefusalError(409, "stale_button")
            text = title
        language = chosen_language(request)
        message = build_message(conversation, text, payload or None, language, key)
        said, _ = await self._chat.take(message, conversation, number)
        await self._chat.wait_for_answer(conversation, message.message_id)
        answer = await self._chat.answer(conversation, message.message_id)
        switch_to = view(answer)["switch_to"] if answer is not None else None
        response = web.Response(status=303, headers={"Location": f"/{switch_to or ''}#m{said.number}"})
        conversation.keep(response, self._secure)
        return response

    async def show_privacy(self, request: web.Request) -> web.Response:
        language = page_language(request)
        return request.app[PAGES].render(
            request,
            "web/privacy.html",
            language,
            page="/privacy",
            cookie_days=KEPT_DAYS,
            telegram_days=CHATS_KEPT.days,
        )


def _text_field(form: Any, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _pressed(events: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """Which buttons were used: (number of the turn, payload); a suggestion is (0, its text)."""
    pressed: set[tuple[int, str]] = set()
    for event in events:
        if event["kind"] == SAID and event["payload"] and event["reply_to"]:
            pressed.add((event["reply_to"], event["payload"]))
        elif event["kind"] == SAID:
            pressed.add((0, event["text"]))
    return pressed
