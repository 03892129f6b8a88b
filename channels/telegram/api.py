"""Calls to the Bot API that wait and try again when it is right to, and give up when it is not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels.telegram.outgoing import Outgoing

Sleep = Callable[[float], Awaitable[None]]

# A reply an hour late is worth less than none; a mark on a button is worth a few seconds.
MESSAGE_PATIENCE = 3600.0
COURTESY_PATIENCE = 5.0
LONGEST_PAUSE = 60.0

logger = logging.getLogger(__name__)


class BotApi:
    """The methods that answer a chat. Network errors are retried with growing pauses, within a patience in
    seconds; when Telegram says to wait, all calls wait."""

    def __init__(self, bot: Bot, sleep: Sleep = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._quiet_until = 0.0

    async def send(self, chat: int, message: Outgoing) -> None:
        """Send a message; raises `TelegramError` when that is in vain."""
        await self._call(
            lambda: self._bot.send_message(
                chat,
                message.text,
                reply_markup=_markup(message.buttons) if message.buttons else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            MESSAGE_PATIENCE,
        )

    async def acknowledge(self, query: str, text: str | None = None) -> None:
        """End the waiting sign on a pressed button, with a short notice if there is one to give."""
        await self._courtesy(lambda: self._bot.answer_callback_query(query, text=text))

    async def show_buttons(self, chat: int, message: int, buttons: Sequence[tuple[str, str]]) -> None:
        """Replace the buttons under a message."""
        await self._courtesy(
            lambda: self._bot.edit_message_reply_markup(chat, message, reply_markup=_markup(buttons))
        )

    async def _courtesy(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await self._call(call, COURTESY_PATIENCE)
        except TelegramError as error:
            # An old query, a deleted message, a mark that is already there: no reason to keep the answer back.
            logger.info("Telegram refused a courtesy: %s", describe(error))

    async def _call(self, call: Callable[[], Awaitable[object]], patience: float) -> None:
        failures = 0
        while True:
            quiet = self._quiet_until - time.monotonic()
            if quiet > patience:
                raise RetryAfter(round(quiet))
            if quiet > 0:
                await self._sleep(quiet)
                patience -= quiet
            try:
                await call()
                return
            except RetryAfter as error:
                self._quiet_until = time.monotonic() + seconds_of(error)
            except BadRequest:
                raise  # A NetworkError to python-telegram-bot, but trying again would not help.
            except NetworkError:
                pause = pause_after(failures)
                if pause > patience:
                    raise
                await self._sleep(pause)
                patience -= pause
                failures += 1


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row before this one: 1, 2, 4, … 60."""
    return min(LONGEST_PAUSE, 2.0 ** min(failures, 10))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


def describe(error: TelegramError) -> str:
    """An error for the log; that of a wrong token quotes it, so it is put in other words."""
    if isinstance(error, InvalidToken):
        return "InvalidToken: Telegram does not know this token"
    return f"{type(error).__name__}: {error}"


def _markup(buttons: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(title, callback_data=data)] for title, data in buttons]
    )
