"""Writes the project that `rasa init` makes, and into it the articles as its manual would have them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from knowledge.articles import Article

ANSWERS = "answers.json"
ACTIONS = Path(__file__).with_name("answer_action.py")
VERSION = "3.1"
INTENT = "article_"
REPHRASE = "utter_please_rephrase"


def write_project(folder: Path, articles: Sequence[Article], action_port: int) -> None:
    """One intent an article with its English questions, and one rule each to an action that reads the answer.

    Pipeline and policies stay as `rasa init` leaves them: empty, so that Rasa fills in its default ones.
    """
    # Not `rasa init` itself: it trains its own model first. `find_spec` finds Rasa without importing it.
    rasa = find_spec("rasa")
    if rasa is None or rasa.origin is None:
        raise ModuleNotFoundError("rasa")
    shutil.copytree(
        Path(rasa.origin).parent / "cli" / "initial_project",
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("tests", "__pycache__"),
    )
    _write_yaml(
        folder / "endpoints.yml", {"action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"}}
    )
    _write_yaml(folder / "credentials.yml", {"rest": None})
    _write_yaml(folder / "domain.yml", _domain(folder / "domain.yml", articles))
    _write_yaml(folder / "data" / "articles.yml", _training_data(articles))
    shutil.copy(ACTIONS, folder / "actions" / "actions.py")
    answers = {intent_of(article): article.text("en").answer for article in articles}
    (folder / ANSWERS).write_text(json.dumps(answers), "utf-8")


def intent_of(article: Article) -> str:
    """The article's intent."""
    return INTENT + article.id.replace("-", "_")


def _domain(template: Path, articles: Sequence[Article]) -> dict[str, Any]:
    domain: dict[str, Any] = yaml.safe_load(template.read_text("utf-8"))
    domain["intents"] += [intent_of(article) for article in articles]
    domain["actions"] = ["action_answer"]
    domain["responses"][REPHRASE] = [{"text": "I did not understand. Could you rephrase?"}]
    return domain


def _training_data(articles: Sequence[Article]) -> dict[str, Any]:
    rules = [
        {
            "rule": f"answer {article.id}",
            "steps": [{"intent": intent_of(article)}, {"action": "action_answer"}],
        }
        for article in articles
    ]
    # As the manual says for the default pipeline's FallbackClassifier.
    rules.append({"rule": "ask to rephrase", "steps": [{"intent": "nlu_fallback"}, {"action": REPHRASE}]})
    return {
        "version": VERSION,
        "nlu": [{"intent": intent_of(article), "examples": _examples(article)} for article in articles],
        "rules": rules,
    }


def _examples(article: Article) -> str:
    text = article.text("en")
    # Brackets would mark entities.
    lines = [question.translate(str.maketrans("[]", "()")) for question in (text.title, *text.questions)]
    return "".join(f"- {' '.join(line.split())}\n" for line in lines)


def _write_yaml(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000), "utf-8")
