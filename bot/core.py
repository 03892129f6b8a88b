"""Rasa in this process: a message in, a `Turn` out, the tracker saved and the turn kept."""

from __future__ import annotations

import fcntl
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, delete, event, insert, select
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Services
from actions.forms import LONGEST_DETAIL
from actions.registry import all_actions
from bot.action_endpoint import InProcessActionEndpoint, compile_action_validator
from bot.payloads import accepted, clean, printable
from bot.picks import picked
from bot.processor import Processor
from bot.surroundings import quiet_rasa
from channels.messages import ArticleRef, Button, IncomingMessage, Reply, Source, Turn
from failures import where
from knowledge.masking import mask
from knowledge.store import Published
from knowledge.turns import TurnRecord, record_turn
from wording.typography import typeset

log = logging.getLogger(__name__)

_MOST_REMEMBERED = 10_000
# Conversations kept in memory as they were saved, some tens of kilobytes each.
_MOST_UNDER_WAY = 500
# A tracker longer than this is shortened to its last turns.
MOST_EVENTS = 200
TURNS_KEPT = 8
# A follow-up ("and the cost?") leans on an article answered within so many messages.
MESSAGES_IN_MIND = 3
# A turn that erased its sender is counted, under no one's name.
_ERASED = "erased"


class ModelMissing(Exception):
    """There is no model file where one was expected; the message says how to make one."""


class TurnFailed(Exception):
    """Rasa ended a turn without a reply, or could not save the conversation."""


@dataclass(frozen=True)
class Standing:
    """Where a conversation stood after its last turn, as far as it matters for reading the next message.

    `article` is the one that was answered last, unless that was some turns ago; `buttons` are the payloads of the last
    message's.
    """

    language: str | None = None
    article: str | None = None
    choice: Mapping[str, Any] = field(default_factory=dict)
    in_form: bool = False
    buttons: tuple[str, ...] = ()


class RasaCore:
    """Implements `channels.messages.Core` with an embedded Rasa agent."""

    def __init__(self, processor: Processor, trackers: TrackerStore, services: Services) -> None:
        self._processor = processor
        self._trackers = trackers
        self._services = services
        self._standing: OrderedDict[str, Standing] = OrderedDict()

    @classmethod
    def load(cls, model: Path, services: Services) -> RasaCore:
        """Load the model file `model`; raises `ModelMissing`."""
        if not model.is_file():
            # Rasa would quietly load another model of the same folder (rasa/model.py, `get_local_model`).
            raise ModelMissing(f"{model} does not exist: run `python -m bot train`")
        quiet_rasa()
        compile_action_validator()
        trackers = TrackerStore(services.settings.tracker_database)
        wording = TemplatedNaturalLanguageGenerator({})
        processor = Processor(
            model,
            FailSafeTrackerStore(trackers, _tell_of_failure),
            # Never taken: the turn queue lets one message of a sender in at a time.
            InMemoryLockStore(),
            wording,
            InProcessActionEndpoint(all_actions(services)),
        )
        trackers.domain, wording.responses = processor.domain, processor.domain.responses
        return cls(processor, trackers, services)

    @property
    def model_id(self) -> str:
        return str(self._processor.model_metadata.model_id)

    async def warm_up(self) -> None:
        """Parse once, so that the first person does not wait for what is made at first use."""
        await self.understand("hello")

    async def handle(self, message: IncomingMessage) -> Turn:
        """One turn. Raises `TurnFailed` when it ended without a reply or could not be saved."""
        started = time.perf_counter()
        given = await self._given_before(message)
        if given is not None:
            return given
        said = CollectingChannel()
        payload = accepted(message.payload) if message.payload else self._picked(message)
        self._trackers.saved.pop(message.sender, None)
        await self._processor.handle_message(
            UserMessage(
                payload or clean(message.text or message.payload or ""),
                said,
                message.sender,
                input_channel=message.channel,
                message_id=message.message_id or None,
                metadata=self._context(message),
            )
        )
        tracker = self._trackers.handed_over(message.sender)
        if tracker is None:
            raise TurnFailed("the conversation could not be read or saved")
        if not said.messages:
            raise TurnFailed(f"no reply to intent {tracker.latest_message.intent.get('name')}")
        self._remember(tracker)
        turn = _turn(tracker, said.messages, (time.perf_counter() - started) * 1000)
        if turn.outcome == _ERASED:
            self._trackers.erase(message.sender)
            self._standing.pop(message.sender, None)
        return self._keep(turn, message, tracker, said.messages)

    async def understand(self, text: str) -> Mapping[str, Any]:
        """Rasa's parse of a typed text, with the decision; nothing is answered or kept."""
        parse: Mapping[str, Any] = await self._processor.parse_message(UserMessage(clean(text)))
        return parse

    def forget_old(self, now: datetime) -> int:
        """Delete raw messages older than the settings keep them; returns how many events there were."""
        return self._trackers.forget_before(now - timedelta(hours=self._services.settings.retention_hours))

    def ping(self) -> None:
        """Raise when the tracker's database does not answer; Rasa itself would only forget (fact of 3.6.21)."""
        self._trackers.ping()

    def close(self) -> None:
        self._trackers.engine.dispose()

    async def _given_before(self, message: IncomingMessage) -> Turn | None:
        """The turn of a message that comes again because the server ended before it could deliver the answer.

        Only a process that does not know the conversation looks: while the server runs, its queue knows who comes again.
        """
        if message.sender in self._standing:
            return None
        tracker = await self._trackers.peek(message.sender)
        if tracker is None:
            return None
        self._remember(tracker)
        heard = tracker.latest_message
        if not message.message_id or heard is None or heard.message_id != message.message_id:
            return None
        since = takewhile(lambda past: past is not heard, reversed(tracker.events))
        said = [{"text": past.text, **past.data} for past in since if isinstance(past, BotUttered)]
        return _turn(tracker, said[::-1], 0.0) if said else None

    def _context(self, message: IncomingMessage) -> dict[str, Any]:
        """What reading the message needs to know of the conversation (nlu/message_reader.py) and of the prospect's
        choice of language (`pinned`)."""
        standing = self._standing.get(message.sender, Standing())
        about = self._published(standing.article) if standing.article else None
        return {
            "language": _language(message, standing),
            "pinned": message.language,
            "so_far": standing.language,
            "about": _subject(about, standing.language) if about else None,
            "in_form": standing.in_form,
        }

    def _picked(self, message: IncomingMessage) -> str | None:
        """The payload of the button that a typed message names by its place."""
        standing = self._standing.get(message.sender, Standing())
        payload = None if standing.in_form else picked(message.text, standing.buttons)
        return accepted(payload) if payload else None

    def _published(self, article: str) -> Published | None:
        try:
            return self._services.store.get(article)
        except SQLAlchemyError:
            # Without its context a follow-up is read as it stands; the action tells of the database.
            return None

    def _remember(self, tracker: DialogueStateTracker) -> None:
        self._standing[tracker.sender_id] = Standing(
            language=tracker.get_slot("language"),
            article=_article_in_mind(tracker),
            choice=tracker.get_slot("language_choice") or {},
            in_form=bool(tracker.active_loop_name),
            buttons=_last_buttons(tracker),
        )
        self._standing.move_to_end(tracker.sender_id)
        if len(self._standing) > _MOST_REMEMBERED:
            self._standing.popitem(last=False)

    def _keep(
        self,
        turn: Turn,
        message: IncomingMessage,
        tracker: DialogueStateTracker,
        messages: list[dict[str, Any]],
    ) -> Turn:
        erased = turn.outcome == _ERASED
        record = TurnRecord(
            sender=_ERASED if erased else message.sender,
            channel=message.channel,
            language=turn.language,
            text=mask(
                printable(message.text or message.payload or ""), turn.language, also=_details(tracker)
            ),
            outcome=turn.outcome,
            intent=turn.intent,
            decision=tracker.latest_message.parse_data.get("decision") or {},
            articles=[
                {"id": article["id"], "revision": article["revision"]}
                for article in _listed(messages, "articles")
            ],
            milliseconds=turn.milliseconds,
        )
        try:
            number = self._record(record)
        except SQLAlchemyError as error:
            # The prospect has an answer; a record that cannot be kept must not take it away.
            log.error("a turn could not be kept: %s", where(error))
            return turn
        return Turn(**{**vars(turn), "id": number})

    def _record(self, record: TurnRecord) -> int:
        with self._services.database.connection() as connection:
            return record_turn(connection, record, self._services.clock())


class CollectingChannel(OutputChannel):  # type: ignore[misc]  # rasa has no annotations
    """Keeps each bot message whole, where Rasa's own channels take it apart; it cannot fail."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "collector"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


class TrackerStore(SQLTrackerStore):  # type: ignore[misc]  # rasa has no annotations
    """Rasa's SQL tracker store, which also hands over the tracker that it has just saved.

    Rasa wraps every store so that its failures pass in silence, as amnesia (rasa/core/tracker_store.py,
    `FailSafeTrackerStore`, 3.6.21). Here a conversation that could not be read stays in `unread`, and one that
    could not be saved is missing from `saved`: neither is `handed_over`.

    Conversations under way stay in memory as they were saved, so that a turn need not read its past again: a
    conversation is always answered by the same process (bot/workers.py). A turn takes its conversation out, and only
    saving puts it back.
    """

    def __init__(self, file: str) -> None:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        # Two processes that start at once would both make the tables.
        with Path(f"{file}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Rasa passes `query=None` otherwise, which SQLAlchemy 2 refuses.
            super().__init__(dialect="sqlite", db=file, query={})
        _fast_commits(self.engine)
        # Rasa logs errors whole, and the values are what people typed.
        self.engine.hide_parameters = True
        self.engine.dispose()
        stored = self.SQLEvent
        self._events_of = (
            select(stored.type_name, stored.data)
            .where(stored.sender_id == bindparam("sender"))
            .order_by(stored.id)
        )
        self.saved: dict[str, DialogueStateTracker] = {}
        self.unread: set[str] = set()
        self._under_way: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        # How many events of a conversation that is in a turn are in the database.
        self._stored: dict[str, int] = {}

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        self.unread.add(sender_id)
        self._stored.pop(sender_id, None)
        tracker = self._under_way.pop(sender_id, None) or self._read(sender_id)
        self.unread.discard(sender_id)
        self._stored[sender_id] = len(tracker.events) if tracker is not None else 0
        return tracker

    async def peek(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stands, not to be changed."""
        tracker = await self.retrieve(sender_id)
        if tracker is not None:
            self._keep_in_mind(tracker)
        return tracker

    def _read(self, sender: str) -> DialogueStateTracker | None:
        """The conversation since it last began anew, from the database; past the object mapper, which takes longer."""
        with self.engine.connect() as connection:
            rows = connection.execute(self._events_of, {"sender": sender}).all()
        began = max((n for n, (kind, _) in enumerate(rows) if kind == SessionStarted.type_name), default=0)
        if not rows:
            return None
        events = [json.loads(data) for _, data in rows[began:]]
        return DialogueStateTracker.from_dict(sender, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        sender = tracker.sender_id
        stored = self._stored.get(sender, 0)
        new = list(islice(tracker.events, stored, None))
        if not new:
            # Rasa saves a conversation as it makes it, before the turn: that is no sign that the turn was saved.
            return
        with self.engine.begin() as connection:
            connection.execute(insert(self.SQLEvent), [_row(sender, each) for each in new])
        self._stored[sender] = len(tracker.events)
        long = len(tracker.events) > MOST_EVENTS and not tracker.active_loop_name
        if long:
            self._rewrite(sender, shortened(tracker))
        if not long and not (stored and any(isinstance(each, SessionStarted) for each in new)):
            self._keep_in_mind(tracker)
        self.saved[sender] = tracker

    def handed_over(self, sender: str) -> DialogueStateTracker | None:
        """The tracker that was saved in this turn; `None` when it could not be read or saved."""
        self._stored.pop(sender, None)
        tracker = self.saved.pop(sender, None)
        return None if sender in self.unread else tracker

    def _keep_in_mind(self, tracker: DialogueStateTracker) -> None:
        under_way = self._under_way
        under_way[tracker.sender_id] = tracker
        if len(under_way) > _MOST_UNDER_WAY:
            under_way.popitem(last=False)

    def _rewrite(self, sender: str, events: list[Event]) -> None:
        with self.engine.begin() as connection:
            connection.execute(delete(self.SQLEvent).where(self.SQLEvent.sender_id == sender))
            connection.execute(insert(self.SQLEvent), [_row(sender, each) for each in events])

    def erase(self, sender: str) -> None:
        """Delete all that is kept of a conversation."""
        self._under_way.pop(sender, None)
        with self.engine.begin() as connection:
            connection.execute(delete(self.SQLEvent).where(self.SQLEvent.sender_id == sender))

    def forget_before(self, moment: datetime) -> int:
        """Delete events older than `moment`; returns how many."""
        # Another thread may be in the middle of a turn: it keeps the mapping that it has.
        self._under_way = OrderedDict()
        with self.engine.begin() as connection:
            old = self.SQLEvent.timestamp < moment.timestamp()
            return int(connection.execute(delete(self.SQLEvent).where(old)).rowcount)

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(select(self.SQLEvent.id).limit(1)).all()


def _row(sender: str, event: Event) -> dict[str, Any]:
    """An event as Rasa's store writes it (rasa/core/tracker_store.py, `SQLTrackerStore.save`, 3.6.21)."""
    data = event.as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def shortened(tracker: DialogueStateTracker) -> list[Event]:
    """Events that lead to the same state as the tracker's, with only the last turns told in full.

    Rasa replays all events of a conversation at each turn: 4 ms grow to 60 ms by turn 100.
    """
    heard = [place for place, each in enumerate(tracker.events) if isinstance(each, UserUttered)]
    recent = list(tracker.events)[heard[-TURNS_KEPT] :]
    began = recent[0].timestamp
    slots = [SlotSet(slot.name, slot.value, timestamp=began) for slot in tracker.slots.values() if slot.value]
    return [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=began),
        SessionStarted(timestamp=began),
        *slots,
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=began),
        *recent,
    ]


def _tell_of_failure(error: Exception) -> None:
    log.error("a conversation could not be read or saved: %s", where(error))


def _language(message: IncomingMessage, standing: Standing) -> str | None:
    """The language to read and answer in, `None` when it is to be detected."""
    if standing.choice and standing.choice["instead_of"] == message.language:
        # What was asked for in words holds until the page's switch is moved.
        return str(standing.choice["language"])
    if message.language is None and standing.in_form and len(message.text.split()) <= LONGEST_DETAIL:
        # A name, an address or a number tells nothing of the language.
        return standing.language
    return message.language


def _subject(published: Published, language: str | None) -> dict[str, str]:
    return {"id": published.article.id, "title": published.article.text(language or "en").title}


def _article_in_mind(tracker: DialogueStateTracker) -> str | None:
    """The article served last, if that was within the last few messages."""
    heard = 0
    for past in reversed(tracker.events):
        if isinstance(past, UserUttered):
            heard += 1
            if heard == MESSAGES_IN_MIND:
                break
        elif isinstance(past, BotUttered):
            served = (past.data.get("custom") or {}).get("articles")
            if served:
                return str(served[-1]["id"])
    return None


def _last_buttons(tracker: DialogueStateTracker) -> tuple[str, ...]:
    """The payloads of the buttons of the last message said."""
    said = next((past for past in reversed(tracker.events) if isinstance(past, BotUttered)), None)
    data = said.data if said else {}
    return tuple(each["payload"] for each in data.get("buttons") or data.get("quick_replies") or ())


def _turn(tracker: DialogueStateTracker, messages: list[dict[str, Any]], milliseconds: float) -> Turn:
    decision = tracker.latest_message.parse_data.get("decision") or {}
    # The first message answers; what follows (a form asking again) is about something else.
    first = messages[0].get("custom") or {}
    return Turn(
        outcome=first.get("outcome") or decision.get("outcome") or "act",
        replies=tuple(_without_echoes(_reply(message) for message in messages)),
        language="fr" if tracker.get_slot("language") == "fr" else "en",
        intent=str(tracker.latest_message.intent.get("name") or ""),
        articles=tuple(_article(each) for each in _listed(messages, "articles")),
        offered=tuple(_article(each) for each in _listed(messages, "offered")),
        milliseconds=milliseconds,
    )


def _without_echoes(replies: Iterable[Reply]) -> list[Reply]:
    """Two actions that fail for one reason apologise once."""
    kept: list[Reply] = []
    for reply in replies:
        if not kept or reply != kept[-1]:
            kept.append(reply)
    return kept


def _reply(message: dict[str, Any]) -> Reply:
    custom = message.get("custom") or {}
    return Reply(
        text=typeset(message.get("text") or ""),
        buttons=tuple(
            Button(typeset(button["title"]), button["payload"])
            for button in message.get("buttons") or message.get("quick_replies") or ()
        ),
        unknown=typeset(custom.get("unknown", "")),
        sources=tuple(Source(**source) for source in custom.get("sources", ())),
        checked=date.fromisoformat(custom["checked"]) if custom.get("checked") else None,
        overdue=bool(custom.get("overdue")),
    )


def _listed(messages: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [each for message in messages for each in (message.get("custom") or {}).get(key, ())]


def _article(raw: Mapping[str, Any]) -> ArticleRef:
    return ArticleRef(raw["id"], tuple(raw["topics"]), float(raw["score"]))


def _details(tracker: DialogueStateTracker) -> set[str]:
    """Names and e-mail addresses that the conversation holds now, or held at some time in this turn."""
    details = {str(tracker.get_slot(slot)) for slot in ("name", "email") if tracker.get_slot(slot)}
    for past in reversed(tracker.events):
        if isinstance(past, UserUttered):
            break
        if isinstance(past, SlotSet) and past.key in ("name", "email") and past.value:
            details.add(str(past.value))
    return details


def _fast_commits(engine: Any) -> None:
    # SQLite's default waits for the disk at each commit; with a write-ahead log a crash of the machine may
    # cost the last turns of a conversation, never the file.
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=5000")
