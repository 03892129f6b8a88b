"""Lists every gap between the two languages: articles, responses, words of pages, labels, and what people may say."""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.articles import LANGUAGES, LEAST_QUESTIONS, TOPICS_FILE, Article, check_files, load_topics
from knowledge.grounding import numbers
from settings import ROOT, Settings, from_environment

PARTS = ("title", "answer", "unknown")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Gap:
    """Something that one language has and the other lacks; `where` is a file or an article."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def article_gaps(article: Article) -> Iterator[Gap]:
    """What an article says in one language only. Both languages are one revision, so neither can be older."""
    where = f"{article.id}.yml"
    missing = [language for language in LANGUAGES if language not in article.texts]
    for language in missing:
        yield Gap(where, f"no {language}")
    for language, text in article.texts.items():
        for part in ("title", "answer"):
            if not getattr(text, part).strip():
                yield Gap(where, f"{language}.{part} is empty")
        if len(text.questions) < LEAST_QUESTIONS:
            yield Gap(where, f"{language}.questions: {len(text.questions)}, at least {LEAST_QUESTIONS}")
    if missing:
        return
    english, french = (article.texts[language] for language in LANGUAGES)
    if bool(english.unknown) != bool(french.unknown):
        yield Gap(where, f"unknown stands only in {'en' if english.unknown else 'fr'}")
    for part in PARTS:
        ours, theirs = numbers(getattr(english, part), "en"), numbers(getattr(french, part), "fr")
        for language, only in (("en", ours - theirs), ("fr", theirs - ours)):
            if only:
                yield Gap(where, f"{part}: {', '.join(sorted(only))} only in {language}")


def file_gaps(folder: Path) -> Iterator[Gap]:
    """Gaps of the article files; a file that cannot be read is one, because nothing of it can be served."""
    articles, errors = check_files(sorted(folder.glob("*.yml")), load_topics(TOPICS_FILE))
    for error in errors:
        yield Gap(f"{error.file}:{error.line}", error.reason)
    for article in articles:
        yield from article_gaps(article)


def response_gaps(responses: Mapping[str, list[dict[str, Any]]]) -> Iterator[Gap]:
    """Responses of domain.yml that lack a language, a place to fill, or a button in one."""
    for name, variations in responses.items():
        by_language: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for variation in variations:
            by_language[_language(variation)].append(variation)
        where = f"domain.yml: {name}"
        missing = [
            language
            for language in LANGUAGES
            if not any(str(each.get("text", "")).strip() for each in by_language[language])
        ]
        for language in missing:
            yield Gap(where, f"no {language}")
        if missing:
            continue
        if _differ(by_language, _places):
            yield Gap(where, "fills different {places}")
        if _differ(by_language, lambda variation: tuple(b["payload"] for b in variation.get("buttons", ()))):
            yield Gap(where, "its buttons differ in number or payload")
        for language in LANGUAGES:
            buttons = [button for each in by_language[language] for button in each.get("buttons", ())]
            if not all(str(button.get("title", "")).strip() for button in buttons):
                yield Gap(where, f"a button without a title in {language}")


def _language(variation: Mapping[str, Any]) -> str:
    conditions = {condition["name"]: condition["value"] for condition in variation.get("condition", ())}
    return str(conditions.get("language", "en"))


def _places(variation: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_PLACE.findall(str(variation["text"])))


def _differ(by_language: Mapping[str, list[dict[str, Any]]], of: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the variations of the languages, in any order, are not alike in something."""
    return len({frozenset(map(of, by_language[language])) for language in LANGUAGES}) > 1


def string_gaps(where: str, strings: Mapping[str, Any]) -> Iterator[Gap]:
    """Strings kept as `{name: {en: …, fr: …}}` that lack a language or fill different places."""
    for name, texts in strings.items():
        found = texts if isinstance(texts, dict) else {}
        missing = [language for language in LANGUAGES if not str(found.get(language) or "").strip()]
        for language in missing:
            yield Gap(where, f"{name} has no {language}")
        if not missing and len({frozenset(_PLACE.findall(found[language])) for language in LANGUAGES}) > 1:
            yield Gap(where, f"{name} fills different {{places}}")


def wording_gaps(folder: Path) -> Iterator[Gap]:
    """Gaps of every `wording/*.yml`, read anew: the loader stops at the first."""
    for file in sorted(folder.glob("*.yml")):
        yield from string_gaps(f"wording/{file.name}", yaml.safe_load(file.read_text("utf-8")) or {})


def example_gaps(examples: Iterable[tuple[str, str]], expected: Iterable[str] = ()) -> Iterator[Gap]:
    """Labels without an example in a language; `examples` are (label, language), `expected` labels must be there."""
    languages: dict[str, set[str]] = {label: set() for label in expected}
    for label, language in examples:
        languages.setdefault(label, set()).add(language)
    for label, has in sorted(languages.items()):
        for language in LANGUAGES:
            if language not in has:
                yield Gap("nlu/data", f"{label} has no example in {language}")


def gaps(settings: Settings) -> list[Gap]:
    """Every gap of what is committed."""
    from actions.labels import LABELS
    from nlu.examples import OUT_OF_SCOPE, load_acts

    domain = yaml.load((ROOT / "domain.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    kinds = [intent for intent in domain["intents"] if str(intent).startswith(OUT_OF_SCOPE)]
    return [
        *file_gaps(settings.articles_dir),
        *response_gaps(domain["responses"]),
        *wording_gaps(ROOT / "wording"),
        *string_gaps("actions/labels.py", LABELS),
        *example_gaps(((each.label, each.language) for each in load_acts()), kinds),
    ]


def published_gaps(settings: Settings) -> list[Gap]:
    """Gaps of the articles that are published now, whoever published them."""
    return [gap for article in _published(settings) for gap in article_gaps(article)]


def unread(articles: Iterable[Article]) -> list[str]:
    """The articles with a text that no native speaker has read: a line each, with its language and title."""
    return [
        f"{article.id}  {language}  {text.title}"
        for article in articles
        for language, text in sorted(article.texts.items())
        if not text.read_by_native_speaker
    ]


def _published(settings: Settings) -> list[Article]:
    from bot.installation import open_database
    from knowledge.store import ArticleStore

    with open_database(settings) as database:
        return [published.article for published in ArticleStore(database).all()]


def main(arguments: list[str]) -> int:
    """The command `parity`; its exit status is 1 when there is a gap."""
    parser = argparse.ArgumentParser(prog="python -m bot parity", description=__doc__)
    parser.add_argument(
        "--published", action="store_true", help="look at the articles published, not the files"
    )
    parser.add_argument(
        "--unread", action="store_true", help="list translations that no native speaker has read"
    )
    options = parser.parse_args(arguments)
    settings = from_environment()
    if options.unread:
        from bot.installation import read_articles

        lines = unread(_published(settings) if options.published else read_articles(settings))
        print("\n".join([*lines, f"{len(lines)} translations that no native speaker has read"]))
        return 0
    found = published_gaps(settings) if options.published else gaps(settings)
    print("\n".join([*map(str, found), f"{len(found)} gaps between the languages"]))
    return 1 if found else 0
