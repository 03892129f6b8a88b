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
from spacy.matcher import Matcher
from spacy.strings import get_string_id
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from knowledge.tokens import tokens, word_set

# Ontario's licence is a letter and fourteen digits, often with hyphens; other provinces use long digit runs.
_LICENCE = re.compile(r"\b[A-Za-z]\d{4}[- ]?\d{5}[- ]?\d{5}\b")
_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]+(?:@|\s?\(at\)\s?|\s\[at\]\s)[\w-]+(?:\s?(?:\.|\(dot\))\s?[\w-]+)+", re.UNICODE
)
# Health card, social insurance, account: ten digits or more, or three groups of three.
_LONG_NUMBER = re.compile(r"(?<![\w$])\d{3}[- ]\d{3}[- ]\d{3}(?![\w])|(?<![\w$])\d(?:[- ]?\d){8,}(?!\w)")

_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d|(?:19|20)\d\d ?[-–/ ] ?(?:19|20)\d\d"
)
_AMOUNT = re.compile(r"\d{1,3}(?:[ ,.]\d{3})+")

# Titles that may have a point, which is a token of its own or not: "Sgt. Brown", "Mr. Brown".
_ABBREVIATED = [each + point for each in ("sgt", "mr", "mrs", "ms", "dr", "const") for point in ("", ".")]

_TITLES = {
    "officer",
    "sergeant",
    *_ABBREVIATED,
    "monsieur",
    "madame",
    "mme",
    "m.",
    "agent",
    "agente",
    "sergent",
}

# "I am" is followed by much else than a name: "full" takes only what has two capitals and is no other word for a person.
_FULL: dict[str, list[list[dict[str, Any]]]] = {
    "en": [
        [{"LOWER": {"IN": ["i", "im"]}}, {"ORTH": {"IN": ["am", "'m", "’m", "m"]}, "OP": "?"}],
        [{"LOWER": {"IN": ["it", "its"]}}, {"LOWER": {"IN": ["'s", "’s", "is"]}, "OP": "?"}],
    ],
    "fr": [
        [{"LOWER": "je"}, {"ORTH": "suis"}],
        [{"LOWER": {"IN": ["c'", "c’", "ici"]}}, {"ORTH": "est", "OP": "?"}],
    ],
}
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
# Without one of these words no introduction begins; most messages have none, and need not be read token by token.
_CUE = re.compile(
    r"\b(?:names?|this\s+is|called|named|call|regards|sincerely|cheers|officer|sergeant|sgt|mr|mrs|ms|dr|const"
    r"|m?appelle|apelle|nomme|nom|monsieur|madame|mme|agente?|sergent|cordialement|merci)\b|\bm\.",
    re.IGNORECASE,
)
# An accent may be a character of its own, which is no letter.
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")
# Weak introductions mask only what is written as a name: capitals that do not begin the sentence.
_WEAK = {"officer", "sergeant", "this", "agent", "agente", "sergent", "madame", "monsieur", "merci", "regards",
         "sincerely", "cheers", "cordialement"}  # fmt: skip


# What people call themselves with capitals: of where they come from, what they do, what they believe.
_CALLED = word_set(
    "canadian canadien canadienne american américain américaine french français française english anglais "
    "anglaise british first nations nation indigenous autochtone native métis metis inuit inuk ojibwe cree mohawk "
    "anishinaabe haudenosaunee sikh muslim musulman musulmane chrétien chrétienne catholic catholique jewish juif "
    "juive hindu buddhist african africain africaine asian asiatique indian indien indienne chinese chinois "
    "chinoise filipino filipina korean jamaican caribbean haitian haïtien haïtienne latino latina hispanic "
    "mexican black noir noire white blanc blanche brown south north east west sud nord est ouest ontario toronto "
    "ottawa london orillia barrie windsor sudbury quebec québec canada united kingdom states royal armed forces "
    "force military militaire army navy police policing policier policière opp ppo rcmp grc provincial "
    "provinciale officer constable agent agente cadet auxiliary special civilian security guard sergeant corporal "
    "private captain lieutenant warrant reserve reservist veteran vétéran soldier soldat permanent permanente "
    "resident résident résidente refugee réfugié réfugiée citizen citoyen citoyenne international student "
    "étudiant étudiante college collège university université foundations grade year high school graduate "
    "registered nurse infirmier infirmière paramedic firefighter teacher worker manager engineer class red seal "
    "transgender trans gay lesbian queer bisexual autistic diabetic deaf single father mother dad mom monday "
    "tuesday wednesday thursday friday saturday sunday very really so too also still now just about here there "
    "january february july september october november december"
)
# Of these, what is a family's name where a first name stands before it.
_FAMILIES = word_set(
    "brown black white noir blanc west north east south london windsor sudbury guard private grade seal high"
)
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

# "I am Applying Soon", "I am Extremely Nervous": capitals, but no name.
_VERB = re.compile(r"\w{4}ing$|(?!kimber|bever)\w{5}ly$")
# What stands where a detail was.
LABELS = ("[name]", "[email]", "[phone]", "[licence]", "[number]")

_RUN = re.compile(r"(\S{80,})")


@cache
def _matcher(language: str) -> Matcher:
    matcher = Matcher(Vocab())
    matcher.add("introduction", _INTRODUCTIONS[language])
    matcher.add("full", _FULL[language])
    return matcher


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


def _may_name(text: str) -> bool:
    """Whether someone may be named: after a word that introduces, or in two words with capitals."""
    return bool(_CUE.search(text)) or sum(map(_is_capitalised, _LETTERS.findall(text))) > 1


def _mask_names_in_any(text: str, language: str) -> str:
    if not _may_name(text):
        return text
    # People write their name in either language's form whatever language was detected.
    for each in dict.fromkeys((language if language in _INTRODUCTIONS else "en", "en", "fr")):
        text = _mask_names(text, each)
    return text


def _mask_telephones(text: str) -> str:
    # The recruiters' own line is a vanity number, not a detail of the person asking.
    matches = phonenumbers.PhoneNumberMatcher(text, "CA", leniency=phonenumbers.Leniency.POSSIBLE)
    for match in sorted(matches, key=lambda match: match.start, reverse=True):
        if _is_telephone(match.raw_string) and "$" not in text[max(0, match.start - 2) : match.end + 2]:
            text = text[: match.start] + "[phone]" + text[match.end :]
    return text


def _is_telephone(number: str) -> bool:
    """Whether what could be dialled reads as a number to dial: no date, no amount."""
    digits = sum(character.isdigit() for character in number)
    if digits < 7 or _DATE.fullmatch(number) or _AMOUNT.fullmatch(number):
        return False
    # "5550123" is as likely an amount; nobody leaves the area code out and the hyphen too.
    return digits >= 10 or not number.isdigit()


def _mask_names(text: str, language: str) -> str:
    doc = tokens(text, language)
    names: list[Span] = []
    for label, start, end in _matcher(language)(doc):
        if label == get_string_id("full"):
            name = _full_name_after(doc, end, language)
            if name is not None:
                names.append(name)
            continue
        if (
            doc[start].lower_ == "call"
            and start
            and doc[start - 1].lower_ in ("can", "you", "they", "please", "to")
        ):
            continue
        first = doc[start].lower_
        name = _name_after(doc, end, language, weak=first in _WEAK, titled=first in _TITLES)
        if name is not None:
            names.append(name)
    for span in sorted(filter_spans(names), key=lambda span: span.start, reverse=True):
        text = text[: span.start_char] + "[name]" + text[span.end_char :]
    return text


def _full_name_after(doc: Doc, start: int, language: str) -> Span | None:
    """Two to four words with capitals, of which none is another word for a person: "John Smith", not "Very Nervous"."""
    end, capitals = start, 0
    while end < len(doc) and end - start < 6:
        token = doc[end]
        if capitals and token.lower_ in _PARTICLES | {"-"}:
            end += 1
        elif _is_capitalised(token.text):
            called = token.lower_ in _CALLED and not (capitals and token.lower_ in _FAMILIES)
            if called or token.is_stop or token.lower_ in _NOT_NAMES[language] or _VERB.search(token.lower_):
                return None
            end, capitals = end + 1, capitals + 1
        else:
            break
    while end > start and not _is_capitalised(doc[end - 1].text):
        end -= 1
    return doc[start:end] if 2 <= capitals <= 4 else None


def _is_capitalised(word: str) -> bool:
    # Not in capitals throughout: whoever shouts tells nothing by them.
    return word[:1].isupper() and len(word) > 1 and not word.isupper()


def _name_after(doc: Doc, start: int, language: str, weak: bool, titled: bool) -> Span | None:
    """Up to four tokens that read as a name; lower-case names count after "my name is", where nothing else fits.

    After a title ("Mr") one of them is a name, and what follows a capital is not.
    """
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
        if not weak and plain and end - start < (1 if titled else 2):
            end += 1
            continue
        break
    while end > start and not any(character.isalpha() for character in doc[end - 1].text):
        end -= 1
    return doc[start:end] if end > start else None
