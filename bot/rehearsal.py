"""Tries a change of the articles on every known question, by the current model but without Rasa."""

from __future__ import annotations

import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from bot.evaluate import Question, judge, read_questions
from bot.installation import check_model
from bot.problems import NotInOrder, Problem, refuse
from bot.progress import Progress
from bot.train import encoder_folder, usable_model
from knowledge.articles import Article
from knowledge.store import ArticleStore
from knowledge.turns import TurnRow
from nlu.decide import Decision, Limits, Rules
from nlu.encoder import Encoder
from nlu.factors import factors_folder
from nlu.fitted import Fitted, keep_fitted, kept_fitted, read_fitted
from nlu.hybrid import Floats, HybridModel, Shape
from nlu.impact import (
    ASKED,
    LABELLED,
    Changed,
    Known,
    Nearer,
    changes,
    known_examples,
    nearer_to_another,
)
from nlu.kept_readings import KeptReadings, Read
from nlu.known_texts import KnownTexts, Told, known_texts
from nlu.live import Classifiers, LiveUnderstanding, VectorMemory, memories
from nlu.reading import reading_of
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

    Make one with `rehearsal`; `impact` may be called as often as one likes. `folder` is where the numbers of known
    texts are kept (nlu/known_texts.py), `readings` how questions are read, and `told` hears how many new texts of how
    many have been computed.
    """

    def __init__(
        self,
        live: LiveUnderstanding,
        memory: Mapping[str, VectorMemory],
        folder: Path,
        database: Database,
        labelled: Callable[[Read], Sequence[Known]],
        rules: Rules,
        zone: ZoneInfo,
        readings: KeptReadings,
        told: Told | None = None,
    ) -> None:
        self._live, self._memory, self._folder, self._database = live, memory, folder, database
        self._labelled, self._rules, self._zone = labelled, rules, zone
        self._readings, self._told = readings, told

    @property
    def articles(self) -> Mapping[str, Article]:
        """The articles that are published now."""
        self._live.refresh()
        return self._live.current.articles

    def prepare(self) -> None:
        """Do now what is slow in the first `impact` after a training."""
        self._live.refresh()
        questions = self._questions()
        for language, model in self._live.current.models.items():
            texts = dict.fromkeys(
                t for each in questions if each.language == language for t in each.said.texts
            )
            with self._known_texts(language, model) as held:
                held.hold(self._kept(self._live.current.corrected(texts, language), language), self._told)

    def impact(self, articles: Mapping[str, Article], now: datetime) -> Impact:
        """What would change if `articles` were the published ones."""
        started = time.perf_counter()
        self._live.refresh()
        current, proposed = self._live.current, self._live.supposed(articles)
        questions = self._questions()

        def scores(language: str, wanted: Sequence[str], model: HybridModel) -> Floats:
            with self._known_texts(language, model) as held:
                if model is current.model(language):
                    held.hold(self._kept(wanted, language), self._told)
                return held.scores(wanted, model)

        today = now.astimezone(self._zone).date()
        found = changes(current, proposed, questions, scores, self._rules, today)
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
        read = self._readings.read
        with self._database.session() as session:
            asked = asked_questions(session, read=read)
        questions = (*self._labelled(read), *known_examples(self._live.current.articles, read), *asked)
        self._readings.keep()
        return questions

    def _kept(self, texts: Sequence[str], language: str) -> list[str]:
        """Those of the known texts whose numbers are kept: all but the examples, whose scores need none."""
        examples = set(self._live.current.model(language).examples.texts)
        return [text for text in texts if text not in examples]

    def _known_texts(self, language: str, model: HybridModel) -> AbstractContextManager[KnownTexts]:
        return known_texts(self._folder, model.base, self._memory[language].passing)


def _well_met(question: Known, decision: Decision) -> bool:
    return verdict(question, decision) in WELL_MET


def verdict(question: Known, decision: Decision) -> str:
    """How a labelled question is met (see bot/evaluate.py); "" for any other."""
    if question.kind != LABELLED:
        return ""
    asked = Question(question.text, question.language, question.labels, "")
    return judge(asked, decision.as_dict()).verdict


def labelled_questions(read: Read = reading_of, folder: Path = LABELLED_SETS) -> tuple[Known, ...]:
    """The project's labelled questions, their language detected as in a first message."""
    return tuple(
        Known(read(question.text, None), LABELLED, labels=question.labels)
        for file in sorted(folder.glob("*.jsonl"))
        for question in read_questions(file)
    )


def asked_questions(session: Session, most: int = MOST_ASKED, read: Read = reading_of) -> tuple[Known, ...]:
    """What people typed last, masked, newest first; each wording once. Buttons are left out: they were not read."""
    # A decision is long, and only whether there is one matters.
    decided = cast(TurnRow.decision, String).not_in(("{}", "null"))
    rows = select(TurnRow.text, TurnRow.language).where(decided).order_by(TurnRow.id.desc())
    times: Counter[tuple[str, str]] = Counter()
    for text, language in session.execute(rows.execution_options(yield_per=1000)):
        if text.strip():
            times[text, language] += 1
        if times.total() >= most:
            break
    return tuple(Known(read(text, language), ASKED, times=n) for (text, language), n in times.items())


@contextmanager
def rehearsal(settings: Settings, database: Database) -> Iterator[Rehearsal]:
    """A rehearsal from the current model and what `database` publishes; says on standard error how far it is.

    Raises `NotInOrder` when there is no model.
    """
    refuse(check_model(settings))
    store = ArticleStore(database)
    if not store.all():
        mend = "Start the server once: it publishes the article files."
        raise NotInOrder(Problem("no article is published", settings.database_url.rpartition("@")[2], mend))
    model, folder = usable_model(settings), settings.models_dir / "known"
    with Progress(1, 1).step("reading the model"):
        shapes, rules = configuration(ROOT / "config.yml")
        factors = factors_folder(settings.models_dir)
        file = folder / f"{model.stem}.fitted"
        fitted = kept_fitted(file, lambda: _fitted(model, shapes, factors))
        memory = memories(Encoder(encoder_folder(settings)), fitted.vectors)
        classifiers = Classifiers(memory, shapes, fitted.models, factors)
        live = LiveUnderstanding(store, fitted.acts, classifiers)
        live.refresh()
        if any(classifiers.fitted[language] is not model for language, model in fitted.models.items()):
            # So many articles changed since training that it was fitted anew: once is enough.
            keep_fitted(file, Fitted(dict(classifiers.fitted), fitted.acts))
        classifiers.prepare()
    yield Rehearsal(
        live,
        memory,
        folder,
        database,
        labelled_questions,
        rules,
        ZoneInfo(settings.timezone),
        KeptReadings(folder / f"{model.stem}.readings"),
        _tell,
    )


def _tell(done: int, of: int) -> None:
    print(f"{done} of {of} known texts that are new are read", file=sys.stderr, flush=True)


def configuration(file: Path) -> tuple[dict[str, Shape], Rules]:
    """The classifiers' shapes by language and the rules of decisions, from Rasa's config.yml."""
    pipeline = yaml.safe_load(file.read_text("utf-8"))["pipeline"]
    components: dict[str, dict[str, Any]] = {each["name"].rpartition(".")[2]: each for each in pipeline}
    classifier, maker = components["HybridClassifier"], components["DecisionMaker"]
    shapes = {language: Shape(**(classifier.get(language) or {})) for language in ("en", "fr")}
    limits = {each.name: maker[each.name] for each in fields(Limits) if each.name in maker}
    limits["temperature"] = components["ArticleRetriever"].get("temperature", Limits.temperature)
    between = frozenset(maker.get("between_services", ()))
    return shapes, Rules(Limits(**limits), maker.get("after_crisis", ""), between)


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
