"""Checks of what is committed: settings, articles, words, and the files that Rasa reads. No model, no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.problems import Problem
from settings import PREFIX, ROOT, Settings


@dataclass(frozen=True)
class Content:
    """What is checked: the settings, and the files that Rasa reads too."""

    settings: Settings
    config: Mapping[str, Any]
    domain: Mapping[str, Any]
    rules: Mapping[str, Any]
    endpoints: Mapping[str, Any]


Check = Callable[[Content], Iterator[Problem]]

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
DATABASES = ("sqlite", "postgresql")
IMPORTERS = ("RasaFileImporter", "nlu.importer.SignpostImporter")
# What Rasa calls on a component; it executes their annotations, and a missing one fails training.
_GRAPH_METHODS = ("create", "load", "train", "process", "process_training_data")


def check_settings(content: Content) -> Iterator[Problem]:
    """Values that can be read but cannot be right."""

    settings = content.settings

    def wrong(name: str, what: str, mend: str) -> Problem:
        value = getattr(settings, name)
        return Problem(f"{value!r} {what}", PREFIX + name.upper(), mend)

    if not 0 <= settings.port <= 65535:
        yield wrong("port", "is not a port", "Give a number from 0 to 65535.")
    if settings.log_level not in LOG_LEVELS:
        yield wrong("log_level", "is no level", f"Give one of {', '.join(LOG_LEVELS)}.")
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield wrong("timezone", "is no time zone", "Give an IANA name such as America/Toronto.")
    try:
        database = make_url(settings.database_url).get_backend_name()
    except ArgumentError:
        database = ""
    if database not in DATABASES:
        # The value may hold a password: it is not shown.
        mend = "Give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        yield Problem("is not the address of a database", PREFIX + "DATABASE_URL", mend)
    for name in ("contact_url", "public_url", "telegram_api_url"):
        address = urlsplit(getattr(settings, name))
        if getattr(settings, name) and not (address.scheme in ("http", "https") and address.netloc):
            yield wrong(name, "is not a web address", "Give it whole, with https:// in front.")
    for name in ("retention_hours", "messages_per_minute", "messages_per_minute_address", "workers"):
        if getattr(settings, name) < 1:
            yield wrong(name, "is too small", "Give a number of 1 or more.")
    if settings.proxies < 0:
        yield wrong("proxies", "is too small", "Give the number of proxies in front, 0 for none.")


def check_articles(content: Content) -> Iterator[Problem]:
    """Article files that cannot be read, or that say a number for which they have no fact."""
    from knowledge.articles import TOPICS_FILE, check_files, load_topics
    from knowledge.grounding import ungrounded

    folder = content.settings.articles_dir
    files = sorted(folder.glob("*.yml"))
    if not files:
        yield Problem("no articles", str(folder), f"Put article files there, or set {PREFIX}ARTICLES_DIR.")
    articles, errors = check_files(files, load_topics(TOPICS_FILE))
    for error in errors:
        yield Problem(
            error.reason, f"{folder / error.file}:{error.line}", "docs/articles.md shows how it goes."
        )
    for article in articles:
        for problem in ungrounded(article):
            mend = "Add the fact with its source, or take the number out."
            yield Problem(problem, str(folder / f"{article.id}.yml"), mend)


def check_wording(content: Content) -> Iterator[Problem]:
    """Strings of pages and errors that lack a language."""
    from wording import WordingError, areas, load_area

    for area in areas():
        try:
            load_area(area)
        except WordingError as error:
            yield Problem(str(error), f"wording/{area}.yml", "Give the string in both languages.")


def check_responses(content: Content) -> Iterator[Problem]:
    """What the assistant says: in both languages, with the same places to fill, and nothing that code lacks."""
    responses: Mapping[str, list[dict[str, Any]]] = content.domain["responses"]
    for name, variations in responses.items():
        texts = {_language(variation): variation.get("text", "") for variation in variations}
        if set(texts) != {"en", "fr"} or not all(texts.values()):
            mend = "Give a French text under the condition `language: fr`, then an English one without."
            yield Problem(f"{name} is not in both languages", "domain.yml", mend)
        elif len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in texts.values()}) > 1:
            mend = "Use the same {places} in both languages."
            yield Problem(f"{name} fills different places in its languages", "domain.yml", mend)
    for file in sorted((ROOT / "actions").glob("*.py")):
        for name in re.findall(r'"(utter_[a-z_]+[a-z])"', file.read_text("utf-8")):
            if name not in responses:
                where = f"actions/{file.name}"
                yield Problem(f"{name} is no response", where, "Add it to domain.yml, or name another.")


def _language(variation: Mapping[str, Any]) -> str:
    conditions = {condition["name"]: condition["value"] for condition in variation.get("condition", ())}
    return str(conditions.get("language", "en"))


def check_dialogue(content: Content) -> Iterator[Problem]:
    """Intents that no rule answers, actions that the domain names and code lacks, form details never asked."""
    from actions.registry import ACTIONS

    domain = content.domain
    ruled = set(_values(content.rules, "intent"))
    for intent in domain["intents"]:
        name = intent if isinstance(intent, str) else next(iter(intent))
        if name not in ruled:
            mend = "Write a rule, or whoever says this is left without a reply."
            yield Problem(f"no rule answers {name}", "nlu/data/rules.yml", mend)
    ours = {action.called for action in ACTIONS}
    named = {action for action in domain["actions"] if not action.startswith("utter_")}
    for name in sorted(named ^ ours):
        mend = "Name it in `actions:` of domain.yml and in actions/registry.py, or in neither."
        yield Problem(f"{name} is not in both", "domain.yml and actions/registry.py", mend)
    for form, body in domain.get("forms", {}).items():
        for slot in body["required_slots"]:
            if (
                f"utter_ask_{form}_{slot}" not in domain["responses"]
                and f"action_ask_{form}_{slot}" not in ours
            ):
                mend = f"Add a response utter_ask_{form}_{slot} or an action of that name."
                yield Problem(f"{form} never asks for {slot}", "domain.yml", mend)


def _values(node: Any, key: str) -> Iterator[Any]:
    """Every value of `key`, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from _values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from _values(item, key)


def check_configuration(content: Content) -> Iterator[Problem]:
    """Importers and components of config.yml. A mistyped one would train without it, and exit with 0."""
    config = content.config
    named = [importer["name"] for importer in config.get("importers", ())]
    for name in IMPORTERS:
        if name not in named:
            # Naming one importer drops Rasa's default.
            yield Problem(f"the importer {name} is missing", "config.yml", "List it under `importers:`.")
    for name in named:
        if name not in IMPORTERS and _class(name) is None:
            yield Problem(f"{name} cannot be imported", "config.yml", "Give module.Class as Python knows it.")
    for part in ("pipeline", "policies"):
        for entry in config.get(part) or ():
            yield from _check_component(entry["name"])


def _check_component(name: str) -> Iterator[Problem]:
    if "." not in name:
        if name not in _built_in():
            mend = "Give a component of Rasa's, or module.Class for one of ours."
            yield Problem(f"{name} is no component of Rasa's", "config.yml", mend)
        return
    component = _class(name)
    if component is None:
        yield Problem(f"{name} cannot be imported", "config.yml", "Give module.Class as Python knows it.")
        return
    if component.__name__ in _built_in():
        mend = "Give the class another name: Rasa would use it wherever its own is meant."
        yield Problem(f"{component.__name__} is a built-in's name too", name, mend)
    for method in _GRAPH_METHODS:
        if method in vars(component) and "return" not in get_type_hints(getattr(component, method)):
            yield Problem(f"{method} has no return type", name, "Write one: Rasa reads it when it trains.")


@cache
def _built_in() -> frozenset[str]:
    # Asked of Rasa's own modules: its registry holds our components as well, once they are imported.
    from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS

    return frozenset(component.__name__ for component in DEFAULT_COMPONENTS)


def _class(name: str) -> type | None:
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(module), attribute, None)
    except ImportError:
        return None
    return found if isinstance(found, type) else None


def check_endpoints(content: Content) -> Iterator[Problem]:
    """What `rasa run` needs to keep conversations with SQLAlchemy 2."""
    tracker = content.endpoints.get("tracker_store", {})
    if str(tracker.get("type", "")).upper() == "SQL" and tracker.get("query") != {}:
        mend = "Write `query: {}` there: Rasa passes None otherwise, which SQLAlchemy 2 refuses."
        yield Problem("the tracker store has no `query`", "endpoints.yml", mend)


def check_telemetry(content: Content) -> Iterator[Problem]:
    """Rasa reports to its makers unless told not to."""
    from rasa.telemetry import is_telemetry_enabled

    if is_telemetry_enabled():
        yield Problem("Rasa's telemetry is on", "RASA_TELEMETRY_ENABLED", "Set it to false.")


# At each start: a second at most, together.
QUICK_CHECKS: tuple[Check, ...] = (
    check_settings,
    check_wording,
    check_endpoints,
    check_responses,
    check_dialogue,
)
# Of what a model is trained from: a model that was trained from the same has passed them.
TRAINING_CHECKS: tuple[Check, ...] = (check_articles, check_configuration, check_telemetry)
CONTENT_CHECKS = QUICK_CHECKS + TRAINING_CHECKS


def content_problems(settings: Settings, checks: Iterable[Check] = CONTENT_CHECKS) -> list[Problem]:
    """What is not in order with the committed files and the settings."""
    files = ("config.yml", "domain.yml", "nlu/data/rules.yml", "endpoints.yml")
    problems: list[Problem] = []
    loaded = [_read(ROOT / name, problems) for name in files]
    if problems:
        return problems
    content = Content(settings, *loaded)
    return [problem for check in checks for problem in check(content)]


def _read(file: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        loaded = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file.name}:{mark.line + 1}" if mark else file.name
        reason = getattr(error, "problem", None) or getattr(error, "strerror", None) or "not UTF-8 text"
        problems.append(Problem(f"cannot be read: {reason}", where, "Mend the file."))
        return {}
    return loaded if isinstance(loaded, dict) else {}
