"""The decision on a message: answered, clarified, unanswered, out of scope, or a dialogue act. Plain values, no Rasa."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from knowledge.articles import Article
from nlu.examples import OUT_OF_SCOPE
from nlu.hybrid import Floats

ANSWERED, CLARIFIED, UNANSWERED, OOS, ACT = "answered", "clarified", "unanswered", "out_of_scope", "act"
MOST_OFFERED = 3
MOST_CANDIDATES = 5
# Enough to find three subjects among, though a subject may have seven articles.
MOST_RANKED = 24
# How much the best sentence that asks, and the best sentence of all, weigh beside the whole message.
ASKED, SAID = np.float32(0.15), np.float32(0.15)
# The scores of a message of several sentences lie closer together than those of a short question. So much more they
# count: under it, and the temperature found on short questions, the belief in what a story asks is likeliest.
STORY = np.float32(1.4)
# A sentence that scores this is nearly an example: it asks, whatever its form ("book a session").
PLAIN = 0.5
# What a short message after an answer gains, for what is near that: this much of its score when it is read together
# with the subject; and what its own scores lose to make room.
CONTEXT, ALONE = np.float32(0.7), np.float32(0.3)
# The head start of what is near the article answered last: of articles that it names as related, and of those that
# name it or share a subject with it.
RELATED, AKIN = 0.16, 0.08
# That of the article answered itself.
AGAIN = 0.12
# So much of both counts even where the message has no word of what is near: it may have another word for it.
LEAST_SHARE = 0.2
# After an answer, a message may ask for an aspect and name no subject ("and the cost?"). So many times its head start is
# added for what is near and wholly about that aspect (nlu/aspects.py).
ASPECT = 2.0
# The head start of the article answered where it speaks of the aspect itself.
ITSELF = 0.3
# What is left of such a message's own scores, near that article and elsewhere: it is about nothing by itself.
HINT, ELSEWHERE = np.float32(0.2), np.float32(0.3)
# With less than this, none tells of the aspect.
TELLS = 0.36
# Said whatever else a message says.
CRISIS, EMERGENCY = "oos_crisis", "oos_emergency"
URGENT = (CRISIS, EMERGENCY)
FAR = "oos_far"
OTHER_EMPLOYER = "oos_other_employer"
# A message with nothing in it.
EMPTY = "empty"


@dataclass(frozen=True)
class Limits:
    """Where the decision turns; all are between 0 and 1.

    `temperature` turns scores into shares of belief (softmax): the lower, the surer. The others, of the belief in a
    label:

    - `answer`: an article on this subject answers; below it, near ones are offered.
    - `several`: one of several questions in a message is answered beside the others.
    - `offer`: with less than this nothing is known, neither what to offer nor what else it may be: unanswered.
    - `contest`: what is likelier out of scope is refused only while no subject of ours has as much as this.
    - `far`: what is like none of ours is unanswered, and kept, until it is so surely of another world (`oos_far`).

    Two are scores, which tell how near to an example a sentence is: one of several questions is answered from `clear`
    on, and a crisis or an emergency in any sentence counts from `urgent` on, whatever is likelier.
    Tuned values stand in config.yml.
    """

    temperature: float = 0.036
    answer: float = 0.50
    several: float = 0.6
    clear: float = 0.4
    offer: float = 0.05
    far: float = 0.85
    contest: float = 0.05
    urgent: float = 0.45


@dataclass(frozen=True)
class Rules:
    """What decisions follow: the `limits`, and the subjects that have a part of their own (config.yml).

    - `after_crisis`: an article on this subject may follow the help in a crisis, for whoever tells of a past one.
    - `between_services`: articles on these speak of ours and other services together.
    """

    limits: Limits
    after_crisis: str = ""
    between_services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """An article with its score (the classifier's own) and the belief in its first topic, all articles on it counted."""

    id: str
    topics: tuple[str, ...]
    score: float
    belief: float

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "topics": list(self.topics),
            "score": round(self.score, 4),
            "belief": round(self.belief, 4),
        }


@dataclass(frozen=True)
class Ranking:
    """The best articles, best first, and every other label with its share of belief, likeliest first."""

    articles: tuple[Candidate, ...]
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Decision:
    """What was decided and the numbers behind it; `label` is an article's id, an act or an out-of-scope kind.

    `served` are the articles that answer: one, or one for each of several questions in the order asked; or what
    follows the help in a crisis. `withheld` are articles past their expiry that would answer the other questions.
    `another_service` tells that the question is about another service's own affairs, which we do not know.
    """

    outcome: str
    label: str
    ranking: Ranking
    offered: tuple[Candidate, ...] = ()
    served: tuple[Candidate, ...] = ()
    withheld: tuple[Candidate, ...] = ()
    another_service: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON for the tracker and the turn; see docs/architecture.md."""
        return {
            "outcome": self.outcome,
            "label": self.label,
            "article": self.label if self.outcome == ANSWERED else None,
            "served": [each.as_dict() for each in self.served],
            "withheld": [each.as_dict() for each in self.withheld],
            "articles": [each.as_dict() for each in self.ranking.articles[:MOST_CANDIDATES]],
            "offered": [each.as_dict() for each in self.offered],
            "others": [{"label": name, "belief": round(p, 4)} for name, p in self.ranking.others[:3]],
            "another_service": self.another_service,
        }


def rank(
    articles: Mapping[str, Article], labels: Sequence[str], scores: Floats, temperature: float
) -> Ranking:
    """Turn one row of scores into a ranking. Articles that share a subject lend it their belief together."""
    weights = np.exp((scores - scores.max()) / temperature)
    beliefs = dict(zip(labels, (weights / weights.sum()).tolist(), strict=True))
    by_topic: dict[str, float] = {}
    for id, article in articles.items():
        for topic in article.topics:
            by_topic[topic] = by_topic.get(topic, 0.0) + beliefs.get(id, 0.0)
    height = dict(zip(labels, scores.tolist(), strict=True))
    # The subject first; within it the article that matches best.
    likely = {
        id: by_topic[article.topics[0]] + beliefs[id] for id, article in articles.items() if id in height
    }
    best = sorted(likely, key=lambda id: -likely[id])[:MOST_RANKED]
    candidates = [
        Candidate(id, topics, height[id], by_topic[topics[0]])
        for id in best
        for topics in (articles[id].topics,)
    ]
    others = [(label, belief) for label, belief in beliefs.items() if label not in articles]
    return Ranking(tuple(candidates), tuple(sorted(others, key=lambda pair: -pair[1])))


def decide(
    ranking: Ranking, urgent: float, limits: Limits, withheld: Collection[str] = frozenset()
) -> Decision:
    """`urgent` is the highest score of an urgent kind in any one sentence; `withheld` are articles past their expiry.

    A question whose best article is withheld is unanswered: its neighbour would be a wrong answer.
    """
    top = ranking.articles[0] if ranking.articles else None
    belief = top.belief if top else 0.0
    acts = [(name, p) for name, p in ranking.others if not name.startswith(OUT_OF_SCOPE)]
    outside = [(name, p) for name, p in ranking.others if name.startswith(OUT_OF_SCOPE)]
    act, act_belief = acts[0] if acts else ("", 0.0)
    kind = outside[0][0] if outside else ""
    outside_belief = sum(p for _, p in outside)

    if urgent >= limits.urgent:
        kind = next((name for name, _ in outside if name in URGENT), kind)
        return Decision(OOS, kind, ranking)
    if max(belief, outside_belief, act_belief) < limits.offer:
        return Decision(UNANSWERED, "", ranking)
    if act_belief > max(belief, outside_belief):
        return Decision(ACT, act, ranking)
    if outside_belief > belief and (belief < limits.contest or kind in URGENT):
        known = kind != FAR or outside_belief >= limits.far
        return Decision(OOS, kind, ranking) if known else Decision(UNANSWERED, "", ranking)
    if top is None or belief < limits.offer:
        return Decision(UNANSWERED, "", ranking)
    if top.id in withheld:
        return Decision(UNANSWERED, "", ranking, withheld=(top,))
    if belief >= limits.answer and belief > outside_belief:
        return Decision(ANSWERED, top.id, ranking, served=(top,))
    return Decision(
        CLARIFIED, "", ranking, offers([each for each in ranking.articles if each.id not in withheld])
    )


def decide_message(
    ranking: Ranking,
    questions: Sequence[Ranking],
    urgent: float,
    rules: Rules,
    withheld: Collection[str] = frozenset(),
    elsewhere: bool = False,
) -> Decision:
    """The decision on a whole message; `questions` ranks each of its sentences that asks, where there are several.

    Clear questions are answered whatever the story around them; in one that is rather not ours, only plain ones. In a
    crisis only help is given. `elsewhere` tells that the message names only another service.
    """
    decision = _decide_message(ranking, questions, urgent, rules, withheld)
    return _of_another_service(decision, rules) if elsewhere else decision


def _decide_message(
    ranking: Ranking, questions: Sequence[Ranking], urgent: float, rules: Rules, withheld: Collection[str]
) -> Decision:
    limits = rules.limits
    decision = decide(ranking, urgent, limits, withheld)
    if decision.label == CRISIS:
        return replace(decision, served=_after_crisis(ranking, rules, withheld))
    asked = asked_in_order(questions, limits)
    served = tuple(each for each in asked if each.id not in withheld)
    if decision.label == EMERGENCY or len(asked) < 2 or not served:
        return decision
    if decision.outcome == OOS and sum(_height(each) >= PLAIN for each in questions) < len(asked):
        return decision
    left = tuple(each for each in asked if each.id in withheld)
    return Decision(ANSWERED, served[0].id, ranking, served=served, withheld=left)


def _after_crisis(ranking: Ranking, rules: Rules, withheld: Collection[str]) -> tuple[Candidate, ...]:
    """The likeliest article when it is on the subject for it and, the crisis aside, surely meant."""
    top = ranking.articles[0] if ranking.articles else None
    if top is None or rules.after_crisis not in top.topics or top.id in withheld:
        return ()
    aside = 1 - sum(belief for name, belief in ranking.others if name in URGENT)
    return (top,) if top.belief >= rules.limits.answer * aside else ()


def _of_another_service(decision: Decision, rules: Rules) -> Decision:
    """The decision on a question about another service's own affairs: what no article of ours answers is theirs."""
    if any(rules.between_services.intersection(each.topics) for each in decision.served):
        return decision
    unknown = decision.outcome == UNANSWERED and not decision.withheld
    if unknown or decision.label == FAR:
        decision = replace(decision, outcome=OOS, label=OTHER_EMPLOYER)
    return replace(decision, another_service=True)


def at_most_offered(decision: Decision, withheld: Collection[str] = frozenset()) -> Decision:
    """The decision on what is unclear: no article answers, near ones are offered."""
    if decision.outcome != ANSWERED:
        return decision
    near = offers([each for each in decision.ranking.articles if each.id not in withheld])
    return replace(decision, outcome=CLARIFIED, label="", served=(), offered=near)


def without_words(text: str, ranking: Ranking) -> Decision:
    """The decision on signs alone: nothing was said. A bare number is left to whoever has just shown a list."""
    if any(character.isdigit() for character in text):
        return Decision(UNANSWERED, "", ranking)
    return Decision(ACT, EMPTY, ranking)


def offers(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Up to three candidates, each on a subject of its own while there are such."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if all(candidate.topics[0] != other.topics[0] for other in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_OFFERED:
            break
    return tuple(chosen)


def asked_in_order(questions: Sequence[Ranking], limits: Limits) -> tuple[Candidate, ...]:
    """What each question surely asks for, each on a subject of its own, in the order asked: at most three."""
    found: list[Candidate] = []
    for ranking in questions:
        decision = decide(ranking, 0.0, limits)
        if decision.outcome != ANSWERED:
            continue
        top = decision.served[0]
        clear = top.belief >= limits.several and _height(ranking) >= limits.clear
        if clear and all(top.topics[0] != other.topics[0] for other in found):
            found.append(top)
    return tuple(found[:MOST_OFFERED])


def _height(ranking: Ranking) -> float:
    """How near a text is to the examples of its likeliest subject: the scores of the best articles on it together."""
    best = ranking.articles[:MOST_CANDIDATES]
    return sum(max(each.score, 0.0) for each in best if best[0].topics[0] in each.topics)


def neighbourhood(articles: Mapping[str, Article], last: str) -> dict[str, float]:
    """What is near the article `last`, and by how much its score is raised when a short message comes after that."""
    before = articles.get(last)
    if before is None:
        return {}
    near: dict[str, float] = {}
    for id, article in articles.items():
        if id in before.related:
            near[id] = RELATED
        elif last in article.related or not set(article.topics).isdisjoint(before.topics):
            near[id] = AKIN
    near.pop(last, None)
    return near


@dataclass(frozen=True)
class Heights:
    """Scores of a message for each of `labels`: of the message as a whole, of each of its questions where it has
    several, and the highest of an urgent kind in any part. `unclear` is a message that names no subject, and asks of
    the one before what no article tells."""

    labels: tuple[str, ...]
    message: Floats
    questions: Floats
    urgent: float
    unclear: bool = False


def weigh(labels: tuple[str, ...], rows: Floats, asks: Sequence[bool]) -> Heights:
    """From one row of scores for each text that was understood (nlu/sentence_encoder.py, `texts_of`)."""
    parts = rows[1:]
    asking = np.array(asks, dtype=bool)
    mixed = rows[0]
    if len(parts):
        asked = parts[asking] if asking.any() else parts
        mixed = STORY * ((1 - ASKED - SAID) * mixed + ASKED * asked.max(axis=0) + SAID * parts.max(axis=0))
        asking |= parts.max(axis=1) >= PLAIN
    urgent = _urgent_places(labels)
    highest = float(rows[:, urgent].max()) if urgent else 0.0
    questions = parts[asking]
    return Heights(labels, mixed, questions if len(questions) > 1 else questions[:0], highest)


@lru_cache(maxsize=8)
def _urgent_places(labels: tuple[str, ...]) -> list[int]:
    return [n for n, label in enumerate(labels) if label in URGENT]


def lean(heights: Heights, context: Floats, near: Mapping[str, float], last: str, share: float) -> Heights:
    """The heights of a short message that comes after an answer: what is `near` that (`neighbourhood`) is raised.

    `context` are the scores of the message read together with the subject answered. `share`, from 0 to 1, tells how
    much of what it says is talked of there (nlu/context.py): the rest is a subject of its own, which drops the old
    one. The article answered `last` was said already: it gains little, for what asks about a part of it ("and on the face?").
    """
    counts = np.float32(LEAST_SHARE + (1 - LEAST_SHARE) * share)
    start = counts * np.array([near.get(label, 0.0) for label in heights.labels], np.float32)
    gain = counts * CONTEXT * context * (start > 0)
    if last in heights.labels:
        start[heights.labels.index(last)] = AGAIN * share
    message = (1 - counts * ALONE) * heights.message + gain + start
    return replace(heights, message=message, questions=heights.questions + start)


def lean_on_aspect(
    heights: Heights,
    context: Floats,
    near: Mapping[str, float],
    last: str,
    weights: Mapping[str, float],
    subject: bool,
) -> Heights:
    """The heights of a short message that asks for nothing but an aspect of the subject answered ("and the cost?").

    `weights` tells of the article answered `last`, and of each that is `near`, how much it is about that aspect. Where
    none tells of it, the message is read alone if the aspect is a `subject` of its own, as the pay is; else it is
    unclear.
    """
    start = np.array(
        [near[label] * (1 + ASPECT * weights[label]) if label in near else 0.0 for label in heights.labels],
        np.float32,
    )
    leaning = HINT * heights.message + CONTEXT * context + start
    message = np.where(start > 0, leaning, ELSEWHERE * heights.message)
    if weights[last]:
        place = heights.labels.index(last)
        message[place] = HINT * heights.message[place] + ITSELF * (1 + weights[last])
    if message.max() >= TELLS:
        return replace(heights, message=message)
    return heights if subject else replace(lean(heights, context, near, last, 1.0), unclear=True)
