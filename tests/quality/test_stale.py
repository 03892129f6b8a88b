"""Nothing goes stale in silence: what is past its review says so on every channel, what has expired is withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.base import Services
from channels.messages import Reply, Turn
from channels.plain import plain_text
from channels.telegram.outgoing import messages_of_reply
from channels.web.log import TURN, Event
from channels.web.view import turn_body, view
from knowledge.articles import Article
from knowledge.store import ArticleStore, publish
from knowledge.turns import unanswered
from nlu.decide import ANSWERED, CLARIFIED, UNANSWERED, Limits, Ranking, Rules, decide, decide_message, rank
from settings import Settings
from storage import Database
from tests.booking.builders import NOW, sqlite
from tests.knowledge.builders import article
from tests.quality.builders import kept_turn
from wording import LANGUAGES, say

TODAY = date(2026, 11, 21)
YESTERDAY = date(2026, 11, 20)
FRESH = article("minimum-age")
OVERDUE = article("maximum-age", last_checked=date(2026, 5, 1), review_by=YESTERDAY)
EXPIRED = article("spring-intake", topics=("application_window",), expires=TODAY)
EVERY = {each.id: each for each in (FRESH, OVERDUE, EXPIRED)}
WITHHELD = {id for id, each in EVERY.items() if each.expired(TODAY)}


def ranking(**scores: float) -> Ranking:
    """As the retriever ranks when the classifier gives these scores (underscores for hyphens), others none."""
    labels = [*EVERY, "oos_far"]
    row = [scores.get(label.replace("-", "_"), 0.0) for label in labels]
    return rank(EVERY, labels, np.array(row, np.float32), Limits().temperature)


@dataclass
class Desk:
    """The answer action with the test's articles published."""

    database: Database
    services: Services

    async def say(
        self, decision: Mapping[str, Any] | None = None, chosen: str = "", language: str = "en"
    ) -> list[dict[str, Any]]:
        """What the action utters to a decided question, or to an article chosen by button."""
        entities = [{"entity": "article", "value": chosen}] if chosen else []
        heard = {"text": "a question", "intent": {"name": "ask"}, "entities": entities}
        slots = {"language": language}
        tracker = Tracker("web:1", slots, {**heard, "decision": decision or {}}, [], False, None, {}, "")
        dispatcher = CollectingDispatcher()
        await ActionAnswer(self.services).run(dispatcher, tracker, {})
        messages: list[dict[str, Any]] = dispatcher.messages
        return messages


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = sqlite(tmp_path)
    with database.session() as session:
        for each in EVERY.values():
            publish(session, each, "tests", NOW)
    yield Desk(database, Services(database, ArticleStore(database), lambda: NOW, Settings()))
    database.close()


def outcomes(messages: list[dict[str, Any]]) -> list[str]:
    return [message["custom"]["outcome"] for message in messages]


@pytest.mark.parametrize(("day", "overdue"), [(date(2026, 11, 20), False), (date(2026, 11, 21), True)])
def test_an_article_is_overdue_from_the_day_after_its_review_date(day: date, overdue: bool) -> None:
    assert OVERDUE.overdue(day) is overdue


@pytest.mark.parametrize(("day", "expired"), [(date(2026, 11, 20), False), (date(2026, 11, 21), True)])
def test_an_article_is_expired_from_its_expiry_date_on(day: date, expired: bool) -> None:
    assert EXPIRED.expired(day) is expired


@pytest.mark.parametrize("served", [FRESH, OVERDUE])
async def test_an_answer_tells_whether_it_is_past_its_review(desk: Desk, served: Article) -> None:
    decision = decide(ranking(**{served.id.replace("-", "_"): 1.0}), 0.0, Limits(), WITHHELD).as_dict()
    (message,) = await desk.say(decision)
    assert message["custom"]["outcome"] == ANSWERED
    assert message["custom"]["articles"][0]["id"] == served.id
    assert message["custom"]["overdue"] is (served is OVERDUE)


async def test_an_overdue_article_chosen_by_button_tells_it_too(desk: Desk) -> None:
    (message,) = await desk.say(chosen=OVERDUE.id, language="fr")
    assert message["custom"]["overdue"] is True


def on_the_page(reply: Reply, language: str) -> str:
    body = turn_body(Turn("answered", (reply,), language=language))
    return str(view(Event(1, TURN, "m1", body))["replies"][0]["overdue"])


def on_telegram(reply: Reply, language: str) -> str:
    return "\n".join(message.text for message in messages_of_reply(reply, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", [plain_text, on_telegram, on_the_page])
def test_every_channel_says_that_an_answer_is_past_its_review(
    shown: Callable[[Reply, str], str], language: str
) -> None:
    warning = say(language, "reply.overdue")
    assert warning in shown(Reply("At least 18.", overdue=True), language)
    assert warning not in shown(Reply("At least 18."), language)


def test_a_question_on_an_expired_article_is_unanswered_and_not_met_by_its_neighbour() -> None:
    near = ranking(spring_intake=0.9, minimum_age=0.85)
    assert decide(near, 0.0, Limits(), WITHHELD).outcome == UNANSWERED
    assert decide(near, 0.0, Limits()).outcome in (ANSWERED, CLARIFIED)


def test_an_expired_article_is_not_among_those_offered() -> None:
    near = ranking(minimum_age=0.9, spring_intake=0.89)
    open_limits = Limits(answer=0.99)
    assert "spring-intake" in [each.id for each in decide(near, 0.0, open_limits).offered]
    offered = decide(near, 0.0, open_limits, WITHHELD)
    assert offered.outcome == CLARIFIED
    assert "spring-intake" not in [each.id for each in offered.offered]


def test_of_several_questions_the_one_on_an_expired_article_is_not_answered() -> None:
    both = [ranking(minimum_age=1.0), ranking(spring_intake=1.0)]
    decision = decide_message(ranking(minimum_age=1.0), both, 0.0, Rules(Limits()), WITHHELD)
    assert [each.id for each in decision.served] == ["minimum-age"]


async def test_an_article_that_expired_since_the_decision_is_withheld_by_the_action(desk: Desk) -> None:
    decision = decide(ranking(spring_intake=1.0), 0.0, Limits()).as_dict()
    assert decision["outcome"] == ANSWERED
    assert outcomes(await desk.say(decision)) == [UNANSWERED]


async def test_an_expired_article_s_old_button_is_met_with_an_honest_reply(desk: Desk) -> None:
    assert outcomes(await desk.say(chosen=EXPIRED.id)) == [UNANSWERED]


async def test_an_expired_article_is_no_button_under_another_answer(desk: Desk) -> None:
    with desk.database.session() as session:
        publish(session, article("minimum-age", related=(EXPIRED.id, OVERDUE.id)), "tests", NOW)
    (message,) = await desk.say(chosen="minimum-age")
    assert [button["payload"] for button in message["buttons"]] == [
        '/choose_article{"article": "maximum-age"}'
    ]


async def test_the_question_of_an_expired_article_is_listed_for_review_with_what_came_nearest(
    desk: Desk,
) -> None:
    decision = decide(ranking(spring_intake=1.0), 0.0, Limits(), WITHHELD).as_dict()
    (message,) = await desk.say(decision)
    kept_turn(desk.database, text="when can I apply", outcome=message["custom"]["outcome"], decision=decision)
    with desk.database.session() as session:
        (row,) = unanswered(session)
    assert row.text == "when can I apply"
    assert row.decision["articles"][0]["id"] == EXPIRED.id
