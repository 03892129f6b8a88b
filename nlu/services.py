"""Whether a short question is about another police service's own affairs: it names one, and not ours."""

from __future__ import annotations

from functools import lru_cache

import yaml
from spacy.matcher import PhraseMatcher
from spacy.strings import get_string_id
from spacy.vocab import Vocab

from knowledge.tokens import tokens
from nlu.examples import DATA
from nlu.text import clean

# In a longer message another service is part of the person's story.
MOST_WORDS = 14
_OURS, _OTHERS = "ours", "others"


def names_only_others(text: str) -> bool:
    """Whether a short text names another service and neither names nor addresses ours (nlu/data/services.yml).

    >>> names_only_others("what is the rcmp age limit")
    True
    >>> names_only_others("can I apply to the RCMP and the OPP at once")
    False
    """
    doc = tokens(clean(text), "fr")
    if len(doc) > MOST_WORDS:
        return False
    return {found for found, _, _ in _matcher()(doc)} == {get_string_id(_OTHERS)}


@lru_cache(maxsize=1)
def _matcher() -> PhraseMatcher:
    names = yaml.safe_load((DATA / "services.yml").read_text("utf-8"))
    others = names["others"]
    built = [form.format(place=place) for form in others["with_place"] for place in others["places"]]
    matcher = PhraseMatcher(Vocab(), attr="LOWER")
    matcher.add(_OURS, [tokens(name, "fr") for name in names["ours"]])
    matcher.add(_OTHERS, [tokens(name, "fr") for name in [*others["names"], *built]])
    return matcher
