"""Masks personal details in what people type, before it is kept: names, e-mail, telephone and licence numbers.

The rules are spaCy matchers on blank pipelines (no model is needed) and `phonenumbers`.
A masked text keeps its words; only the detail becomes `[name]`, `[email]`, `[phone]`, `[licence]` or `[number]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import phonenumbers
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

# Ontario's licence is a letter and fourteen digits, often with hyphens; other provinces use long digit runs.
_LICENCE = re.compile(r"\b[A-Za-z]\d{4}[- ]?\d{5}[- ]?\d{5}\b")
_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]+(?:@|\s?\(at\)\s?|\s\[at\]\s)[\w-]+(?:\s?(?:\.|\(dot\))\s?[\w-]+)+", re.UNICODE
)
# Health card, social insurance, account: ten digits or more, or three groups of three.
_LONG_NUMBER = re.compile(r"(?<![\w$])\d{3}[- ]\d{3}[- ]\d{3}(?![\w])|(?<![\w$])\d(?:[- ]?\d){8,}(?!\w)")

# Titles that may have a point, which is a token of its own or not: "Sgt. Brown", "Mr. Brown".
_ABBREVIATED = [each + point for each in ("sgt", "mr", "mrs", "ms", "dr", "const") for point in ("", ".")]

# What may follow "I am" without being a name: so common that a name reading would be wrong far more often.
_INTRODUCTIONS: dict[str, list[list[dict[str, Any]]]] = {
    "en": [
        [{"LOWER": "my"}, {"LOWER": {"IN": ["name", "names", "name's"]}}, {"LOWER": {"IN": ["is", "'s", "s"]}, "OP": "?"}],
        [{"LOWER": "this"}, {"LOWER": "is"}],
        [{"LOWER": {"IN": ["i", "im", "i'm"]}}, {"LOWER": {"IN": ["am", "'m", "m"]}, "OP": "?"},
         {"LOWER": {"IN": ["called", "named"]}}],
        [{"LOWER": "call"}, {"LOWER": "me"}],
        [{"LOWER": "name"}, {"ORTH": ":"}],
        [{"LOWER": {"IN": ["officer", "sergeant", *_ABBREVIATED]}}],
        [{"LOWER": {"IN": ["regards", "sincerely", "cheers"]}}, {"IS_PUNCT": True, "OP": "?"},
         {"IS_SPACE": True, "OP": "*"}],
    ],
    "fr": [
        [{"LOWER": {"IN": ["je", "j'"]}}, {"LOWER": {"IN": ["m'", "me", "m"]}}, {"LOWER": {"IN": ["appelle", "apelle", "nomme"]}}],
        [{"LOWER": {"IN": ["mappelle", "m'appelle"]}}],
        [{"LOWER": "mon"}, {"LOWER": "nom"}, {"LOWER": {"IN": ["est", "c'est"]}}],
        [{"LOWER": "nom"}, {"ORTH": ":"}],
        [{"LOWER": {"IN": ["monsieur", "madame", "mme", "m.", "agent", "agente", "sergent"]}}],
        [{"LOWER": {"IN": ["cordialement", "merci"]}}, {"ORTH": ","}, {"IS_SPACE": True, "OP": "*"}],
    ],
}  # fmt: skip
# Weak introductions mask only what is written as a name: capitals that do not begin the sentence.
_WEAK = {"officer", "sergeant", "this", "agent", "agente", "sergent", "madame", "monsieur", "merci", "regards",
         "sincerely", "cheers", "cordialement"}  # fmt: skip
_PARTICLES = {
    "de",
    "du",
    "la",
    "le",
    "van",
    "von",
    "der",
    "den",
    "st",
    "st.",
    "o'",
    "d'",
    "al",
    "el",
    "bin",
    "ben",
    "mac",
    "mc",
}
_NOT_NAMES = {
    "en": {"and", "i", "im", "but", "from", "a", "an", "the", "not", "in", "on", "is", "was", "have", "what", "how",
           "can", "do", "does", "are", "with", "who", "my", "to", "for", "of", "so", "or", "it", "canada", "ontario",
           "opp", "john's"},
    "fr": {"et", "je", "j'", "mais", "un", "une", "pas", "est", "suis", "ai", "dans", "qui", "que", "pour", "avec",
           "quoi", "comment", "puis", "ou", "à", "au", "des", "les", "mon", "ma", "ppo", "ontario", "canada"},
}  # fmt: skip

_RUN = re.compile(r"(\S{80,})")


@cache
def _pipeline(language: str) -> tuple[Language, Matcher]:
    nlp = spacy.blank(language)
    matcher = Matcher(nlp.vocab)
    matcher.add("introduction", _INTRODUCTIONS[language])
    return nlp, matcher


def mask(text: str, language: str = "en", also: Iterable[str] = ()) -> str:
    """`text` with personal details masked; `also` are details known from the conversation, such as a form's name."""
    # Half a character, which JSON can carry, is none that can be kept.
    text = text.encode("utf-8", "replace").decode()
    for detail in sorted(filter(None, also), key=len, reverse=True):
        label = "[email]" if "@" in detail else "[name]"
        text = re.sub(rf"(?<!\w){re.escape(detail)}(?!\w)", label, text, flags=re.IGNORECASE)
    text = _EMAIL.sub("[email]", text)
    text = _LICENCE.sub("[licence]", text)
    text = _mask_telephones(text)
    text = _LONG_NUMBER.sub("[number]", text)
    # spaCy's time grows with the square of the length of a run without spaces, and no name is that long.
    return "".join(
        part if _RUN.fullmatch(part) else _mask_names_in_any(part, language) for part in _RUN.split(text)
    )


def _mask_names_in_any(text: str, language: str) -> str:
    # People write their name in either language's form whatever language was detected.
    for each in dict.fromkeys((language if language in _INTRODUCTIONS else "en", "en", "fr")):
        text = _mask_names(text, each)
    return text


def _mask_telephones(text: str) -> str:
    # The recruiters' own line is a vanity number, not a detail of the person asking.
    matches = phonenumbers.PhoneNumberMatcher(text, "CA", leniency=phonenumbers.Leniency.POSSIBLE)
    for match in sorted(matches, key=lambda match: match.start, reverse=True):
        digits = sum(character.isdigit() for character in match.raw_string)
        if digits >= 7 and "$" not in text[max(0, match.start - 2) : match.end + 2]:
            text = text[: match.start] + "[phone]" + text[match.end :]
    return text


def _mask_names(text: str, language: str) -> str:
    nlp, matcher = _pipeline(language)
    doc = nlp(text)
    names: list[Span] = []
    for _, start, end in matcher(doc):
        if (
            doc[start].lower_ == "call"
            and start
            and doc[start - 1].lower_ in ("can", "you", "they", "please", "to")
        ):
            continue
        name = _name_after(doc, end, language, weak=doc[start].lower_ in _WEAK)
        if name is not None:
            names.append(name)
    for span in sorted(filter_spans(names), key=lambda span: span.start, reverse=True):
        text = text[: span.start_char] + "[name]" + text[span.end_char :]
    return text


def _name_after(doc: Doc, start: int, language: str, weak: bool) -> Span | None:
    """Up to four tokens that read as a name; lower-case names count after "my name is", where nothing else fits."""
    while start < len(doc) and (
        doc[start].lower_ in _ABBREVIATED
        or (doc[start].text == "." and start and doc[start - 1].lower_ in _ABBREVIATED)
    ):
        start += 1
    end = start
    while end < len(doc) and end - start < 6:
        token = doc[end]
        if token.lower_ in _PARTICLES and end + 1 < len(doc):
            end += 1
            continue
        joined = token.text in ("-", "'", "’") and end > start
        # "Nguyễn Văn An": in a name already begun, a capital makes a name of "An" too, though not of "I".
        goes_on = end > start and token.is_title and len(token) > 1
        if joined or goes_on or (token.text[:1].isupper() and token.lower_ not in _NOT_NAMES[language]):
            end += 1
            continue
        plain = token.is_alpha and token.lower_ not in _NOT_NAMES[language] and not token.is_stop
        if not weak and plain and end - start < 2:
            end += 1
            continue
        break
    while end > start and not doc[end - 1].is_alpha:
        end -= 1
    return doc[start:end] if end > start else None
