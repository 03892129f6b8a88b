"""What a change of the articles would do to the answers that known questions get, before it is live.

Each known question is decided twice, by the understanding as it is and as it would be, just as a message is
(nlu/decide.py). Where one label holds nearly all the belief both times there is nothing to decide; only the others
are decided one by one, so that tens of thousands of questions take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.articles import Article
from nlu.decide import (
    EMPTY,
    MOST_CANDIDATES,
    MOST_OFFERED,
    MOST_RANKED,
    URGENT,
    Candidate,
    Decision,
    Ranking,
    Rules,
    decide_message,
    weigh,
)
from nlu.examples import OUT_OF_SCOPE, Example, article_examples, as_read
from nlu.hybrid import Floats, HybridModel
from nlu.kept_readings import Read
from nlu.live import Understanding
from nlu.reading import Reading, reading_of

LABELLED, EXAMPLE, ASKED = "labelled", "example", "asked"

# With so much of the belief a label has decided the matter, whatever the limits.
_SURE = 0.9
# Numbers nearer to each other than this are compared one by one.
_NEAR = 1e-4
_BLOCK = 2048


@dataclass(frozen=True)
class Known:
    """A question whose answer is watched; what it `said` is read as a message is that leans on nothing before it.

    `kind` tells where it is from: a labelled set (then `labels` are the subjects that are right), an article's own
    examples (then `article` is its id), or people who asked it, `times` times.
    """

    said: Reading
    kind: str
    labels: frozenset[str] = frozenset()
    article: str = ""
    times: int = 1

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def language(self) -> str:
        return self.said.language


def known_examples(articles: Mapping[str, Article], read: Read = reading_of) -> tuple[Known, ...]:
    """Every article's own examples as questions to be watched."""
    return tuple(
        Known(read(example.text, example.language), EXAMPLE, article=example.label)
        for example in article_examples(articles.values())
    )


@dataclass(frozen=True)
class Changed:
    """A known question that would be met otherwise."""

    question: Known
    old: Decision
    new: Decision


@dataclass(frozen=True)
class Nearer:
    """A proposed example that is more like an example of another label than like any other of its own."""

    example: Example
    own_text: str
    own_similarity: float
    other: str
    other_text: str
    other_similarity: float


# The scores of texts in a language by a model: a row a text, a column a class of the model.
Scores = Callable[[str, Sequence[str], HybridModel], Floats]


def changes(
    current: Understanding,
    proposed: Understanding,
    questions: Sequence[Known],
    scores: Scores,
    rules: Rules,
    today: date,
) -> tuple[Changed, ...]:
    """The questions that `proposed` would meet otherwise than `current`: answered otherwise, or not, or with other
    articles offered. The order is that of `questions`."""
    found: list[tuple[int, Changed]] = []
    for language in dict.fromkeys(question.language for question in questions):
        places = [n for n, question in enumerate(questions) if question.language == language]
        old = Decider(current, language, rules, today)
        new = Decider(proposed, language, rules, today)
        if old.model is new.model and old.standing == new.standing:
            continue
        mine = [questions[n] for n in places]
        rows = {text: n for n, text in enumerate(dict.fromkeys(t for each in mine for t in each.said.texts))}
        read = [as_read(text, language) for text in rows]
        old_scores = scores(language, current.mended(read, language), old.model)
        new_scores = old_scores
        if old.model is not new.model:
            new_scores = scores(language, proposed.mended(read, language), new.model)
        positions = [[rows[text] for text in question.said.texts] for question in mine]
        old_heights = old.heights(mine, positions, old_scores)
        new_heights = new.heights(mine, positions, new_scores)
        old_sure, new_sure = old.sure(mine, old_heights), new.sure(mine, new_heights)
        restated = [id for id, topics in old.standing.items() if new.standing.get(id, topics) != topics]
        unclear = np.flatnonzero((old_sure != new_sure) | (old_sure == "") | np.isin(old_sure, restated))
        asked = [mine[n] for n in unclear]
        before = old.decide(asked, old_heights.of(unclear))
        after = new.decide(asked, new_heights.of(unclear))
        for n, was, will in zip(unclear, before, after, strict=True):
            if _met(was) != _met(will):
                found.append((places[n], Changed(mine[n], was, will)))
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]))


def nearer_to_another(current: Understanding, proposed: Understanding) -> tuple[Nearer, ...]:
    """Which examples that `proposed` adds are nearer to another label's examples than to the rest of their own."""
    changed = {id: each for id, each in proposed.articles.items() if current.articles.get(id) is not each}
    before = set(article_examples(each for id, each in current.articles.items() if id in changed))
    found = []
    for example in article_examples(changed.values()):
        if example in before:
            continue
        examples = proposed.model(example.language).examples
        at = next(
            n for n, pair in enumerate(zip(examples.texts, examples.labels, strict=True))
            if pair == (example.text, example.label)
        )  # fmt: skip
        likeness = proposed.model(example.language).similarities([example.text], examples.vectors[at][None])[
            0
        ]
        own = np.array([label == example.label for label in examples.labels])
        other = int(np.where(own, -1, likeness).argmax())
        own[at] = False
        sibling = int(np.where(own, likeness, -1).argmax())
        if not own.any() or likeness[other] <= likeness[sibling]:
            continue
        found.append(
            Nearer(
                example,
                examples.texts[sibling],
                float(likeness[sibling]),
                examples.labels[other],
                examples.texts[other],
                float(likeness[other]),
            )
        )
    return tuple(found)


def _met(decision: Decision) -> tuple[object, ...]:
    """What a prospect would notice of a decision; an article that is about other subjects now is another."""
    served = tuple((each.id, each.topics) for each in decision.served)
    offered = frozenset(each.id for each in decision.offered)
    return decision.outcome, decision.label, served, offered, decision.another_service


@dataclass(frozen=True)
class ManyHeights:
    """The heights of many messages (nlu.decide.Heights): of each a row of `message`, the rows of its questions where it
    has several, and the highest score of an urgent kind."""

    message: Floats
    questions: Sequence[Floats]
    urgent: Floats

    def of(self, places: NDArray[np.intp]) -> ManyHeights:
        return ManyHeights(self.message[places], [self.questions[n] for n in places], self.urgent[places])


class Decider:
    """Decides many questions in one language by one understanding."""

    def __init__(self, understanding: Understanding, language: str, rules: Rules, today: date) -> None:
        self.model = understanding.model(language)
        self.rules = rules
        articles = understanding.articles
        self.withheld = frozenset(id for id, article in articles.items() if article.expired(today))
        # What of an article matters to decisions, beside its examples.
        self.standing = {id: (each.topics, id in self.withheld) for id, each in articles.items()}
        labels = self.model.classes
        column = {label: n for n, label in enumerate(labels)}
        self.articles = [article for id, article in articles.items() if id in column]
        self._columns = np.array([column[each.id] for each in self.articles], dtype=int)
        self._names = np.array([*labels, ""], dtype=object)
        topics = {topic: n for n, topic in enumerate({t: 0 for a in self.articles for t in a.topics})}
        self._on_topic = np.zeros((len(self.articles), len(topics)))
        for n, article in enumerate(self.articles):
            for topic in article.topics:
                self._on_topic[n, topics[topic]] += 1
        self._first_topic = np.array([topics[each.topics[0]] for each in self.articles], dtype=int)
        self._served = np.array([each.id not in self.withheld for each in self.articles], dtype=bool)
        self._others = [label for label in labels if label not in articles]
        outside = [label.startswith(OUT_OF_SCOPE) for label in self._others]
        others = np.array([column[label] for label in self._others], dtype=int)
        self._other_columns = others
        self._acts = others[~np.array(outside, dtype=bool)]
        self._outside = others[np.array(outside, dtype=bool)]
        self._urgent = [column[label] for label in URGENT if label in column]

    def heights(
        self, questions: Sequence[Known], positions: Sequence[Sequence[int]], scores: Floats
    ) -> ManyHeights:
        """The heights of each question, the scores of whose texts stand in the rows of `scores` at its `positions`."""
        message = scores[[each[0] for each in positions]]
        urgent = message[:, self._urgent].max(axis=1, initial=0)
        parts = [scores[:0]] * len(questions)
        for n, (question, rows) in enumerate(zip(questions, positions, strict=True)):
            if question.said.parts:
                weighed = weigh(self.model.classes, scores[rows], question.said.asks)
                message[n], parts[n], urgent[n] = weighed.message, weighed.questions, weighed.urgent
        return ManyHeights(message, parts, urgent)

    def sure(self, questions: Sequence[Known], heights: ManyHeights) -> NDArray[np.object_]:
        """The label that each question is met with, "" where it has to be decided."""
        message = heights.message
        sure = np.concatenate(
            [self._leaders(message[n : n + _BLOCK]) for n in range(0, len(message), _BLOCK)]
        )
        sure[heights.urgent > self.rules.limits.urgent - _NEAR] = ""
        sure[self._may_answer_several(heights.questions)] = ""
        # What has no words says nothing, whatever the articles.
        sure[[not question.said.words for question in questions]] = EMPTY
        return sure

    def _may_answer_several(self, questions: Sequence[Floats]) -> NDArray[np.bool_]:
        """Whether so many of a message's questions are sure of a subject that more than one may be answered
        (nlu.decide.asked_in_order)."""
        several = np.zeros(len(questions), dtype=bool)
        places = [n for n, rows in enumerate(questions) if len(rows) > 1]
        if places:
            asked = [questions[n] for n in places]
            on_subject, _ = self._on_subject(self._beliefs(np.vstack(asked)))
            sure = on_subject.max(axis=1) > self.rules.limits.several - _NEAR
            starts = np.cumsum([0, *map(len, asked[:-1])])
            several[places] = np.add.reduceat(sure.astype(int), starts) > 1
        return several

    def decide(self, questions: Sequence[Known], heights: ManyHeights) -> Iterator[Decision]:
        """The decision on each question, as the graph components make it; of a ranking only the best articles are there."""
        if not questions:
            return
        rankings = self._rankings(
            np.vstack([row for pair in zip(heights.message, heights.questions, strict=True) for row in pair])
        )
        for question, parts, urgent in zip(
            questions, heights.questions, heights.urgent.tolist(), strict=True
        ):
            whole, *asked = islice(rankings, 1 + len(parts))
            yield decide_message(whole, asked, urgent, self.rules, self.withheld, question.said.elsewhere)

    def _rankings(self, rows: Floats) -> Iterator[Ranking]:
        """Of each row the beginning of nlu.decide.rank: as many articles as a decision can turn on."""
        beliefs = self._beliefs(rows)
        on_subject, weight = self._on_subject(beliefs)
        best = np.argsort(-weight, axis=1, kind="stable")[:, :MOST_RANKED]
        likeliest = np.argsort(-beliefs[:, self._other_columns], axis=1, kind="stable")
        for row, found in enumerate(best.tolist()):
            candidates: list[Candidate] = []
            subjects: set[str] = set()
            for n in found:
                if len(subjects) >= MOST_OFFERED and len(candidates) >= MOST_CANDIDATES:
                    break
                article, score = self.articles[n], float(rows[row, self._columns[n]])
                candidates.append(Candidate(article.id, article.topics, score, float(on_subject[row, n])))
                if self._served[n]:
                    subjects.add(article.topics[0])
            others = beliefs[row, self._other_columns].tolist()
            yield Ranking(tuple(candidates), tuple((self._others[n], others[n]) for n in likeliest[row]))

    def _beliefs(self, rows: Floats) -> Floats:
        weights = np.exp((rows - rows.max(axis=1, keepdims=True)) / self.rules.limits.temperature)
        beliefs: Floats = weights / weights.sum(axis=1, keepdims=True)
        return beliefs

    def _on_subject(self, beliefs: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The belief in each article's first topic, and by what the articles are ranked."""
        own = beliefs[:, self._columns].astype(np.float64)
        on_subject: NDArray[np.float64] = (own @ self._on_topic)[:, self._first_topic]
        return on_subject, on_subject + own

    def _leaders(self, rows: Floats) -> NDArray[np.object_]:
        """The label of each row that nearly all the belief is in, "" where there is none."""
        beliefs = self._beliefs(rows)
        nobody = len(self._names) - 1
        leader = np.full(len(rows), nobody)
        if len(self._acts):
            acts = beliefs[:, self._acts]
            leader = np.where(acts.max(axis=1) > _SURE, self._acts[acts.argmax(axis=1)], leader)
        if len(self._outside):
            outside = beliefs[:, self._outside]
            sure = max(_SURE, 1 - self.rules.limits.contest)
            clear = (outside.sum(axis=1) > sure) & (_lead(outside) > _NEAR)
            leader = np.where(clear, self._outside[outside.argmax(axis=1)], leader)
        if len(self._columns):
            on_subject, weight = self._on_subject(beliefs)
            top = weight.argmax(axis=1)
            belief = on_subject[np.arange(len(rows)), top]
            clear = (belief > _SURE) & (_lead(weight) > _NEAR) & self._served[top]
            leader = np.where(clear, self._columns[top], leader)
        names: NDArray[np.object_] = self._names[leader]
        return names


def _lead(values: NDArray[Any]) -> NDArray[Any]:
    """By how much the greatest of each row is greater than the next."""
    if values.shape[1] < 2:
        return np.full(len(values), np.inf)
    rows, best = np.arange(len(values)), values.argmax(axis=1)
    others = values.copy()
    others[rows, best] = -np.inf
    lead: NDArray[Any] = values[rows, best] - others.max(axis=1)
    return lead
