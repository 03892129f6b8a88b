"""Reads a typed detail by its shape: is this a question, a name, an e-mail address?

The NLU pipeline guesses at every message; inside a form the shape of the text often knows better.
"""

from __future__ import annotations

import re

from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.fr.stop_words import STOP_WORDS as FRENCH

from knowledge.tokens import word_set

LONGEST_NAME = 100

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*[.'’]?")
_NAME = re.compile(rf"{_WORD.pattern}(?:,?\s+{_WORD.pattern}){{0,5}}")
_LEAD_IN = re.compile(
    r"^(?:(?:hi|hello|yes|no|ok|sure|sorry|actually|oh|bonjour|oui|non|salut|pardon|désolée?|en fait|ben)[,!. ]+)*"
    r"(?:(?:can|could|may) (?:you|i|we) |(?:est-ce que )?(?:je peux|puis-je|pouvez-vous|on peut|peux-tu|tu peux) )?"
    r"(?:(?:it'?s|this is|i am|i['’]?m|call me|it should be|should be|"
    r"(?:please )?(?:change|correct|put|make) (?:it|(?:my|the) (?:full )?name)(?: instead)?(?: to| as)?|"
    r"(?:my |the )?(?:full |real |right |correct )?name(?: is|['’]s|:| to| as)?(?: actually)?|"
    r"(?:chang(?:ez|er|e)|corrig(?:ez|er|e)|mett(?:ez|re)|mets|modifi(?:ez|er|e))(?: plut[oô]t)?(?: (?:mon|le) nom)?(?: plut[oô]t)?(?: pour| par| à| en)?|"
    r"je m['’]?\s?appelle(?: plut[oô]t)?|je suis|moi c['’]est|c['’]est(?: plut[oô]t)?|"
    r"(?:mon |le )?(?:vrai |bon )?nom(?: (?:est|c['’]est|cest|sera|serait|pour|par|à)|:)?(?: plut[oô]t)?)\s*:?\s+)",
    re.IGNORECASE,
)
_SAYS_NAME = re.compile(
    r"\b(?:name(?: is|['’]s|:| to| as)|call me|m['’]?\s?appelle|nom(?::| :| est\b| (?:c['’]est|cest|pour|par|sera)\b))",
    re.IGNORECASE,
)
# "Sory my name is …": a word or two before it says nothing.
_BEFORE = re.compile(
    r"^(?:[^\W\d]+[,!. ]+){0,2}?(?=(?:my name|mon nom|je m['’]?\s?appelle|call me|moi c['’]est)\b)",
    re.IGNORECASE,
)
_A_LANGUAGE = re.compile(r"\b(?:fran[cç]ais|french|english|anglais|francophone|anglophone)\b", re.IGNORECASE)
_TRAILING = re.compile(
    r"[, ]+(?:instead|please|plz|svp|s['’]il vous pla[iî]t|plut[oô]t|à la place)$", re.IGNORECASE
)
_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w+%'-]+(?:\.[\w+%'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?![\w@-])",
    re.IGNORECASE,
)
_TRIED_EMAIL = re.compile(
    r"@|\b(?:gmail|hotmail|outlook|yahoo|icloud)\b|\w\.(?:com|ca|org|net)\b|\w \(?(?:at|arobase)\)? \w+\W+(?:dot|point)\b",
    re.IGNORECASE,
)

_NO_EMAIL = re.compile(
    r"\b(?:no|(?:do|does)(?:n['’]?t| not) (?:have|use|own)|haven['’]?t(?: got)?|without|pas|sans|aucune?|plus) "
    r"(?:(?:an?y?|one|d['’]|de |my|une? |mon )\s?){0,2}(?:e-?mail|mail|courriel|adresse)",
    re.IGNORECASE,
)
_KEEPS_EMAIL = re.compile(
    r"\b(?:do(?:n['’]?t| not) (?:want to|wanna|like to) (?:give|share|say|tell|put)|rather not (?:give|share|say)"
    r"|veux pas (?:\w+ ){0,2}(?:donner|dire|partager|mettre)|préf[eè]re pas (?:la |le )?(?:donner|dire))\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^(?:(?:but|and|wait|mais|et)[, ]+)?(?:why|what(?:['’]?s| is)? (?:it|that|this) for|what for|pourquoi|pkoi|c['’]est pour quoi)"
    r"\b(?:\W+\w+){0,6}\W*$",
    re.IGNORECASE,
)
_SIMPLER = re.compile(
    r"\b(?:simpl(?:er|y|e|ify)|plain(?:er)?|easier|easy (?:english|words?|language)|mots faciles|eli5|dumb it down|in short|tl;?dr|shorter|explain like"
    r"|plus (?:simple|simplement|court|facile)|simplement|simplifie\w*|en bref|en résumé|résume\w*|mots simples)\b",
    re.IGNORECASE,
)
_NOT_SIMPLER = re.compile(r"\bplain[ -]?cloth\w*|\bsimple assault|\bvoies? de fait simple", re.IGNORECASE)


_QUESTION_WORDS = word_set(
    "who what whats what's when where which why how can could do does did is are am was will would should may "
    "tell explain qui que quoi quand où quel quelle quels quelles pourquoi comment combien est-ce puis-je peut-on "
    "peux-tu pouvez-vous peut faut faut-il dois-je y-a-t-il"
)
# Common words that are also people's names, or parts of them.
_ALSO_NAMES = word_set("will may an do so son de du des la le van ha sa my ma na ni y e a")
_TALK = word_set(
    "good morning afternoon evening night hello hi hey bye goodbye thanks thank please yes yeah yep nope ok okay sure "
    "stop quit cancel help change wrong book booking session sessions seat email name mail want need know more "
    "bonjour bonsoir salut merci oui non svp arrête arrêter annule annuler aide changer modifier réserver séance "
    "séances place courriel nom veux besoin savoir plus misspelled misspelt spelled spelt typo mal écrit écrite faux erreur"
)
_COMMON = (frozenset(ENGLISH) | frozenset(FRENCH) | _TALK) - _ALSO_NAMES


def is_question(text: str) -> bool:
    """Whether the text has the shape of a question, whatever it asks."""
    words = text.lower().split()
    return "?" in text or (bool(words) and words[0].strip(",.!") in _QUESTION_WORDS)


def word_count(text: str) -> int:
    return len(text.split())


def read_name(text: str, recognised: bool) -> str | None:
    """The name in an answer to "what is your name?", `None` when the text reads as something else.

    `recognised` says that the NLU pipeline is sure of another meaning; capitals or "my name is" outweigh it.

    >>> read_name("my name is Mary Ann O'Neil-Tremblay", recognised=True)
    "Mary Ann O'Neil-Tremblay"
    """
    bare = _TRAILING.sub("", " ".join(text.split()).rstrip("!.,;) "))
    said = says_name(bare)
    name = _LEAD_IN.sub("", _BEFORE.sub("", bare), count=1).strip()
    if "?" in text or not _NAME.fullmatch(name) or not 2 <= len(name) <= LONGEST_NAME:
        return None
    words = [word.strip(",.'’") for word in name.split()]
    if any(word.lower() in _COMMON for word in words):
        return None
    if said:
        return name
    capitals = all(word[:1].isupper() or word.lower() in _ALSO_NAMES for word in words)
    if len(words) >= 2 and capitals and any(word[:1].isupper() for word in words):
        return name
    return None if recognised or is_question(bare) else name


def speaks_of_language(text: str) -> bool:
    """Whether a language is named: "Jean-François" names none."""
    return _A_LANGUAGE.search(text) is not None


def says_name(text: str) -> bool:
    """Whether somebody says outright that what follows is a name."""
    return _SAYS_NAME.search(text) is not None


def read_email(text: str) -> str | None:
    """The e-mail address that stands in `text`, if there is a well-formed one."""
    match = _EMAIL.search(text)
    return match.group() if match and len(match.group()) <= 254 else None


def without_email(text: str) -> str:
    """The text around an e-mail address: "Jane Doe" of "Jane Doe, e-mail: jane@example.org"."""
    rest = _EMAIL.sub("", text)
    return re.sub(
        r"[\s,;:<>()-]*\b(?:(?:and |et )?(?:my |mon )?(?:e-?mail|mail|courriel)\W*(?:is|est)?)?[\s,;:<>()-]*$",
        "",
        rest,
    )


def tried_email(text: str) -> bool:
    """Whether somebody tried to write an e-mail address."""
    return _TRIED_EMAIL.search(text) is not None


def has_no_email(text: str) -> bool:
    """Whether somebody says that they have no e-mail address."""
    return "@" not in text and _NO_EMAIL.search(text) is not None


def keeps_email(text: str) -> bool:
    """Whether somebody does not want to give an e-mail address."""
    return "@" not in text and _KEEPS_EMAIL.search(text) is not None


def asks_why(text: str) -> bool:
    """Whether somebody asks what a detail is wanted for."""
    return _WHY.match(text) is not None


def wants_it_simpler(text: str) -> bool:
    """Whether the last answer is to be said more simply or shorter; for messages that ask nothing else."""
    return _SIMPLER.search(text) is not None and _NOT_SIMPLER.search(text) is None
