"""One message's way through the web channel: into the log, to the turn queue, its turn into the log, bells rung."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from channels.messages import IncomingMessage
from channels.turns import TurnQueue, hashed
from channels.web.conversation import Conversation
from channels.web.log import SAID, TURN, Event, EventLog
from channels.web.streams import Streams
from channels.web.view import ERASED, said_body, title_of_button, turn_body
from storage import Database

# Answers come within a second; a page asks for this many events at once, so a log is never read whole.
PAGE_OF_EVENTS = 200

logger = logging.getLogger(__name__)


class WebChat:
    """The web channel without its HTTP."""

    def __init__(self, queue: TurnQueue, database: Database, clock: Callable[[], datetime]) -> None:
        self.streams = Streams()
        self._queue = queue
        self._log = EventLog(database, clock)
        self._answering: dict[tuple[str, str], asyncio.Task[Event]] = {}

    async def take(
        self, message: IncomingMessage, conversation: Conversation, reply_to: int | None
    ) -> tuple[Event, Event | None]:
        """Keep a message that arrived and have it answered; its event once it is safely kept, and the turn that answers
        it when the message came before and has one.

        The same message again is kept and answered once.
        """
        said, new = await asyncio.to_thread(self._keep, message, conversation, reply_to)
        answered = None
        if new:
            self.streams.ring(conversation.id, said)
        else:
            answered = await self.answer(conversation, message.message_id)
        key = (conversation.id, message.message_id)
        # Nothing is awaited from here on, so of two deliveries at the same moment one starts the answer.
        if answered is None and key not in self._answering:
            task = asyncio.create_task(self._answer(message, conversation))
            self._answering[key] = task
            task.add_done_callback(lambda _: self._answering.pop(key, None))
        return said, answered

    async def answer(self, conversation: Conversation, message_id: str) -> Event | None:
        """The turn that answers a message, `None` as long as there is none."""
        return await asyncio.to_thread(self._log.find, conversation.id, TURN, message_id)

    async def wait_for_answer(self, conversation: Conversation, message_id: str) -> None:
        """Return when the message has its turn in the log (or never will, which is logged)."""
        task = self._answering.get((conversation.id, message_id))
        if task is not None:
            await asyncio.wait({task})

    async def read(self, conversation: Conversation, after: int) -> list[Event]:
        """The next events above number `after`, a page of them at most."""
        return await asyncio.to_thread(self._log.read, conversation.id, after, PAGE_OF_EVENTS)

    async def transcript(self, conversation: Conversation) -> list[Event]:
        """Everything said in the conversation that is still kept."""
        events = await self.read(conversation, 0)
        while len(events) % PAGE_OF_EVENTS == 0 and events:
            more = await self.read(conversation, events[-1].number)
            if not more:
                break
            events += more
        return events

    async def title_of_button(self, conversation: Conversation, reply_to: int, payload: str) -> str | None:
        """What a button of turn number `reply_to` says, `None` when there is no such button."""
        event = await asyncio.to_thread(self._log.get, conversation.id, reply_to)
        return title_of_button(event, payload)

    async def forget(self, older_than: timedelta) -> None:
        """Delete what was said longer ago than this."""
        await asyncio.to_thread(self._log.forget, older_than)

    async def close(self) -> None:
        """Wait until every message that was taken has its turn in the log."""
        while self._answering:
            await asyncio.wait(set(self._answering.values()))

    def _keep(
        self, message: IncomingMessage, conversation: Conversation, reply_to: int | None
    ) -> tuple[Event, bool]:
        return self._log.append(conversation.id, SAID, message.message_id, said_body(message, reply_to))

    async def _answer(self, message: IncomingMessage, conversation: Conversation) -> Event:
        turn = await self._queue.submit(message)
        try:
            event, _ = await asyncio.to_thread(
                self._log.append, conversation.id, TURN, message.message_id, turn_body(turn)
            )
            if turn.outcome == ERASED:
                await asyncio.to_thread(self._log.erase_before, conversation.id, event.number)
        except Exception as error:  # Edge: nobody awaits this task; the page sends the message again.
            logger.error("turn not kept: sender=%s error=%s", hashed(message.sender), type(error).__name__)
            raise
        self.streams.ring(conversation.id, event)
        return event
