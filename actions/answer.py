"""Answers from the published articles: the answer, an offer of near ones, or the honest "not known"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Action, Events, Heard, Services
from actions.foreign import foreign
from actions.labels import describe, label
from actions.listed import picks_listed, takes_listed
from actions.shape import wants_it_simpler
from booking import bookings_of_sender
from knowledge.articles import Article
from knowledge.store import Published
from nlu.follow_up import asks_why

MOST_RELATED = 3
MOST_OFFERED = 3

# What is typed in a language that the assistant does not speak (nlu/data/other_languages.*.yml).
ANOTHER_LANGUAGE = "another_language"
# The article that says how to reach a person.
WHO_EXPLAINS = "contact-a-recruiter"
_LEAST_GIST = 5
# A message less like every question of an article than this has nothing of its subject in it.
_LEAST_ALIKE = 0.15
_OWN_BOOKING = re.compile(
    r"\b(?:what(?:['’]?s| is| was)|where(?:['’]?s| is)|lost|forgot|show(?: me)?|see|don['’]?t (?:have|remember)) (?:my|the|teh)"
    r" (?:booking |confirmation )?(?:code|booking)\b|\bdid i book\b|\bam i booked\b"
    r"|\b(?:c['’]est quoi|quel est|où est|oublié|perdu|retrouve pas|montrez?[- ]moi) (?:mon|le) (?:code|numéro de réservation)\b"
    r"|\b(?:ai-je|j['’]ai[- ]tu|est-ce que j['’]ai) (?:bien )?réservé\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-ZÀ-Ý«])")

# What an article begins once it has been said (`starts:`), where the conversation does not begin it by rule.
BEGINS = {
    "booking": "booking_form",
    "cancellation": "cancellation_form",
    "erasure": "erasure_form",
    "sessions": "action_list_sessions",
}


def served(published: Published, score: float) -> dict[str, Any]:
    """How an article is named in a bot message's `articles` or `offered`."""
    article = published.article
    return {
        "id": article.id,
        "topics": list(article.topics),
        "score": score,
        "revision": published.revision,
    }


def usable(services: Services, article_id: object) -> Published | None:
    """The published article, unless it has expired."""
    published = services.store.get(str(article_id)) if article_id else None
    return None if published is None or published.article.expired(services.today()) else published


def evidence(services: Services, article: Article) -> dict[str, Any]:
    """What makes an answer honest: its sources, when it was checked, whether that was too long ago."""
    sources = {fact.url: {"title": fact.title, "url": fact.url, "year": fact.year} for fact in article.facts}
    return {
        "sources": list(sources.values()),
        "checked": article.last_checked.isoformat(),
        "overdue": article.overdue(services.today()),
    }


def utter_article(say: CollectingDispatcher, services: Services, published: Published, heard: Heard) -> None:
    """Say an article in the language of the conversation, with all that makes it honest."""
    article, text = published.article, published.article.text(heard.language)
    # What an article starts asks its own question next; other buttons would stand in its way.
    related = () if article.starts else article.related
    say.utter_message(
        text=text.answer.strip(),
        buttons=article_buttons(services, related, heard.language)[:MOST_RELATED],
        json_message={
            "outcome": "answered",
            "articles": [served(published, score_of(heard, article.id))],
            "unknown": text.unknown.strip(),
            **evidence(services, article),
        },
    )


def article_buttons(services: Services, ids: Iterable[str], language: str) -> list[dict[str, str]]:
    """A button for each of these articles that is published and not expired, titled by its question."""
    return [
        {
            "title": published.article.text(language).title,
            "payload": f"/choose_article{json.dumps({'article': published.article.id})}",
        }
        for published in (usable(services, each) for each in ids)
        if published is not None
    ]


def score_of(heard: Heard, article_id: str) -> float:
    """The classifier's score of an article for this message; 1 when it was chosen by button."""
    scores = {each["id"]: each["score"] for each in heard.decision.get("served", ())}
    return float(scores.get(article_id, 1.0))


class ActionAnswer(Action):
    """Answers a question, or the choice of an article by button."""

    called: ClassVar[str] = "action_answer"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        chosen = heard.entities.get("article")
        if chosen:
            return self._answer([chosen], heard, say)
        if _OWN_BOOKING.search(heard.text) and self._tell_bookings(heard, say):
            return []
        if takes_listed(heard, self.services):
            return [FollowupAction("booking_form")]
        if heard.decision.get("outcome") != "answered":
            return self._not_sure(heard, say)
        if _only_simpler(heard) and utter_gist(say, self.services, heard):
            return []
        if heard.decision.get("withheld"):
            # One of several questions would be answered by an expired article. Said first, so that the turn is kept.
            self._admit(say)
        self._tell_apart(heard, say)
        ids = [each["id"] for each in heard.decision["served"]]
        if not heard.form and ids == [_last_served(heard)]:
            say.utter_message(response="utter_said_before")
        return self._answer(ids, heard, say)

    def _not_sure(self, heard: Heard, say: CollectingDispatcher) -> Events:
        """What no article answers: it may be a choice from a list, or a wish, or in another language."""
        if picks_listed(heard, self.services):
            return [FollowupAction("booking_form")]
        if heard.intent == ANOTHER_LANGUAGE or foreign(heard.text):
            self._tell_languages(heard, say)
        elif not heard.form and wants_it_simpler(heard.text) and utter_gist(say, self.services, heard):
            pass
        elif heard.decision.get("outcome") != "clarified" or not self._offer(heard, say):
            self._admit(say)
        return []

    def _answer(self, ids: Sequence[object], heard: Heard, say: CollectingDispatcher) -> Events:
        """Say each of the articles, in order; what one of them begins comes after the last."""
        found = [published for id in ids if (published := usable(self.services, id))]
        if not found:
            self._admit(say)
            return []
        for published in found:
            utter_article(say, self.services, published, heard)
        begins = next((BEGINS[each.article.starts] for each in found if each.article.starts), None)
        return [FollowupAction(begins)] if begins and begins != heard.form else []

    def _offer(self, heard: Heard, say: CollectingDispatcher) -> bool:
        near: list[Mapping[str, Any]] = [
            each for each in heard.decision.get("offered", ()) if usable(self.services, each["id"])
        ][:MOST_OFFERED]
        if not near:
            return False
        self._tell_apart(heard, say)
        buttons = article_buttons(self.services, [each["id"] for each in near], heard.language)
        buttons.append({"title": label("something_else", heard.language), "payload": "/something_else"})
        say.utter_message(
            response="utter_clarify",
            buttons=buttons,
            json_message={"outcome": "clarified", "offered": [dict(each) for each in near]},
        )
        return True

    def _tell_apart(self, heard: Heard, say: CollectingDispatcher) -> None:
        """Before what we know of ours: that the question named another service, which has its own."""
        if heard.decision.get("another_service"):
            say.utter_message(response="utter_another_service")

    def _tell_bookings(self, heard: Heard, say: CollectingDispatcher) -> bool:
        """What was booked in this conversation, with its code; false where nothing was."""
        with self.services.database.session() as session:
            for booking in (found := bookings_of_sender(session, heard.sender, self.services.clock())):
                say.utter_message(
                    response="utter_your_booking",
                    json_message={"outcome": "act"},
                    code=booking.code,
                    session=describe(booking.info_session, heard.language),
                )
        return bool(found)

    def _tell_languages(self, heard: Heard, say: CollectingDispatcher) -> None:
        """Which languages can be read here. Recruiters still see the question: somebody may understand it."""
        say.utter_message(
            response="utter_languages" if heard.pinned else "utter_both_languages",
            json_message={"outcome": "unanswered"},
            contact_url=self.services.settings.contact_url,
        )

    def _admit(self, say: CollectingDispatcher) -> None:
        say.utter_message(
            response="utter_unanswered",
            json_message={"outcome": "unanswered"},
            contact_url=self.services.settings.contact_url,
        )


class ActionTellMeMore(Action):
    """Offers what is related to the article that was answered last; to a bare "why?" says that no more is known."""

    called: ClassVar[str] = "action_tell_me_more"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if not heard.form and wants_it_simpler(heard.text) and utter_gist(say, self.services, heard):
            return []
        published = usable(self.services, _last_served(heard))
        related = published.article.related if published else ()
        buttons = article_buttons(self.services, related, heard.language)[:MOST_RELATED]
        why = published is not None and asks_why(heard.text)
        say.utter_message(
            response="utter_why" if why else "utter_more" if buttons else "utter_no_more",
            buttons=buttons,
            json_message={"outcome": "act"},
            contact_url=self.services.settings.contact_url,
        )
        return []


class ActionRepeat(Action):
    """Says again what was said last; a form repeats its own question."""

    called: ClassVar[str] = "action_repeat"

    def act(self, heard: Heard, say: CollectingDispatcher) -> Events:
        if heard.form:
            return []
        if wants_it_simpler(heard.text) and utter_gist(say, self.services, heard):
            return []
        said = heard.bot_messages_before()
        for message in said:
            data = message.get("data") or {}
            say.utter_message(
                text=message.get("text"), buttons=data.get("buttons"), json_message=data.get("custom")
            )
        if not said:
            say.utter_message(response="utter_nothing_to_repeat", json_message={"outcome": "act"})
        return []


def utter_gist(say: CollectingDispatcher, services: Services, heard: Heard) -> bool:
    """Say the heart of the article answered last, and that a person can explain it; false where none was.

    No other words than the prepared ones are to be had. An answer begins with what matters most.
    """
    published = usable(services, _last_served(heard))
    if published is None:
        return False
    article, text = published.article, published.article.text(heard.language)
    who = [WHO_EXPLAINS] if article.id != WHO_EXPLAINS else []
    say.utter_message(
        response="utter_gist",
        gist=gist(text.answer),
        buttons=article_buttons(services, who, heard.language),
        json_message={
            "outcome": "answered",
            "articles": [served(published, 1.0)],
            **evidence(services, article),
        },
    )
    return True


def gist(answer: str) -> str:
    """The first sentence of an answer, and the next where the first is only a word or two; a list stays whole.

    >>> gist("No. You need a G2. There is more to say.")
    'No. You need a G2.'
    """
    blocks = answer.strip().split("\n\n")
    lines = blocks[0].split("\n")
    if lines[0].endswith(":"):
        return "\n\n".join(blocks[:2]) if len(lines) == 1 else blocks[0]
    sentences = _SENTENCE_END.split(blocks[0].strip())
    enough = 1 if len(sentences[0].split()) >= _LEAST_GIST else 2
    return " ".join(sentences[:enough])


def _only_simpler(heard: Heard) -> bool:
    """Whether a message asks for the last answer in simpler words, and names no subject ("an easier test" does)."""
    if heard.form or not wants_it_simpler(heard.text):
        return False
    likeliest = heard.decision["articles"][0]
    return bool(likeliest.get("nearest", {}).get("similarity", 1.0) < _LEAST_ALIKE)


def _last_served(heard: Heard) -> str:
    for event in reversed(heard.events):
        if event["event"] == "bot":
            articles = ((event.get("data") or {}).get("custom") or {}).get("articles")
            if articles:
                return str(articles[0]["id"])
    return ""
