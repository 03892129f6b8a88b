"""The stock project says what the articles say, as Rasa's manual would have it."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from bench.stock import write_project
from bench.stock.project import intent_of
from knowledge.articles import load_articles
from settings import Settings

ARTICLES = load_articles(Settings().articles_dir)[:2]


def read(file: Path) -> dict[str, list[dict[str, object]]]:
    loaded: dict[str, list[dict[str, object]]] = yaml.safe_load(file.read_text("utf-8"))
    return loaded


def test_each_article_has_an_intent_its_questions_and_a_rule(tmp_path: Path) -> None:
    write_project(tmp_path, ARTICLES, 5055)
    data = read(tmp_path / "data" / "articles.yml")
    intents = [intent_of(article) for article in ARTICLES]
    assert [each["intent"] for each in data["nlu"]] == intents
    for article, each in zip(ARTICLES, data["nlu"], strict=True):
        assert str(each["examples"]).count("\n") == len(article.text("en").questions) + 1
    assert [each["steps"] for each in data["rules"][:2]] == [
        [{"intent": intent}, {"action": "action_answer"}] for intent in intents
    ]
    assert set(intents) < set(read(tmp_path / "domain.yml")["intents"])


def test_the_action_server_has_the_answers(tmp_path: Path) -> None:
    write_project(tmp_path, ARTICLES, 5055)
    assert json.loads((tmp_path / "answers.json").read_text("utf-8")) == {
        intent_of(article): article.text("en").answer for article in ARTICLES
    }
    assert "class ActionAnswer" in (tmp_path / "actions" / "actions.py").read_text("utf-8")
    assert read(tmp_path / "endpoints.yml")["action_endpoint"] == {"url": "http://127.0.0.1:5055/webhook"}


def test_pipeline_and_policies_are_left_to_rasa(tmp_path: Path) -> None:
    write_project(tmp_path, ARTICLES, 5055)
    config = read(tmp_path / "config.yml")
    assert (config["pipeline"], config["policies"]) == (None, None)
