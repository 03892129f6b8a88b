"""Articles as files: read `knowledge/articles/*.yml`, refuse a broken one with its name, line and reason.

`python -m knowledge.articles [FILE ...]` checks the files named, or all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "fr")
STATUSES = ("verified", "needs check")
STARTS = ("booking", "cancellation", "sessions", "erasure")
SURE = ("official", "official (copy)", "press (OPP release)", "press", "union", "forum", "this service")
LEAST_QUESTIONS = 8
MOST_WORDS = 130

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ArticleError(Exception):
    """An article cannot be used; `str()` is `file:line: reason`."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class Fact:
    """What a source says, in our words; `about` is "OPP" unless the fact is another's."""

    says: str
    title: str
    url: str
    year: str
    sure: str
    needs_check: bool = False
    about: str = "OPP"


@dataclass(frozen=True)
class ArticleText:
    """An article in one language."""

    title: str
    answer: str
    questions: tuple[str, ...]
    unknown: str = ""
    read_by_native_speaker: bool = True


@dataclass(frozen=True)
class Article:
    """What the assistant knows on one subject. See docs/articles.md."""

    id: str
    topics: tuple[str, ...]
    status: str
    last_checked: date
    review_by: date
    owner: str
    facts: tuple[Fact, ...]
    texts: Mapping[str, ArticleText]
    related: tuple[str, ...] = ()
    expires: date | None = None
    starts: str | None = None

    def text(self, language: str) -> ArticleText:
        """The text in `language`, or in English where it has none."""
        return self.texts.get(language) or self.texts["en"]

    def with_question(self, language: str, question: str) -> Article:
        """The article with one more example question; raises `KeyError` when it has no text in this language."""
        text = self.texts[language]
        more = replace(text, questions=(*text.questions, question))
        return replace(self, texts={**self.texts, language: more})

    def overdue(self, today: date) -> bool:
        return today > self.review_by

    def expired(self, today: date) -> bool:
        return self.expires is not None and today >= self.expires

    def to_json(self) -> str:
        """The whole article, the same bytes for the same content."""
        return json.dumps(asdict(self), default=date.isoformat, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, body: str) -> Article:
        """The inverse of `to_json`."""
        raw = json.loads(body)
        return cls(
            id=raw["id"],
            topics=tuple(raw["topics"]),
            status=raw["status"],
            last_checked=date.fromisoformat(raw["last_checked"]),
            review_by=date.fromisoformat(raw["review_by"]),
            owner=raw["owner"],
            facts=tuple(Fact(**fact) for fact in raw["facts"]),
            texts={
                language: ArticleText(**{**text, "questions": tuple(text["questions"])})
                for language, text in raw["texts"].items()
            },
            related=tuple(raw["related"]),
            expires=date.fromisoformat(raw["expires"]) if raw["expires"] else None,
            starts=raw["starts"],
        )


def load_topics(file: Path) -> frozenset[str]:
    """The topic words of `knowledge/topics.yml`."""
    groups: Mapping[str, list[str]] = yaml.safe_load(file.read_text("utf-8"))
    return frozenset(topic for topics in groups.values() for topic in topics)


TOPICS_FILE = Path(__file__).with_name("topics.yml")
# Labels of questions that want no answer from an article.
NOT_OURS = frozenset({"out_of_scope_near", "out_of_scope_far", "smalltalk", "abuse", "injection"})


def read_article(source: str, file: str, topics: frozenset[str]) -> Article:
    """One article from the text of its file; raises `ArticleError`."""
    try:
        node = yaml.compose(source, Loader=yaml.CSafeLoader)
        raw = yaml.load(source, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise ArticleError(file, mark.line + 1 if mark else 1, reason) from error
    return _Reader(file, node, topics).article(raw)


def load_articles(folder: Path, topics: frozenset[str] | None = None) -> tuple[Article, ...]:
    """Every article of the folder, by id; raises the first `ArticleError`."""
    articles, errors = check_files(sorted(folder.glob("*.yml")), topics or load_topics(TOPICS_FILE))
    if errors:
        raise errors[0]
    return articles


def check_files(
    files: Iterable[Path], topics: frozenset[str]
) -> tuple[tuple[Article, ...], tuple[ArticleError, ...]]:
    """Read every file; returns the good articles and what is wrong with the others or between them."""
    articles: list[Article] = []
    errors: list[ArticleError] = []
    for file in files:
        try:
            article = read_article(file.read_text("utf-8"), file.name, topics)
            if article.id != file.stem:
                raise ArticleError(file.name, 1, f"the id {article.id!r} is not the file's name")
            articles.append(article)
        except ArticleError as error:
            errors.append(error)
    known = {article.id for article in articles}
    asked: dict[str, str] = {}
    for article in articles:
        for other in article.related:
            if other not in known:
                errors.append(
                    ArticleError(f"{article.id}.yml", 1, f"related article {other!r} does not exist")
                )
        for language, text in article.texts.items():
            for question in text.questions:
                key = f"{language} {' '.join(question.casefold().split())}"
                if key in asked:
                    reason = f"the question {question!r} stands in {asked[key]}.yml too"
                    errors.append(ArticleError(f"{article.id}.yml", 1, reason))
                asked[key] = article.id
    return tuple(articles), tuple(errors)


class _Reader:
    """Turns parsed YAML into an `Article`, remembering where each part stands."""

    def __init__(self, file: str, node: yaml.Node | None, topics: frozenset[str]) -> None:
        self.file, self.node, self.topics = file, node, topics

    def fail(self, path: tuple[str | int, ...], reason: str) -> ArticleError:
        return ArticleError(self.file, self._line(path), reason)

    def _line(self, path: tuple[str | int, ...]) -> int:
        node = self.node
        line = node.start_mark.line + 1 if node else 1
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def mapping(
        self, raw: Any, path: tuple[str | int, ...], required: Iterable[str], allowed: Iterable[str] = ()
    ) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise self.fail(path, "expected a mapping of keys to values")
        required = tuple(required)
        for key in required:
            if raw.get(key) in (None, "", []):
                raise self.fail(path, f"{key!r} is missing")
        for key in raw:
            if key not in required and key not in tuple(allowed):
                raise self.fail((*path, key), f"unknown key {key!r}")
        return raw

    def string(self, raw: Any, path: tuple[str | int, ...]) -> str:
        if not isinstance(raw, str):
            raise self.fail(path, f"expected text, found {raw!r} (put quotes around it)")
        return raw.strip()

    def strings(self, raw: Any, path: tuple[str | int, ...]) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise self.fail(path, "expected a list")
        return tuple(self.string(item, (*path, n)) for n, item in enumerate(raw))

    def date(self, raw: Any, path: tuple[str | int, ...]) -> date:
        if not isinstance(raw, date):
            raise self.fail(path, f"expected a date such as 2026-11-21, found {raw!r}")
        return raw

    def one_of(self, raw: Any, choices: tuple[str, ...], path: tuple[str | int, ...]) -> str:
        if raw not in choices:
            raise self.fail(path, f"{raw!r} is none of: {', '.join(choices)}")
        return str(raw)

    def article(self, raw: Any) -> Article:
        required = (
            "id", "topics", "status", "last_checked", "review_by", "owner", "facts", "en",
        )  # fmt: skip
        self.mapping(raw, (), required, ("related", "expires", "starts", "fr"))
        id = self.string(raw["id"], ("id",))
        if not _ID.fullmatch(id):
            raise self.fail(("id",), f"{id!r} is not lower-case words joined by hyphens")
        topics = self.strings(raw["topics"], ("topics",))
        for n, topic in enumerate(topics):
            if topic not in self.topics:
                raise self.fail(("topics", n), f"unknown topic {topic!r}")
        article = Article(
            id=id,
            topics=topics,
            status=self.one_of(raw["status"], STATUSES, ("status",)),
            last_checked=self.date(raw["last_checked"], ("last_checked",)),
            review_by=self.date(raw["review_by"], ("review_by",)),
            owner=self.string(raw["owner"], ("owner",)),
            facts=tuple(self.fact(fact, ("facts", n)) for n, fact in enumerate(raw["facts"])),
            texts={language: self.text(raw[language], language) for language in LANGUAGES if language in raw},
            related=self.strings(raw.get("related") or [], ("related",)),
            expires=self.date(raw["expires"], ("expires",)) if raw.get("expires") else None,
            starts=self.one_of(raw["starts"], STARTS, ("starts",)) if raw.get("starts") else None,
        )
        if article.status == "verified" and any(fact.needs_check for fact in article.facts):
            raise self.fail(("status",), "'verified', but a fact is marked needs_check")
        if article.review_by <= article.last_checked:
            raise self.fail(("review_by",), "not after last_checked")
        return article

    def fact(self, raw: Any, path: tuple[str | int, ...]) -> Fact:
        self.mapping(raw, path, ("says", "title", "url", "year", "sure"), ("needs_check", "about"))
        url = self.string(raw["url"], (*path, "url"))
        sure = self.one_of(raw["sure"], SURE, (*path, "sure"))
        if not (url.startswith(("https://", "http://")) or (sure == "this service" and url.startswith("/"))):
            raise self.fail((*path, "url"), f"{url!r} is not a web address")
        if not isinstance(raw.get("needs_check", False), bool):
            raise self.fail((*path, "needs_check"), "expected true or false")
        return Fact(
            says=self.string(raw["says"], (*path, "says")),
            title=self.string(raw["title"], (*path, "title")),
            url=url,
            year=self.string(raw["year"], (*path, "year")),
            sure=sure,
            needs_check=raw.get("needs_check", False),
            about=self.string(raw.get("about", "OPP"), (*path, "about")),
        )

    def text(self, raw: Any, language: str) -> ArticleText:
        self.mapping(
            raw, (language,), ("title", "answer", "questions"), ("unknown", "read_by_native_speaker")
        )
        questions = self.strings(raw["questions"], (language, "questions"))
        if len(questions) < LEAST_QUESTIONS:
            raise self.fail(
                (language, "questions"), f"{len(questions)} questions; at least {LEAST_QUESTIONS}"
            )
        answer = self.string(raw["answer"], (language, "answer"))
        if len(answer.split()) > MOST_WORDS:
            raise self.fail((language, "answer"), f"{len(answer.split())} words; at most about {MOST_WORDS}")
        return ArticleText(
            title=self.string(raw["title"], (language, "title")),
            answer=answer,
            questions=questions,
            unknown=self.string(raw.get("unknown") or "", (language, "unknown")),
            read_by_native_speaker=bool(raw.get("read_by_native_speaker", language == "en")),
        )
