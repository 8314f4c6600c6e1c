"""Spelling: small words that say nothing, one word and several of it, and words that are joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

SMALL = frozenset(
    {
        *("a", "an", "the", "for", "with", "and", "in", "of", "from", "by"),
        *("für", "fuer", "mit", "und", "ein", "eine", "einen", "der", "die", "das", "den", "dem"),
        *("im", "aus", "von", "vom", "zum", "zur"),
        *("pour", "avec", "et", "un", "une", "de", "des", "du", "le", "la", "les", "en", "à"),
        *("au", "aux", "para", "con", "y", "una", "del", "el", "los", "las"),
        *("per", "e", "uno", "di", "della", "da", "il", "lo", "gli"),
        *("voor", "met", "een", "van", "het"),
    }
)
"""Words of English, German, French, Spanish, Italian and Dutch that join others. Not those that are
garments' own in another of these or a brand's, as *or* is gold in French and *On* makes shoes."""
HISSING = ("s", "x", "z", "ch", "sh")
"""Ends of words that take *es*, not *s*, for several."""
LEAST = 3
"""Letters of a word that has another form."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_ALONE = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
_AS_ONE = str.maketrans(_ALONE)
"""Letters that are none with an accent, and what is written for them."""
_AS_TWO = str.maketrans(_ALONE | {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""The same where German and Scandinavian write two letters for one that a keyboard lacks."""


def forms_of(word: str) -> list[str]:
    """A word, and what it may be called where it is one, or several, by English rules.

    What comes of a word of another language is no word of a catalogue, so it changes nothing.
    """
    forms = [word, *_several(word), *_one(word)]
    return [form for form in dict.fromkeys(forms) if form == word or len(form) >= LEAST]


@lru_cache(maxsize=4096)
def plain_forms(word: str) -> tuple[str, ...]:
    """A word as people type it who lack its letters: ``grun`` and ``gruen`` of ``grün``."""
    if word.isascii():
        return (word,)
    apart = (unicodedata.normalize("NFD", word.translate(how)) for how in (_AS_ONE, _AS_TWO))
    return tuple(unicodedata.normalize("NFC", _ACCENTS.sub("", form)) for form in apart)


def joined(words: Sequence[str]) -> list[str]:
    """Each word with the one after it, as in *hand bag* and *handbag*."""
    return [one + other for one, other in pairwise(words)]


def _several(word: str) -> Iterator[str]:
    if len(word) < LEAST:
        return
    if word.endswith("man"):
        yield f"{word[:-2]}en"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
    yield f"{word}es" if word.endswith(HISSING) else f"{word}s"


def _one(word: str) -> Iterator[str]:
    if word.endswith("mans"):
        yield f"{word[:-3]}en"
    if word.endswith("men"):
        yield f"{word[:-2]}an"
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
    if word.endswith("es") and word[:-2].endswith(HISSING):
        yield word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
