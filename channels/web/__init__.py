"""The web chat: messages up by POST, events down by server-sent events, and pages that work without scripts."""

from channels.web.setup import add_web_chat

__all__ = ["add_web_chat"]
