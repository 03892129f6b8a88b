"""French as it is typed in chats, written out: "jai", "chu", "cb", "es ce que".

What the encoder and the spelling of words know of French is what is printed. Examples and messages are both read so.
"""

from __future__ import annotations

import re

# What is meant, and how it is typed. Nothing that is a word of its own.
_TYPED = {
    "j'ai": "jai ja'i",
    "je suis": "chu chui chuis jsuis jsui jss j'suis shui",
    "je peux": "jpeux jpeut jpeu j'peux",
    "je veux": "jveux jveut jveu j'veux",
    "je vais": "jvais jva",
    "je n'ai": "jnai",
    "c'est": "cest c'e",
    "quoi": "koi kwa qoi",
    "qu'est-ce qui": "kess kesse quesse qu'esse",
    "est-ce que": "esk eske esque esce-que",
    "pourquoi": "pk pkoi pq prk pkw pourkoi",
    "combien": "cb cbn conbien komien kombien konbien",
    "comment": "coman comen koman komen kommen",
    "il y a": "ya y'a",
    "beaucoup": "bcp",
    "tout": "tt",
    "toujours": "tjrs tjs tjr",
    "quand": "qd kan kand",
    "quelqu'un": "qqn",
    "quelque chose": "qqch",
    "dans": "ds",
    "pour": "pr",
    "avec": "avk",
    "salut": "slt",
    "s'il vous plaît": "svp stp",
    "rendez-vous": "rdv",
    "maintenant": "mtn mnt asteure astheure asteur",
    "parce que": "pcq psk pske pck parske",
    "il faut": "fo yfaut yfo",
    "que": "ke",
    "vous": "vs",
    "même": "mm",
    "temps": "tps tem",
    "appliquer": "apliker apliquer aplicker",
    "policier": "polisié polisier policié",
    "aujourd'hui": "ajd",
    "vraiment": "vrm",
    "peut-être": "ptet",
    "problème": "prob pb",
    "fin de semaine": "weekend week-end",
    "et": "pis",
}
_MEANT = {typed: meant for meant, every in _TYPED.items() for typed in every.split()}
_RUN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_WORD = re.compile(r"(?<![\w'@./-])[^\W\d_]+(?:['-][^\W\d_]+)*(?![\w@/-]|\.\w)")
_PHRASES = (
    (re.compile(r"\b(?:es|est|esse)[ -]?(?:ce|se)[ -](?:que|ke)\b", re.IGNORECASE), "est-ce que"),
    (re.compile(r"\b(?:il )?y[' ]?a[ -]?tu\b", re.IGNORECASE), "y a-t-il"),
    (re.compile(r"(?<![\w'@./-])c(?= [a-z])"), "c'est"),
    (re.compile(r"\b(comment|coman|koman|comen|komen|quoi|koi) fer\b", re.IGNORECASE), r"\1 faire"),
    (re.compile(r"\bsa (?=prend|coûte|coute|dure|paie|paye|marche|fait)\b", re.IGNORECASE), "ça "),
)


def written_out(text: str) -> str:
    """The text with its chat words as they are printed; what is none stays.

    >>> written_out("chu tu correct, jai 17 ans pis cb de temps ca prend")
    "je suis tu correct, j'ai 17 ans et combien de temps ca prend"
    """
    for typed, meant in _PHRASES:
        text = typed.sub(meant, text)
    # Most texts have none, and to look up is quicker than to replace.
    if _MEANT.keys().isdisjoint(_RUN.findall(text.lower())):
        return text
    return _WORD.sub(lambda found: _MEANT.get(found[0].lower(), found[0]), text)
