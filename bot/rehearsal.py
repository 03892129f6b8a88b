"""Tries a change of the articles on every known question, by the current model but without Rasa."""

from __future__ import annotations

import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.evaluate import Question, judge, read_questions
from bot.installation import check_model
from bot.problems import NotInOrder, Problem, refuse
from bot.progress import Progress
from bot.train import encoder_folder, usable_model
from knowledge.articles import Article
from knowledge.store import ArticleStore
from knowledge.turns import TurnRow
from nlu.decide import Decision, Limits
from nlu.encoder import Encoder
from nlu.factors import factors_folder
from nlu.fitted import Fitted, read_fitted
from nlu.hybrid import Floats, HybridModel, Shape
from nlu.impact import (
    ASKED,
    LABELLED,
    Changed,
    Known,
    Nearer,
    changes,
    known,
    known_examples,
    nearer_to_another,
)
from nlu.known_texts import Told, known_texts
from nlu.live import Classifiers, LiveUnderstanding, VectorMemory, memories
from settings import ROOT, Settings
from storage import Database

LABELLED_SETS = ROOT / "tests" / "questions"
# So many of the questions that people asked last are watched.
MOST_ASKED = 5_000
# A labelled question is well met when it is answered rightly, or left alone where no answer is wanted.
WELL_MET = ("right", "left")


@dataclass(frozen=True)
class Impact:
    """What a change would do. `regressions` are labelled questions that are well met now and would not be, and
    `mended` those the other way round; `others` are all other known questions met otherwise.

    `compared` counts the known questions by kind; `seconds` is how long it took to compare them.
    """

    compared: Mapping[str, int]
    regressions: tuple[Changed, ...]
    mended: tuple[Changed, ...]
    others: tuple[Changed, ...]
    nearer: tuple[Nearer, ...]
    seconds: float


class Rehearsal:
    """Tries a change of the articles on every known question. Needs a model's classifiers, not Rasa.

    Make one with `rehearsal`, or in a server beside its own `LiveUnderstanding`; `impact` may be called as often as
    one likes. `folder` is where the numbers of known texts are kept (nlu/known_texts.py).
    """

    def __init__(
        self,
        live: LiveUnderstanding,
        memory: Mapping[str, VectorMemory],
        folder: Path,
        database: Database,
        labelled: Sequence[Known],
        limits: Limits,
        zone: ZoneInfo,
    ) -> None:
        self._live, self._memory, self._folder, self._database = live, memory, folder, database
        self._labelled, self._limits, self._zone = tuple(labelled), limits, zone

    @property
    def articles(self) -> Mapping[str, Article]:
        """The articles that are published now."""
        self._live.refresh()
        return self._live.current.articles

    def prepare(self, told: Told | None = None) -> None:
        """Do the slow part of the first `impact` now; `told` hears how many new texts of how many have been read."""
        texts = self._watched_texts(self._questions())
        for language, model in self._live.current.models.items():
            with known_texts(self._folder, model.base, self._memory[language].passing) as held:
                held.hold(texts.get(language, ()), told)

    def impact(self, articles: Mapping[str, Article], now: datetime) -> Impact:
        """What would change if `articles` were the published ones."""
        started = time.perf_counter()
        self._live.refresh()
        current, proposed = self._live.current, self._live.supposed(articles)
        questions = self._questions()
        texts = self._watched_texts(questions)

        def scores(language: str, wanted: Sequence[str], model: HybridModel) -> Floats:
            with known_texts(self._folder, model.base, self._memory[language].passing) as held:
                held.hold(texts[language])
                return held.scores(wanted, model)

        today = now.astimezone(self._zone).date()
        found = changes(current, proposed, questions, scores, self._limits, today)
        judged = [(change, _well_met(change.question, change.old), _well_met(change.question, change.new))
                  for change in found]  # fmt: skip
        return Impact(
            compared=Counter(question.kind for question in questions),
            regressions=tuple(change for change, before, after in judged if before and not after),
            mended=tuple(change for change, before, after in judged if after and not before),
            others=tuple(change for change, before, after in judged if before == after),
            nearer=nearer_to_another(current, proposed),
            seconds=time.perf_counter() - started,
        )

    def _questions(self) -> tuple[Known, ...]:
        with self._database.session() as session:
            asked = asked_questions(session)
        return (*self._labelled, *known_examples(self._live.current.articles), *asked)

    def _watched_texts(self, questions: Sequence[Known]) -> dict[str, list[str]]:
        """By language, the texts, corrected, whose numbers are kept: all but the examples, whose scores need none."""
        current = self._live.current
        examples = {language: set(model.examples.texts) for language, model in current.models.items()}
        texts: dict[str, dict[str, None]] = {}
        for question in questions:
            mine = texts.setdefault(question.language, {})
            corrected = current.corrected(question.texts, question.language)
            mine.update((text, None) for text in corrected if text not in examples[question.language])
        return {language: list(mine) for language, mine in texts.items()}


def _well_met(question: Known, decision: Decision) -> bool:
    return verdict(question, decision) in WELL_MET


def verdict(question: Known, decision: Decision) -> str:
    """How a labelled question is met (see bot/evaluate.py); "" for any other."""
    if question.kind != LABELLED:
        return ""
    asked = Question(question.text, question.language, question.labels, "")
    return judge(asked, decision.as_dict()).verdict


def labelled_questions(folder: Path = LABELLED_SETS) -> tuple[Known, ...]:
    """The project's labelled questions, their language detected as in a first message."""
    return tuple(
        known(question.text, None, LABELLED, labels=question.labels)
        for file in sorted(folder.glob("*.jsonl"))
        for question in read_questions(file)
    )


def asked_questions(session: Session, most: int = MOST_ASKED) -> tuple[Known, ...]:
    """What people typed last, masked, newest first; each wording once. Buttons are left out: they were not read."""
    rows = select(TurnRow.text, TurnRow.language, TurnRow.decision).order_by(TurnRow.id.desc())
    times: Counter[tuple[str, str]] = Counter()
    for text, language, decision in session.execute(rows.execution_options(yield_per=1000)):
        if decision and text.strip():
            times[text, language] += 1
        if times.total() >= most:
            break
    return tuple(known(text, language, ASKED, times=n) for (text, language), n in times.items())


@contextmanager
def rehearsal(settings: Settings, database: Database) -> Iterator[Rehearsal]:
    """A rehearsal from the current model and what `database` publishes, made ready; says on standard error how far it
    is. Raises `NotInOrder` when there is no model."""
    refuse(check_model(settings))
    store = ArticleStore(database)
    if not store.all():
        mend = "Start the server once: it publishes the article files."
        raise NotInOrder(Problem("no article is published", settings.database_url.rpartition("@")[2], mend))
    progress = Progress(1, 3)
    with progress.step("reading the model"):
        shapes, limits = configuration(ROOT / "config.yml")
        fitted = _fitted(usable_model(settings), shapes, factors_folder(settings.models_dir))
        memory = memories(Encoder(encoder_folder(settings)), fitted.vectors)
        classifiers = Classifiers(memory, shapes, fitted.models, factors_folder(settings.models_dir))
        live = LiveUnderstanding(store, fitted.acts, classifiers)
        live.refresh()
    with progress.step("factorising it"):
        classifiers.prepare()
    ready = Rehearsal(
        live,
        memory,
        settings.models_dir / "known",
        database,
        labelled_questions(),
        limits,
        ZoneInfo(settings.timezone),
    )
    with progress.step("reading the known questions that are new (some milliseconds each)"):
        ready.prepare()
    yield ready


def configuration(file: Path) -> tuple[dict[str, Shape], Limits]:
    """The classifiers' shapes by language and the limits of decisions, from Rasa's config.yml."""
    pipeline = yaml.safe_load(file.read_text("utf-8"))["pipeline"]
    components: dict[str, dict[str, Any]] = {each["name"].rpartition(".")[2]: each for each in pipeline}
    classifier, maker = components["HybridClassifier"], components["DecisionMaker"]
    shapes = {language: Shape(**(classifier.get(language) or {})) for language in ("en", "fr")}
    limits = {each.name: maker[each.name] for each in fields(Limits) if each.name in maker}
    limits["temperature"] = components["ArticleRetriever"].get("temperature", Limits.temperature)
    return shapes, Limits(**limits)


def _fitted(model: Path, shapes: Mapping[str, Shape], factors: Path) -> Fitted:
    """What the classifier keeps in a model's archive, without loading Rasa (which takes eight seconds)."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as archive:
        for member in archive:
            path = Path(member.name)
            source = archive.extractfile(member) if "HybridClassifier" in path.parent.name else None
            if source:
                (Path(folder) / path.name).write_bytes(source.read())
        return read_fitted(Path(folder), shapes, factors)


def with_question(
    articles: Mapping[str, Article], article_id: str, language: str, question: str
) -> dict[str, Article]:
    """The articles with one more example question; raises `NotInOrder` where there is no such article or language."""
    article = articles.get(article_id)
    if article is None or language not in article.texts:
        what = "no such article" if article is None else f"the article has no text in {language!r}"
        raise NotInOrder(
            Problem(what, article_id, "Name one that is published: its file's name without .yml.")
        )
    return {**articles, article_id: article.with_question(language, question)}


def without(articles: Mapping[str, Article], article_id: str) -> dict[str, Article]:
    """The articles but for one; raises `NotInOrder` when there is none of that id."""
    if article_id not in articles:
        mend = "Name one that is published: its file's name without .yml."
        raise NotInOrder(Problem("no such article", article_id, mend))
    return {id: article for id, article in articles.items() if id != article_id}
