"""The domain, the rules and the code name the same intents, actions and responses, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import utils

from actions.base import Action
from actions.booking import REFUSALS
from actions.labels import LABELS
from actions.registry import ACTIONS
from booking.errors import BookingError
from settings import ROOT

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def domain() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    return loaded


def rules() -> list[dict[str, Any]]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "nlu" / "data" / "rules.yml").read_text("utf-8"))
    return list(loaded["rules"])


def _steps(key: str) -> set[str]:
    return {step[key] for rule in rules() for step in rule["steps"] if step.get(key)}


def test_every_intent_has_a_rule_and_every_rule_an_intent() -> None:
    assert _steps("intent") == set(domain()["intents"])


def test_every_action_of_a_rule_exists() -> None:
    known = set(domain()["actions"]) | set(domain()["responses"]) | set(domain()["forms"])
    assert _steps("action") <= known


def test_the_domain_the_registry_and_the_package_list_the_same_actions() -> None:
    registered = {action.called for action in ACTIONS}
    scanned = {action for action in utils.all_subclasses(Action) if not action.__abstractmethods__}
    assert registered == set(domain()["actions"])
    assert scanned == set(ACTIONS)


def test_every_response_that_code_names_exists() -> None:
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "actions").glob("*.py"))
    named = set(re.findall(r'"(utter_[a-z_]+)"', code)) | {"utter_affirm", "utter_deny"}
    assert named <= set(domain()["responses"])


def test_every_response_is_used() -> None:
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "actions").glob("*.py"))
    asked = {
        f"utter_ask_{form}_{slot}" for form, d in domain()["forms"].items() for slot in d["required_slots"]
    }
    named = set(re.findall(r'"(utter_[a-z_]+)"', code)) | {"utter_affirm", "utter_deny", "utter_default"}
    assert set(domain()["responses"]) <= named | asked | _steps("action")


@pytest.mark.parametrize("name", sorted(domain()["responses"]))
def test_every_response_is_whole_in_both_languages(name: str) -> None:
    french, english = domain()["responses"][name]
    assert french["condition"] == [{"type": "slot", "name": "language", "value": "fr"}]
    assert "condition" not in english
    assert french["text"] != english["text"]
    assert sorted(PLACEHOLDER.findall(french["text"])) == sorted(PLACEHOLDER.findall(english["text"]))
    payloads = [[button["payload"] for button in each.get("buttons", ())] for each in (french, english)]
    assert payloads[0] == payloads[1]
    assert french.get("custom") == english.get("custom")


def test_every_label_is_in_both_languages() -> None:
    for key, texts in LABELS.items():
        assert set(texts) == {"en", "fr"}, key


def test_every_refusal_has_a_response() -> None:
    reasons = {refusal.reason for refusal in utils.all_subclasses(BookingError)}
    assert set(REFUSALS) == reasons
    assert set(REFUSALS.values()) <= set(domain()["responses"])


def test_committed_files_of_rasa_load() -> None:
    for name in ("endpoints.yml", "credentials.yml"):
        assert yaml.safe_load(Path(ROOT / name).read_text("utf-8"))
