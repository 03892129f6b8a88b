"""The decision on a message: answered, clarified, unanswered, out of scope, or a dialogue act. Plain values, no Rasa."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.articles import Article
from nlu.examples import OUT_OF_SCOPE
from nlu.hybrid import Floats

ANSWERED, CLARIFIED, UNANSWERED, OOS, ACT = "answered", "clarified", "unanswered", "out_of_scope", "act"
MOST_OFFERED = 3
MOST_CANDIDATES = 5
# How much the best sentence weighs beside the whole message.
PARTS = np.float32(0.3)
# How much a follow-up read together with the subject before it weighs beside the follow-up alone.
CONTEXT = np.float32(0.5)
# Said whatever else a message says.
URGENT = ("oos_crisis", "oos_emergency")
FAR = "oos_far"


@dataclass(frozen=True)
class Limits:
    """Where the decision turns; all but `temperature` are shares between 0 and 1.

    `temperature` turns scores into shares of belief (softmax). It is the one under which the belief in each
    example's subject, when the example is held out, is likeliest. Tuned values stand in config.yml.
    """

    temperature: float = 0.036
    answer: float = 0.44
    several: float = 0.6
    least: float = 0.05
    offer: float = 0.12
    far: float = 0.85
    contest: float = 0.15
    urgent: float = 0.45


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
    """Articles best first, and every other label with its share of belief, likeliest first."""

    articles: tuple[Candidate, ...]
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Decision:
    """What was decided and the numbers behind it; `label` is an article's id, an act or an out-of-scope kind.

    `served` are the articles that answer: one, or one for each of several questions in the order asked.
    """

    outcome: str
    label: str
    ranking: Ranking
    offered: tuple[Candidate, ...] = ()
    served: tuple[Candidate, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON for the tracker and the turn; see docs/architecture.md."""
        return {
            "outcome": self.outcome,
            "label": self.label,
            "article": self.label if self.outcome == ANSWERED else None,
            "served": [each.as_dict() for each in self.served],
            "articles": [each.as_dict() for each in self.ranking.articles[:MOST_CANDIDATES]],
            "offered": [each.as_dict() for each in self.offered],
            "others": [{"label": name, "belief": round(p, 4)} for name, p in self.ranking.others[:3]],
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
    candidates = [
        Candidate(id, article.topics, height[id], by_topic[article.topics[0]])
        for id, article in articles.items()
        if id in height
    ]
    # The subject first; within it the article that matches best.
    candidates.sort(key=lambda each: -(each.belief + beliefs[each.id]))
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
    if act_belief > max(belief, outside_belief) and act_belief >= limits.least:
        return Decision(ACT, act, ranking)
    if (
        outside_belief > belief
        and outside_belief >= limits.offer
        and (belief < limits.contest or kind in URGENT)
    ):
        return Decision(OOS, kind, ranking)
    if top is None or belief < limits.offer or top.id in withheld:
        return Decision(UNANSWERED, "", ranking)
    if belief >= limits.answer and belief > outside_belief:
        return Decision(ANSWERED, top.id, ranking, served=(top,))
    return Decision(
        CLARIFIED, "", ranking, offers([each for each in ranking.articles if each.id not in withheld])
    )


def decide_message(
    ranking: Ranking,
    questions: Sequence[Ranking],
    urgent: float,
    limits: Limits,
    withheld: Collection[str] = frozenset(),
) -> Decision:
    """The decision on a whole message; `questions` ranks each of its sentences that asks, where there are several."""
    decision = decide(ranking, urgent, limits, withheld)
    if decision.outcome not in (ANSWERED, CLARIFIED):
        return decision
    several = answers_in_order(questions, limits, withheld)
    if len(several) < 2:
        return decision
    return Decision(ANSWERED, several[0].id, ranking, served=several)


def offers(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Up to three candidates, each on a subject of its own while there are such."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if all(candidate.topics[0] != other.topics[0] for other in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_OFFERED:
            break
    return tuple(chosen)


def answers_in_order(
    questions: Sequence[Ranking], limits: Limits, withheld: Collection[str] = frozenset()
) -> tuple[Candidate, ...]:
    """What each question surely asks for, each on a subject of its own, in the order asked: at most three."""
    found: list[Candidate] = []
    for ranking in questions:
        top = ranking.articles[0] if ranking.articles else None
        if top is None or decide(ranking, 0.0, limits, withheld).outcome != ANSWERED:
            continue
        if top.belief >= limits.several and all(top.topics[0] != other.topics[0] for other in found):
            found.append(top)
    return tuple(found[:MOST_OFFERED])


@dataclass(frozen=True)
class Heights:
    """Scores of a message for each of `labels`: of the message as a whole, of each of its questions where it has
    several, and the highest of an urgent kind in any part."""

    labels: tuple[str, ...]
    message: Floats
    questions: Floats
    urgent: float


def weigh(labels: tuple[str, ...], rows: Floats, asks: Sequence[bool], about: str | None) -> Heights:
    """From one row of scores for each text that was understood (nlu/sentence_encoder.py, `texts_of`).

    `about` is the article that the message leans on, when the last row is the message read in its context. Reading
    it in context is to bring out that article's neighbours: it was answered already, so it gains nothing itself.
    """
    parts = rows[1 : 1 + len(asks)]
    asking = parts[np.array(asks, dtype=bool)] if len(asks) else parts
    mixed = rows[0]
    if len(parts):
        said = asking if len(asking) else parts
        mixed = (1 - PARTS) * mixed + PARTS * said.max(axis=0)
    if about is not None:
        context = rows[-1].copy()
        if about in labels:
            context[labels.index(about)] = 0
        mixed = (1 - CONTEXT) * mixed + CONTEXT * context
    urgent = [n for n, label in enumerate(labels) if label in URGENT]
    plain = rows[: 1 + len(asks)]
    highest = float(plain[:, urgent].max()) if urgent else 0.0
    return Heights(labels, mixed, asking if len(asking) > 1 else asking[:0], highest)
