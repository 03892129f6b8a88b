"""Each check finds what it is for, and the committed content passes all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import content_checks
from bot.check import check_understanding
from bot.content_checks import Content, content_problems
from bot.installation import (
    check_published,
    check_revision,
    check_tracker_folder,
    fill_database,
    installation_problems,
    read_articles,
)
from bot.problems import NotInOrder
from bot.train import current_model, usable_model
from knowledge.articles import load_articles
from settings import ROOT, Settings
from storage import utc
from tests.booking.builders import sqlite

SPOKEN = {"condition": [{"type": "slot", "name": "language", "value": "fr"}], "text": "Bonjour {name}"}
DOMAIN: dict[str, Any] = {
    "intents": ["greet"],
    "actions": [],
    "forms": {},
    "responses": {"utter_greet": [SPOKEN, {"text": "Hello {name}"}]},
}


def content(**changes: Any) -> Content:
    settings = changes.pop("settings", Settings())
    values: dict[str, Any] = {"config": {}, "domain": DOMAIN, "rules": {}, "endpoints": {}}
    return Content(settings, **{**values, **changes})


def found(check: Callable[[Content], Any], **changes: Any) -> str:
    return "\n".join(str(problem) for problem in check(content(**changes)))


def test_what_is_committed_is_in_order() -> None:
    assert content_problems(Settings(), content_checks.QUICK_CHECKS) == []
    assert content_problems(Settings(), [content_checks.check_articles]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70000),
        ("log_level", "LOUD"),
        ("timezone", "Mars/Olympus"),
        ("database_url", "mysql://somewhere/else"),
        ("contact_url", "www.example.org"),
        ("retention_hours", 0),
        ("proxies", -1),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(name: str, value: Any) -> None:
    settings = replace(Settings(), **{name: value})
    assert f"SIGNPOST_{name.upper()}" in found(content_checks.check_settings, settings=settings)


def test_a_database_address_is_not_shown() -> None:
    settings = replace(Settings(), database_url="mysql://me:secret@host/name")
    assert "secret" not in found(content_checks.check_settings, settings=settings)


def test_a_broken_article_is_told_with_file_and_line(tmp_path: Path) -> None:
    broken = tmp_path / "minimum-age.yml"
    good = (ROOT / "knowledge" / "articles" / "minimum-age.yml").read_text("utf-8")
    broken.write_text(good.replace("status: verified", "status: perhaps"), "utf-8")
    settings = replace(Settings(), articles_dir=tmp_path)
    assert f"{broken}:" in found(content_checks.check_articles, settings=settings)
    with pytest.raises(NotInOrder, match="minimum-age"):
        read_articles(settings)


def test_a_response_in_one_language_is_told() -> None:
    domain = {**DOMAIN, "responses": {"utter_greet": [{"text": "Hello"}]}}
    assert "utter_greet is not in both languages" in found(content_checks.check_responses, domain=domain)


def test_places_that_differ_between_languages_are_told() -> None:
    domain = {**DOMAIN, "responses": {"utter_greet": [SPOKEN, {"text": "Hello {nmae}"}]}}
    assert "different places" in found(content_checks.check_responses, domain=domain)


def test_an_intent_without_a_rule_is_told() -> None:
    assert "no rule answers greet" in found(content_checks.check_dialogue)


def test_an_action_that_code_lacks_is_told() -> None:
    domain = {**DOMAIN, "actions": ["action_dance"]}
    assert "action_dance is not in both" in found(content_checks.check_dialogue, domain=domain)


def test_a_detail_that_a_form_never_asks_is_told() -> None:
    domain = {**DOMAIN, "forms": {"tea_form": {"required_slots": ["milk"]}}}
    assert "tea_form never asks for milk" in found(content_checks.check_dialogue, domain=domain)


def test_a_missing_importer_is_told() -> None:
    config = {"importers": [{"name": "RasaFileImporter"}]}
    assert "SignpostImporter is missing" in found(content_checks.check_configuration, config=config)


def test_a_mistyped_importer_is_told() -> None:
    config = {"importers": [{"name": "nlu.importer.SignpostImportr"}]}
    assert "SignpostImportr cannot be imported" in found(content_checks.check_configuration, config=config)


def test_a_tracker_store_without_query_is_told() -> None:
    endpoints = {"tracker_store": {"type": "SQL"}}
    assert "query" in found(content_checks.check_endpoints, endpoints=endpoints)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'signpost.db'}",
        tracker_database=str(tmp_path / "tracker.db"),
        models_dir=tmp_path / "models",
        articles_dir=tmp_path / "articles",
    )


def test_a_bare_installation_lacks_model_and_tables(settings: Settings) -> None:
    problems = "\n".join(str(problem) for problem in installation_problems(settings))
    assert "python -m bot train" in problems
    assert "the tables are at revision None" in problems


def test_a_filled_database_passes(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "knowledge" / "articles", settings.articles_dir)
    database = sqlite(tmp_path)
    assert list(check_revision(database)) == []
    assert "not published" in str(list(check_published(settings, database)))
    fill_database(settings, database, utc(), examples=False)
    assert list(check_published(settings, database)) == []
    (settings.articles_dir / "height-and-weight.yml").unlink()
    assert "their files are gone: height-and-weight" in str(list(check_published(settings, database)))
    assert fill_database(settings, database, utc(), examples=False).withdrawn == ("height-and-weight",)
    assert list(check_published(settings, database)) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_tracker_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "conversations cannot be kept" in str(list(check_tracker_folder(settings)))
    tmp_path.chmod(0o700)


def test_a_tracker_in_place_of_a_folder_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tracker.db").mkdir()
    assert "conversations cannot be kept" in str(list(check_tracker_folder(settings)))


async def test_a_model_that_finds_no_article_is_told() -> None:
    articles = load_articles(ROOT / "knowledge" / "articles")
    titles = {article.text("en").title: article.id for article in articles}

    async def knows(text: str) -> dict[str, Any]:
        return {"decision": {"articles": [{"id": titles[text]}]}}

    async def knows_nothing(text: str) -> dict[str, Any]:
        return {"decision": {"articles": []}}

    assert await check_understanding(knows, articles) == []
    assert len(await check_understanding(knows_nothing, articles)) == 1


def test_a_changed_article_makes_another_model_and_the_old_one_still_serves(settings: Settings) -> None:
    settings.articles_dir.mkdir()
    settings.models_dir.mkdir()
    before = current_model(settings)
    before.touch()
    (settings.articles_dir / "new.yml").write_text("id: new\n", "utf-8")
    assert current_model(settings) != before
    assert usable_model(settings) == before


def test_a_model_of_another_encoder_does_not_serve(settings: Settings) -> None:
    settings.models_dir.mkdir()
    current_model(settings).touch()
    (settings.models_dir / "encoder").mkdir()
    (settings.models_dir / "encoder" / "manifest.json").write_text("{}", "utf-8")
    assert usable_model(settings) == current_model(settings)
    assert not usable_model(settings).is_file()
