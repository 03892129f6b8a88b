"""Works off what was heard: each chat in order, several chats at once, nothing lost when the process stops."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from channels.telegram.answers import Answers
from channels.telegram.api import BotApi, Sleep, describe, pause_after
from channels.telegram.heard import Heard
from channels.telegram.outgoing import Outgoing
from channels.telegram.store import Pending, TelegramStore
from failures import where

# Of the database, in a row: two minutes.
MOST_FAILURES = 7

logger = logging.getLogger(__name__)


class Chats:
    """The chats with work left, each with one task that ends when the work does."""

    def __init__(
        self, api: BotApi, answers: Answers, store: TelegramStore, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._api = api
        self._answers = answers
        self._store = store
        self._sleep = sleep
        self._work: dict[int, deque[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, chat: int, update: int) -> None:
        """Work off an update that is in the store, after the others of its chat."""
        if chat in self._work:
            self._work[chat].append(update)
            return
        self._work[chat] = deque([update])
        task = asyncio.create_task(self._work_off(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until there is no work left."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, grace: float) -> None:
        """Stop after `grace` seconds at the latest; what is not done then is done after the next start."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _work_off(self, chat: int) -> None:
        work = self._work[chat]
        try:
            while work:
                await self._finish(chat, work.popleft())
        finally:
            del self._work[chat]

    async def _finish(self, chat: int, update: int) -> None:
        unanswered: Heard | None = None
        try:
            pending = await self._pending(update)
            if pending is None:
                return
            unanswered, messages = pending.heard, pending.outgoing
            if unanswered is not None:
                messages = await self._answer(unanswered)
                unanswered = None
            await self._send(chat, update, messages)
        except Exception as error:  # Edge: a channel's turn; whatever failed, the chat goes on.
            logger.error("Telegram update not answered: %s", where(error))
            if unanswered is not None:
                await self._apologise(unanswered)

    async def _pending(self, update: int) -> Pending | None:
        """The work left. While the database is away it is asked again: nobody else would before the next start."""
        for failures in range(MOST_FAILURES):
            try:
                return await asyncio.to_thread(self._store.pending, update)
            except SQLAlchemyError as error:
                logger.error("Telegram update not read yet: %s", type(error).__name__)
                await self._sleep(pause_after(failures))
        return await asyncio.to_thread(self._store.pending, update)

    async def _answer(self, heard: Heard) -> tuple[Outgoing, ...]:
        answer = await self._answers.answer(heard)
        await asyncio.to_thread(
            self._store.answered,
            heard.update,
            answer.messages,
            answer.buttons,
            answer.language,
            answer.erased,
        )
        return answer.messages

    async def _send(self, chat: int, update: int, messages: Sequence[Outgoing]) -> None:
        """Send in order, and keep in the store what is left after each."""
        left = list(messages)
        while left:
            try:
                await self._api.send(chat, left[0])
                left.pop(0)
            except TelegramError as error:
                # The person has blocked us, or Telegram was away for too long.
                logger.error("%d Telegram messages dropped: %s", len(left), describe(error))
                left.clear()
            if left:
                await asyncio.to_thread(self._store.sent, update, left)
        await asyncio.to_thread(self._store.sent, update, ())

    async def _apologise(self, heard: Heard) -> None:
        try:
            for message in self._answers.apology(heard).messages:
                await self._api.send(heard.chat, message)
            await asyncio.to_thread(self._store.sent, heard.update, ())
        except (TelegramError, SQLAlchemyError) as error:
            # It stays in the store, and is tried again after the next start.
            logger.error("Telegram update not apologised for: %s", type(error).__name__)
