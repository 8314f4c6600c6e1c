"""Spelling: small words that say nothing, one word and several of it, and words that are joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

SMALL = frozenset(
    {
        *("a", "an", "the", "for", "with", "and", "in", "of", "from", "by"),
        *("für", "mit", "und", "ein", "eine", "einen", "der", "die", "das", "den", "dem"),
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


def forms_of(word: str) -> list[str]:
    """A word, and what it may be called where it is one, or several, by English rules.

    What comes of a word of another language is no word of a catalogue, so it changes nothing.
    """
    forms = [word, *_several(word), *_one(word)]
    return [form for form in dict.fromkeys(forms) if form == word or len(form) >= LEAST]


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
