"""The relieved processor says and remembers what Rasa's own does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore

from actions.base import Services
from actions.registry import all_actions
from bot.action_endpoint import InProcessActionEndpoint
from bot.core import CollectingChannel
from bot.processor import Processor

CONVERSATION = (
    "/greet",
    "/book_session",
    "Mary Ann Tremblay",
    "/ask",
    "/stop",
    "/thank",
    "/nothing_of_the_kind",
)


async def events(kind: type[MessageProcessor], model: Path, services: Services) -> list[dict[str, Any]]:
    wording = TemplatedNaturalLanguageGenerator({})
    trackers = InMemoryTrackerStore(None)
    actions = InProcessActionEndpoint(all_actions(services))
    processor = kind(model, trackers, InMemoryLockStore(), wording, actions)
    trackers.domain, wording.responses = processor.domain, processor.domain.responses
    for number, text in enumerate(CONVERSATION):
        await processor.handle_message(
            UserMessage(text, CollectingChannel(), "ann", input_channel="test", message_id=str(number))
        )
    tracker = await trackers.retrieve("ann")
    kept = [event.as_dict() for event in tracker.events]
    for each in kept:
        each.pop("timestamp", None)
        if each.get("name") == "booking_key":
            each.pop("value")  # random
    return kept


async def test_a_conversation_leaves_the_same_events_as_with_rasas_own(
    dialogue_model: Path, given: Services
) -> None:
    theirs = await events(MessageProcessor, dialogue_model, given)
    ours = await events(Processor, dialogue_model, given)
    assert [event.get("name", event["event"]) for event in ours] == [
        event.get("name", event["event"]) for event in theirs
    ]
    assert ours == theirs
