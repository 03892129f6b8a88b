"""Whether a short question is about another police service's own affairs: it names one, and not ours."""

from __future__ import annotations

from functools import lru_cache

import yaml
from spacy.matcher import PhraseMatcher

from nlu.examples import DATA
from nlu.text import clean
from nlu.tokens import blank, tokens

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
    return {doc.vocab.strings[found] for found, _, _ in _matcher()(doc)} == {_OTHERS}


@lru_cache(maxsize=1)
def _matcher() -> PhraseMatcher:
    names = yaml.safe_load((DATA / "services.yml").read_text("utf-8"))
    others = names["others"]
    built = [form.format(place=place) for form in others["with_place"] for place in others["places"]]
    nlp = blank("fr")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add(_OURS, [nlp.make_doc(name) for name in names["ours"]])
    matcher.add(_OTHERS, [nlp.make_doc(name) for name in [*others["names"], *built]])
    return matcher
