"""A strict stand-in for Telegram's Bot API over HTTP on loopback: refuses what the real one refuses."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "4242:stand-in-token"
BOT = {"id": 4242, "is_bot": True, "first_name": "Signpost", "username": "signpost_bot"}
WAIT = 10.0


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass
class Sent:
    """A message that the bot sent, as a person sees it."""

    id: int
    chat: int
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.buttons]


Fault = Refusal | str


class StandIn:
    """The server, and what it has seen. `faults` are answers given, in order, instead of the right one:
    a `Refusal`, "502" for a proxy's page, "drop" for a closed connection."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[Sent] = []
        self.acknowledged: list[str] = []
        self.commands: dict[str, list[str]] = {}
        self.calls: dict[str, int] = defaultdict(int)
        self.violations: list[str] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.blocked: set[int] = set()
        self.webhook = False
        self._queries: set[str] = set()
        self._updates: list[dict[str, Any]] = []
        self._numbers = iter(range(1000, 100_000))
        self._polls = 0
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    # What people do

    async def deliver(self, **content: Any) -> int:
        """Queue an update with this content; returns its number."""
        update = {"update_id": next(self._numbers), **content}
        async with self._changed:
            self._updates.append(update)
            self._changed.notify_all()
        return int(update["update_id"])

    async def redeliver(self, update: dict[str, Any]) -> None:
        async with self._changed:
            self._updates.append(update)
            self._changed.notify_all()

    def query(self) -> str:
        """A new callback query's id."""
        query = f"query-{next(self._numbers)}"
        self._queries.add(query)
        return query

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the bot's calls have made `condition` true."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), WAIT)

    async def messages(self, chat: int, count: int) -> list[Sent]:
        """The chat's messages, once there are `count`."""
        await self.until(lambda: len(self.to(chat)) >= count)
        return self.to(chat)

    def to(self, chat: int) -> list[Sent]:
        return [message for message in self.sent if message.chat == chat]

    # The Bot API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls[method] += 1
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            if self.faults[method]:
                fault = self.faults[method].popleft()
                if isinstance(fault, Refusal):
                    raise fault
                if fault == "drop":
                    assert request.transport is not None
                    request.transport.abort()
                return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
            handler: Callable[[dict[str, Any]], Awaitable[Any]] | None = getattr(self, f"_{method}", None)
            if handler is None:
                raise Refusal(404, "Not Found")
            result = await handler(self._parameters(method, await request.post()))
        except Refusal as refusal:
            body: dict[str, Any] = {
                "ok": False,
                "error_code": refusal.status,
                "description": refusal.description,
            }
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return web.json_response(body, status=refusal.status)
        finally:
            async with self._changed:
                self._changed.notify_all()
        return web.json_response({"ok": True, "result": result})

    def _parameters(self, method: str, form: Any) -> dict[str, Any]:
        """The form's values in their types; what is unknown or of the wrong type is a violation."""
        types = METHODS[method]
        values: dict[str, Any] = {}
        for name, raw in form.items():
            if name not in types:
                self.violations.append(f"{method}: unknown parameter {name}")
                continue
            try:
                values[name] = raw if types[name] is str else json.loads(raw)
            except json.JSONDecodeError as error:
                raise Refusal(400, f"Bad Request: can't parse {name} JSON object") from error
            if not isinstance(values[name], types[name]):
                self.violations.append(f"{method}: {name} is not {types[name].__name__}")
        return values

    async def _getMe(self, values: dict[str, Any]) -> Any:
        return BOT

    async def _deleteWebhook(self, values: dict[str, Any]) -> bool:
        self.webhook = False
        return True

    async def _setMyCommands(self, values: dict[str, Any]) -> bool:
        for command in values["commands"]:
            if not command["command"].isidentifier() or not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        names = [command["command"] for command in values["commands"]]
        self.commands[values.get("language_code", "")] = names
        return True

    async def _getUpdates(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        poll = self._polls
        offset = values.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        async with self._changed:
            self._changed.notify_all()
            try:
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: bool(self._updates) or poll != self._polls),
                    values.get("timeout", 0),
                )
            except TimeoutError:
                return []
            except asyncio.TimeoutError:
                return []
        if poll != self._polls:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        wanted = values["allowed_updates"]
        return [update for update in self._updates if any(kind in update for kind in wanted)]

    @property
    def unconfirmed(self) -> list[dict[str, Any]]:
        """Updates that the bot may still be given again."""
        return list(self._updates)

    async def _sendMessage(self, values: dict[str, Any]) -> Any:
        chat, text = values["chat_id"], values.get("text", "").strip()
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not text:
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        sent = Sent(next(self._numbers), chat, text, _buttons(values.get("reply_markup")))
        self.sent.append(sent)
        return self.as_message(sent)

    async def _answerCallbackQuery(self, values: dict[str, Any]) -> bool:
        query = values["callback_query_id"]
        if query not in self._queries:
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self._queries.discard(query)
        self.acknowledged.append(query)
        return True

    async def _editMessageReplyMarkup(self, values: dict[str, Any]) -> Any:
        message = next((sent for sent in self.to(values["chat_id"]) if sent.id == values["message_id"]), None)
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        buttons = _buttons(values.get("reply_markup"))
        if buttons == message.buttons:
            raise Refusal(400, "Bad Request: message is not modified")
        message.buttons = buttons
        return self.as_message(message)

    def as_message(self, sent: Sent) -> dict[str, Any]:
        keyboard = [[{"text": title, "callback_data": data}] for title, data in sent.buttons]
        message = {
            "message_id": sent.id,
            "date": 1_790_000_000,
            "chat": {"id": sent.chat, "type": "private", "first_name": "Ann"},
            "from": BOT,
            "text": sent.text,
        }
        return {**message, "reply_markup": {"inline_keyboard": keyboard}} if keyboard else message


# No parse_mode anywhere: nothing that a person types may become mark-up.
METHODS: dict[str, dict[str, type]] = {
    "getMe": {},
    "deleteWebhook": {"drop_pending_updates": bool},
    "setMyCommands": {"commands": list, "language_code": str},
    "getUpdates": {"offset": int, "limit": int, "timeout": int, "allowed_updates": list},
    "sendMessage": {"chat_id": int, "text": str, "reply_markup": dict, "link_preview_options": dict},
    "answerCallbackQuery": {"callback_query_id": str, "text": str},
    "editMessageReplyMarkup": {"chat_id": int, "message_id": int, "reply_markup": dict},
}


def _buttons(markup: dict[str, Any] | None) -> list[tuple[str, str]]:
    if markup is None:
        return []
    buttons = [
        (b.get("text", ""), b.get("callback_data", "")) for row in markup["inline_keyboard"] for b in row
    ]
    for title, data in buttons:
        if not title.strip():
            raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if not 1 <= len(data.encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return buttons


class Person:
    """Somebody with Telegram on their phone, in a private chat with the bot."""

    def __init__(self, api: StandIn, number: int = 7, language: str | None = "en") -> None:
        self.api, self.number, self.language = api, number, language

    async def writes(self, text: str) -> int:
        return await self.sends(text=text)

    async def sends(self, **content: Any) -> int:
        """A message with this content."""
        return await self.api.deliver(message=self.message(**content))

    async def presses(self, title: str, on: Sent | None = None) -> str:
        """Presses the button on the newest message that has it; returns the query's id."""
        message = on or next(m for m in reversed(self.api.to(self.number)) if title in m.titles)
        data = next(data for each, data in message.buttons if each == title)
        return await self.presses_data(data, self.api.as_message(message))

    async def presses_data(self, data: str, message: dict[str, Any] | None = None) -> str:
        query = self.api.query()
        body = {"id": query, "from": self.user(), "chat_instance": "1", "data": data}
        await self.api.deliver(callback_query={**body, "message": message} if message else body)
        return query

    async def reads(self, count: int) -> list[str]:
        """All that was sent to this person, once it is `count` messages."""
        return [message.text for message in await self.api.messages(self.number, count)]

    def user(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.number, "is_bot": False, "first_name": "Ann"}
        return {**user, "language_code": self.language} if self.language else user

    def message(self, **content: Any) -> dict[str, Any]:
        chat = {"id": self.number, "type": "private", "first_name": "Ann"}
        return {"message_id": 5, "date": 1_790_000_000, "chat": chat, "from": self.user(), **content}
