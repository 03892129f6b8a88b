"""Which language a message is in: most of its words, and where that is a draw, the conversation's language so far."""

from __future__ import annotations

from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from knowledge.tokens import tokens, word_set
from nlu.gloss import GLOSS, words_of

# Chat words that no dictionary of either language lists.
_FRENCH_CHAT = word_set(
    "allo allô salut slt bonjour bonsoir coucou merci mersi ouais ouaip oué nenni svp stp chu chui pis "
    "pantoute koi quoi pkoi pourquoi ca ça sa c jai jpeux jveux suis es-tu est-ce t'es c'est c'tu "
    "tabarnak câlice calisse crisse estie d'accord correct exact oui non arrête arrete annule répète "
    "repete police policier policière test ppo grc polygraphe métier boulot emploi emplois salaire taf "
    "flic flics koman komen komien kombien polisié"
) - {"police", "test", "correct", "exact"}
_ENGLISH_CHAT = word_set(
    "hi hii hiya hey hello bye thx thnx tysm ty ok im ive dont cant wont gonna wanna u ur pls plz lol cop "
    "cops police quit stop damn ass dumbass loser noise complaint menu options pay scale confirm bot "
    "robot yes yeah yep no nope english job jobs opp rcmp oacp"
) - {"police", "ok", "bot", "robot", "stop", "options", "job", "no", "menu"}
_SHARED = {"a", "as", "on", "par", "an", "me", "of", "tu", "or", "car", "des", "sur", "moi", "i", "y", "plus",
           "sans", "the", "ma", "max", "min", "info", "infos", "session", "sessions", "oacp", "dq", "coop", "auto",
           "join", "codes"}  # fmt: skip
_ENGLISH_ALONE = {"the", "of", "an", "i"}
_FRENCH_ALONE = {"tu", "des", "moi", "plus", "sans", "ma", "sur"}
# Said alike in both languages.
_EITHER = {"ok", "okay", "stop", "police", "information"}
_VOTE = _DRAW = 0.12
# Of so few words that tell nothing the detector knows nothing either: "licence", "tats".
_FEW = 2


@lru_cache(maxsize=1)
def _telling_words() -> tuple[frozenset[str], frozenset[str]]:
    """Words that tell of English, and of French."""
    # Only now: spaCy takes seconds to import French.
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.fr.stop_words import STOP_WORDS as FRENCH

    english = (ENGLISH | _ENGLISH_CHAT) - FRENCH - _SHARED - _FRENCH_CHAT | _ENGLISH_ALONE
    french = (FRENCH | _FRENCH_CHAT) - ENGLISH - _SHARED - _ENGLISH_CHAT | _FRENCH_ALONE
    said_in_french, said_in_english = words_of(GLOSS)
    only_english = said_in_english - said_in_french - _SHARED - french
    only_french = said_in_french - said_in_english - _SHARED - english
    return frozenset(english | only_english), frozenset(french | only_french)


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    languages = LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.FRENCH)
    return languages.with_preloaded_language_models().build()


def detect(text: str, so_far: str | None = None) -> str:
    """ "en" or "fr"; `so_far` is the conversation's language, which decides when the text does not.

    >>> detect("c'est quoi le beep test")
    'fr'
    >>> detect("ok", so_far="fr")
    'fr'
    """
    so_far = so_far if so_far in ("en", "fr") else None
    if not any(character.isalpha() for character in text) or text.strip(" .!?").lower() in _EITHER:
        return so_far or "en"
    words = [token.lower_.replace("’", "'") for token in tokens(text, "fr")]
    of_english, of_french = _telling_words()
    votes = sum(((word in of_french) - (word in of_english)) * _VOTE for word in words + text.lower().split())
    if not votes and len(text.split()) <= _FEW:
        return so_far or "en"
    # The detector believes something between 0 and 1; often the words decide it whatever that is.
    decided = abs(votes) > 0.5 + _DRAW
    french = votes + (0.5 if decided else _detector().compute_language_confidence(text, Language.FRENCH))
    if abs(french - 0.5) < _DRAW and so_far:
        return so_far
    return "fr" if french > 0.5 else "en"
