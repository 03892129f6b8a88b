"""Telegram: private chats with the assistant, polled for in this process and answered through the turn queue."""

from channels.telegram.setup import add_telegram

__all__ = ["add_telegram"]
