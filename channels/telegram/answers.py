"""What is answered to each thing that a person did: the core's turn, or a word of the channel's own."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from channels.limits import RateLimit
from channels.messages import Button, IncomingMessage, Reply, Turn
from channels.telegram.api import BotApi
from channels.telegram.heard import PAYLOADS, START, Heard, Kind, Press
from channels.telegram.outgoing import Outgoing, buttons_of, marked, messages_of, messages_of_reply
from channels.telegram.store import TelegramStore
from settings import Settings
from wording import guess_language, say

CHANNEL = "telegram"
ERASED = "erased"
_MOST_TOLD = 10_000
# Links of the form t.me/<bot>?start=<code> that lead straight to something; any other code is kept.
STARTS = {"sessions": "/list_sessions", "book": "/book_session"}


class Queue(Protocol):
    """The turn queue, as much of it as is used here."""

    async def submit(self, message: IncomingMessage) -> Turn: ...


@dataclass(frozen=True)
class Answer:
    """Messages to send, their buttons by data; `language` is the turn's, `None` when the core was not asked."""

    messages: tuple[Outgoing, ...] = ()
    buttons: dict[str, Button] = field(default_factory=dict)
    language: str | None = None
    erased: bool = False


def answer_of(turn: Turn) -> Answer:
    """A turn as it is sent."""
    language = None if turn.outcome == "failed" else turn.language
    return Answer(tuple(messages_of(turn)), buttons_of(turn.replies), language, turn.outcome == ERASED)


def answer_with(reply: Reply, language: str) -> Answer:
    """A word of the channel's own."""
    return Answer(tuple(messages_of_reply(reply, language)), buttons_of((reply,)))


class Answers:
    """Finds the answer; the only calls that it makes itself acknowledge and mark a pressed button."""

    def __init__(
        self, api: BotApi, queue: Queue, store: TelegramStore, settings: Settings, limit: RateLimit
    ) -> None:
        self._api = api
        self._queue = queue
        self._store = store
        self._settings = settings
        self._limit = limit
        self._albums: deque[str] = deque(maxlen=200)
        # Chats that have been told to slow down, and have not since.
        self._told: set[int] = set()

    async def answer(self, heard: Heard) -> Answer:
        """The answer to what was heard, unless it comes faster than it is taken."""
        wait = self._limit.take(str(heard.chat))
        if wait:
            return await self._too_fast(heard, wait)
        self._told.discard(heard.chat)
        if heard.press is not None:
            return await self._pressed(heard, heard.press)
        if heard.kind is Kind.COMMAND:
            return await self._commanded(heard)
        if heard.kind is Kind.ATTACHMENT:
            return await self._shown(heard)
        return answer_of(await self._ask(heard, heard.text))

    def apology(self, heard: Heard) -> Answer:
        """What is said when an answer could not even be looked for; needs no database."""
        language = guess_language(heard.text) or heard.language
        return answer_with(
            Reply(say(language, "errors.apology", contact=self._settings.contact_url)), language
        )

    async def _too_fast(self, heard: Heard, wait: float) -> Answer:
        """Say so once, and nothing more until messages come slowly again; a button must not stay busy."""
        if heard.press is not None:
            await self._api.acknowledge(heard.press.query)
        if heard.chat in self._told:
            return Answer()
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        self._told.add(heard.chat)
        language = await self._language(heard)
        return answer_with(Reply(say(language, "telegram.too_fast", seconds=math.ceil(wait))), language)

    async def _pressed(self, heard: Heard, press: Press) -> Answer:
        button = await asyncio.to_thread(self._store.button, press.data)
        if button is None:
            await self._api.acknowledge(press.query)
            language = await self._language(heard)
            return answer_with(Reply(say(language, "errors.stale_button")), language)
        await self._api.acknowledge(press.query)
        keyboard = marked(press.keyboard, press.data)
        if press.message is not None and keyboard is not None:
            await self._api.show_buttons(heard.chat, press.message, keyboard)
        return answer_of(await self._ask(heard, button.title, button.payload, await self._language(heard)))

    async def _commanded(self, heard: Heard) -> Answer:
        language = await self._language(heard)
        payload = PAYLOADS.get(heard.text)
        if heard.text == START:
            await asyncio.to_thread(self._store.began, heard.chat, heard.argument)
            payload = STARTS.get(heard.argument)
            if payload is None:
                return answer_with(self._welcome(language), language)
        return answer_of(await self._ask(heard, f"/{heard.text}", payload, language))

    async def _shown(self, heard: Heard) -> Answer:
        """Only words can be read: say so once for each album, and answer a caption as what it is."""
        if heard.album and heard.album in self._albums and not heard.text:
            return Answer()
        self._albums.append(heard.album)
        language = guess_language(heard.text) or await self._language(heard)
        if not heard.text:
            return answer_with(Reply(say(language, "telegram.only_text")), language)
        notice = messages_of_reply(Reply(say(language, "telegram.only_caption")), language)
        answer = answer_of(await self._ask(heard, heard.text))
        return Answer((*notice, *answer.messages), answer.buttons, answer.language, answer.erased)

    async def _ask(
        self, heard: Heard, text: str, payload: str | None = None, language: str | None = None
    ) -> Turn:
        return await self._queue.submit(
            IncomingMessage(
                sender=f"{CHANNEL}:{heard.chat}",
                text=text,
                channel=CHANNEL,
                payload=payload,
                language=language,
                message_id=str(heard.update),
            )
        )

    async def _language(self, heard: Heard) -> str:
        """The language of what has no words to tell it by: that of the last turn, else that of the app."""
        return await asyncio.to_thread(self._store.language, heard.chat) or heard.language

    def _welcome(self, language: str) -> Reply:
        settings = self._settings
        organisation = settings.organisation_fr if language == "fr" else settings.organisation
        text = say(language, "telegram.welcome", name=settings.service_name, organisation=organisation)
        if settings.public_url:
            text += "\n\n" + say(
                language, "telegram.privacy", url=f"{settings.public_url.rstrip('/')}/privacy"
            )
        return Reply(
            text,
            buttons=(
                Button(say(language, "telegram.what_can_you_do"), PAYLOADS["help"]),
                Button(say(language, "telegram.see_sessions"), PAYLOADS["sessions"]),
            ),
        )
