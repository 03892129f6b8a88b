"""The base of every action: services, what was heard, and the promise that `run` always answers."""

from __future__ import annotations

import abc
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from rasa_sdk import Action as RasaAction
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from failures import where
from knowledge.store import ArticleStore
from settings import Settings, from_environment
from storage import Database, utc
from storage.migrate import migrate

log = logging.getLogger(__name__)

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Services:
    """What actions work with; given by the embedding process, or made by `default_services`."""

    database: Database
    store: ArticleStore
    clock: Callable[[], datetime]
    settings: Settings

    def today(self) -> date:
        """The day in the service's own time zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.timezone)).date()


@cache
def default_services() -> Services:
    """Services from the environment, for `rasa run actions`, which makes actions without arguments."""
    settings = from_environment()
    database = Database(settings.database_url)
    migrate(database)
    return Services(database, ArticleStore(database), utc, settings)


@dataclass(frozen=True)
class Heard:
    """The latest message and where the conversation stands, read from the tracker.

    `decision` is what the NLU pipeline decided (see docs/architecture.md), empty for a button; `pinned` is the
    language that the person chose on the page, if any.
    """

    text: str
    intent: str
    entities: Mapping[str, Any]
    decision: Mapping[str, Any]
    language: str
    pinned: str | None
    sender: str
    slots: Mapping[str, Any]
    form: str
    requested_slot: str
    events: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, tracker: Tracker) -> Heard:
        message = tracker.latest_message
        return cls(
            text=message.get("text") or "",
            intent=(message.get("intent") or {}).get("name") or "",
            entities={entity["entity"]: entity["value"] for entity in message.get("entities") or ()},
            decision=message.get("decision") or {},
            language="fr" if tracker.slots.get("language") == "fr" else "en",
            pinned=(message.get("metadata") or {}).get("pinned"),
            sender=tracker.sender_id,
            slots=tracker.slots,
            form=(tracker.active_loop or {}).get("name") or "",
            requested_slot=tracker.slots.get("requested_slot") or "",
            events=tracker.events,
        )

    def since_message(self) -> list[Mapping[str, Any]]:
        """Events after the latest message of the person."""
        events: list[Mapping[str, Any]] = []
        for event in reversed(self.events):
            if event["event"] == "user":
                break
            events.append(event)
        return events[::-1]

    def bot_messages_before(self) -> list[Mapping[str, Any]]:
        """What the assistant said in the turn before this one, in order."""
        said: list[Mapping[str, Any]] = []
        users = 0
        for event in reversed(self.events):
            users += event["event"] == "user"
            if users == 2:
                break
            if users == 1 and event["event"] == "bot":
                said.append(event)
        return said[::-1]


class Action(RasaAction, abc.ABC):  # type: ignore[misc]  # rasa_sdk has no annotations
    """An action that always answers: whatever fails is logged and becomes an apology with a next step."""

    called: ClassVar[str]

    def __init__(self, services: Services | None = None) -> None:
        self._given = services

    @property
    def services(self) -> Services:
        return self._given or default_services()

    def name(self) -> str:
        return self.called

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        try:
            # On the event loop: whoever runs actions does one turn after the other, and handing a turn to a thread
            # costs more than a database's answer. The server is another process (bot/workers.py).
            return self.act(Heard.of(tracker), dispatcher)
        except Exception as error:
            log.error("action %s failed: %s", self.called, where(error))
            dispatcher.utter_message(
                response="utter_apology",
                json_message={"outcome": "failed"},
                contact_url=self._contact_url(),
            )
            return self.events_after_failure(tracker)

    def _contact_url(self) -> str:
        # Making the services may be what failed.
        return self._given.settings.contact_url if self._given else Settings().contact_url

    def events_after_failure(self, tracker: Tracker) -> Events:
        return []

    @abc.abstractmethod
    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """Do it: utter through `say`, return Rasa events. May raise anything."""
