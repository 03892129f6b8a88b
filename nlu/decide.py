"""The decision on a message: answered, clarified, unanswered, out of scope, or a dialogue act. Plain values, no Rasa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.articles import Article
from nlu.examples import OUT_OF_SCOPE
from nlu.hybrid import Floats

ANSWERED, CLARIFIED, UNANSWERED, OOS, ACT = "answered", "clarified", "unanswered", "out_of_scope", "act"
MOST_OFFERED = 3
MOST_CANDIDATES = 5
# Said whatever else a message says.
URGENT = ("oos_crisis", "oos_emergency")


@dataclass(frozen=True)
class Limits:
    """Where the decision turns; all but `temperature` are shares between 0 and 1.

    `temperature` turns scores into shares of belief (softmax). It is the one under which the belief in each
    example's subject, when the example is held out, is likeliest. Tuned values stand in config.yml.
    """

    temperature: float = 0.04
    answer: float = 0.36
    offer: float = 0.08
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
    """What was decided and the numbers behind it; `label` is an article's id, an act or an out-of-scope kind."""

    outcome: str
    label: str
    ranking: Ranking
    offered: tuple[Candidate, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON for the tracker and the turn; see docs/architecture.md."""
        return {
            "outcome": self.outcome,
            "label": self.label,
            "article": self.label if self.outcome == ANSWERED else None,
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


def decide(ranking: Ranking, urgent: float, limits: Limits) -> Decision:
    """`urgent` is the highest score of an urgent kind in any one sentence."""
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
    if act_belief > max(belief, outside_belief) and act_belief >= limits.offer:
        return Decision(ACT, act, ranking)
    if outside_belief > belief and outside_belief >= limits.offer:
        return Decision(OOS, kind, ranking)
    if top is None or belief < limits.offer:
        return Decision(UNANSWERED, "", ranking)
    if belief >= limits.answer:
        return Decision(ANSWERED, top.id, ranking)
    return Decision(CLARIFIED, "", ranking, offers(ranking.articles))


def offers(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Up to three candidates, each on a subject of its own while there are such."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if all(candidate.topics[0] != other.topics[0] for other in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_OFFERED:
            break
    return tuple(chosen)


def combine(rows: Floats) -> Floats:
    """One row from those of the whole message (first) and of its sentences: half the whole, half the best sentence."""
    if len(rows) == 1:
        first: Floats = rows[0]
        return first
    mixed: Floats = (rows[0] + rows[1:].max(axis=0)) / np.float32(2)
    return mixed
