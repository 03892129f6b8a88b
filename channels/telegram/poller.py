"""Asks Telegram for updates, for as long as the process runs, and hands each on once."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, BotCommand, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from channels.telegram.api import LONGEST_PAUSE, Sleep, describe, pause_after, seconds_of
from channels.telegram.chats import Chats
from channels.telegram.heard import PAYLOADS, UPDATES_WANTED, Heard, hear
from channels.telegram.store import TelegramStore
from wording import LANGUAGES, say

# Seconds that Telegram keeps a request for updates open; the client waits a little longer for the answer.
LONG_POLL = 25

logger = logging.getLogger(__name__)


class Poller:
    """The one reader of the bot's updates."""

    def __init__(
        self,
        bot: Bot,
        chats: Chats,
        store: TelegramStore,
        long_poll: int = LONG_POLL,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._chats = chats
        self._store = store
        self._long_poll = long_poll
        self._sleep = sleep
        self._next: int | None = None

    async def run(self) -> None:
        """Poll until cancelled, whatever Telegram or the database answers."""
        started = False
        failures = 0
        while True:
            try:
                if not started:
                    await self._start()
                    started = True
                await self._poll()
                failures = 0
            except Exception as error:  # Edge: a background task.
                pause = _pause(error, failures)
                _log(error, pause)
                failures += 1
                await self._sleep(pause)

    async def _start(self) -> None:
        await self._bot.initialize()
        # While a webhook is set, Telegram refuses to be polled.
        await self._bot.delete_webhook()
        for update, chat in await asyncio.to_thread(self._store.waiting):
            self._chats.add(chat, update)
        await self._name_commands()
        logger.info("Telegram: answering as @%s", self._bot.username)

    async def _name_commands(self) -> None:
        try:
            for language in LANGUAGES:
                commands = [BotCommand(name, say(language, f"telegram.command_{name}")) for name in PAYLOADS]
                # English is for every app whose language is not ours.
                await self._bot.set_my_commands(commands, language_code="" if language == "en" else language)
        except TelegramError as error:
            logger.warning("Telegram: commands not listed in the menu: %s", describe(error))

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._next, timeout=self._long_poll, allowed_updates=UPDATES_WANTED
        )
        heard = [each for each in map(_hear, updates) if each is not None]
        # Asking for what comes after an update confirms it, so it must be in our database before.
        for each in await asyncio.to_thread(self._store.take, heard):
            self._chats.add(each.chat, each.update)
        if updates:
            self._next = updates[-1].update_id + 1


def _hear(update: Update) -> Heard | None:
    try:
        return hear(update)
    except Exception as error:  # Edge: one update that we cannot read must not stop those behind it.
        logger.error("Telegram update not understood: %s", type(error).__name__)
        return None


def _pause(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    # Neither mends itself soon: another process polls with our token, or the token is wrong.
    if isinstance(error, Conflict | InvalidToken):
        return LONGEST_PAUSE
    return pause_after(failures)


def _log(error: Exception, pause: float) -> None:
    reason = describe(error) if isinstance(error, TelegramError) else type(error).__name__
    logger.error("Telegram: no updates (%s); trying again in %g s", reason, pause)
