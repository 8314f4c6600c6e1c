"""Code pages: in which of them the words of a text are spelt as some language spells them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from pipeline.catalogue.reading.tables.decoding.spelling import (
    EASTERN,
    KOREAN,
    LATIN,
    OTHERS,
    THAI,
    TURKISH,
    VIETNAMESE,
    WESTERN,
)

SAMPLE_BYTES = 65_536
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_WORDS = re.compile(rb"[A-Za-z\x80\x81\x83\x88\x8a\x8c-\x90\x98\x9a\x9c-\x9f\xa1-\xff]+")
"""Without the marks between words that all code pages of Windows have in one place."""
_PLAIN = re.compile(rb"[A-Za-z]")
_OF_WINDOWS = re.compile(r"cp125\d")
_MANY_MARKS = re.compile("([\u0300-\u036f]{9,})")
_NO_LETTER = re.compile("[\ue000-\uf8ff\ufffd]")
"""That has no letter in a page, or one of someone's own."""
_SIGNS = "³¹²ºª¿¡¾¼½£¥¢¤¯€©®«»°±·×÷§¶¦¬µ´¨¸ˆ˜"  # noqa: RUF001 as a size has it
"""Beside a word on a western machine; in it, they are letters of another page."""
_MIN_SPELT, _SURE = 0.5, 0.75
"""Of the words of a text, that some language spells so; from the second on, no other is tried."""
_MAX_BROKEN, _MIN_FREQUENT = 0.02, 0.7
"""Of the letters of two bytes: those that a page has not, and those that are frequent in it."""
_MIN_ACCENTED = 4
"""Letters of a word that are not of ASCII: of fewer, it may well be Latin, as ``ÆØÅ`` is."""
_MIN_EASTERN, _MIN_KOREAN = 3, 4
"""Different frequent letters of a text: a Korean one may be a frequent Chinese one too."""
_MIN_SHARE, _MIN_SHARE_OF_ALL = 0.1, 0.02
"""Of the words of no western language in another text, among those that the two pages read
differently, and among all with letters beyond ASCII: a few others may be names, or misspelt."""


@dataclass(frozen=True)
class _Reading:
    """The words of a text by one code page.

    Attributes:
        page: The code page.
        words: The words, in the order of all readings.
        spelt: The places of those that any of its languages spells so.
        in_one: The same of the language that spells most of them so.
    """

    page: str
    words: list[str]
    spelt: frozenset[int]
    in_one: frozenset[int]


def code_page(text: bytes) -> str:
    """The code page of a text whose letters are not all of ASCII, nor UTF-8.

    It is that of western machines unless the words are those of a language of another page.
    """
    sample = text[:SAMPLE_BYTES]
    if len(text) > SAMPLE_BYTES:
        sample = sample[: sample.rfind(b"\n") + 1] or sample  # else half a letter may be last
    words = _latin_words(sample)
    readings = {page: _reading(page, words, LATIN[page], is_latin=True) for page in LATIN}
    western, turkish = readings[WESTERN], readings[TURKISH]
    # Most letters of Turkish have their western places.
    spelt = {place for place in turkish.spelt if turkish.words[place] == western.words[place]}
    western = replace(western, spelt=western.spelt | spelt)
    rather = [one for one in readings.values() if _is_rather(one, western)]
    best = max(rather, key=lambda one: len(one.in_one), default=western)
    if max(len(one.spelt) for one in readings.values()) >= _MIN_SPELT * len(words):
        return best.page
    return _other_page(sample) or best.page


def is_spelt(text: bytes, page: str) -> bool:
    """Whether the words of a text are rather those of a code page's languages than none."""
    if page in EASTERN:
        return True
    if page in LATIN:
        words = _latin_words(text)
        found = _reading(page, words, LATIN[page], is_latin=True)
    else:
        words = _other_words(text, page)
        found = _reading(page, words, OTHERS[page])
    return len(found.spelt) >= _MIN_SPELT * len(words)


def decoded(text: bytes, page: str) -> str:
    """The text of a code page; what is no letter there is the replacement character."""
    read = text.decode(page, "replace")
    if page != VIETNAMESE:
        return read
    # Its tones are letters of their own. To sort a run of them takes the square of its length, and
    # no letter has so many: such a run stays as it is.
    return "".join(
        part if _MANY_MARKS.match(part) else unicodedata.normalize("NFC", part)
        for part in _MANY_MARKS.split(read)
    )


def _latin_words(sample: bytes) -> list[bytes]:
    words = []
    for word in dict.fromkeys(_WORDS.findall(sample)):
        western = word.decode(WESTERN, "replace")
        start = len(western) - len(western.lstrip(_SIGNS))
        bare = word[start : len(western.rstrip(_SIGNS))]
        if len(bare) > 1 and not bare.isascii():
            words.append(bare)
    return words


def _other_words(sample: bytes, page: str) -> list[bytes]:
    found = (_WORDS if _OF_WINDOWS.match(page) else _LETTERS).findall(sample)
    return [word for word in dict.fromkeys(found) if not word.isascii()]


def _reading(
    page: str, words: list[bytes], languages: list[re.Pattern[str]], *, is_latin: bool = False
) -> _Reading:
    texts = decoded(b"\n".join(words), page).split("\n") if words else []
    small = {
        place: text.replace("İ", "i").lower()
        for place, text in enumerate(texts)
        if (text[1:] == text[1:].lower() or _is_in_capitals(text))
        and not (is_latin and _is_of_other_letters(words[place]))
    }
    spelt: list[frozenset[int]] = [
        frozenset(place for place, word in small.items() if one.fullmatch(word))
        for one in languages
    ]
    return _Reading(page, texts, frozenset().union(*spelt), max(spelt, key=len))


def _is_in_capitals(word: str) -> bool:
    bare = word.replace("ß", "")  # which hardly a keyboard has as a capital
    return bare == bare.upper()


def _is_of_other_letters(word: bytes) -> bool:
    """Whether hardly a letter is one of ASCII, as in no word of Latin letters."""
    return 3 * sum(byte < 0x80 for byte in word) < len(word)


def _is_rather(other: _Reading, western: _Reading) -> bool:
    """Whether the words are those of another page's languages, and not of western ones.

    Some look alike: ``rêkaw`` is French by its letters, and Polish (``rękaw``) read as western.
    Those that no western language spells, such as ``ró¿owa``, tell a text that has enough of them;
    so does one language that spells what only several western ones would.
    """
    differ = {place for place, word in enumerate(other.words) if word != western.words[place]}
    least = max(_MIN_SHARE * len(differ), _MIN_SHARE_OF_ALL * len(western.words))
    only_other = len((other.spelt - western.spelt) & differ)
    if only_other > max(len((western.spelt - other.spelt) & differ), least):
        return True
    gain = len(other.in_one & differ) - len(western.in_one & differ)
    is_nearly_all = len(other.in_one) >= _SURE * len(other.words)
    return gain > max(1, least) and is_nearly_all


def _is_in_another_script(sample: bytes) -> bool:
    """Whether its words are rather of other letters than of Latin ones with a few accents.

    Else ``10×20cm`` would be Cyrillic, and ``µm`` Thai.
    """
    in_another = in_latin = 0
    for word in dict.fromkeys(_WORDS.findall(sample)):
        letters = [one for one in word.decode(WESTERN, "replace") if one not in _SIGNS]
        plain = sum(map(str.isascii, letters))
        accented = len(letters) - plain
        in_another += accented >= max(_MIN_ACCENTED, plain + 1)
        in_latin += 0 < accented < plain
    return in_another > in_latin


def _other_page(sample: bytes) -> str:
    """The page of a text in letters that are not Latin; empty where it is of none."""
    shares = {}
    for page, languages in OTHERS.items():
        words = _other_words(sample, page)
        shares[page] = len(_reading(page, words, languages).spelt) / max(1, len(words))
    best = max(shares, key=lambda page: shares[page])
    if (shares[best] < _SURE or best == THAI) and (east := _eastern_page(sample)):
        return east
    return best if shares[best] >= _MIN_SPELT and _is_in_another_script(sample) else ""


def _eastern_page(sample: bytes) -> str:
    """The page of a text in letters of two bytes, nearly all of them frequent; empty for none."""
    shares = {}
    for page, letter in EASTERN.items():
        letters = letter.findall(sample)
        frequent = list(filter(None, letters))
        text = sample.decode(page, "replace").rstrip("\ufffd")  # the last one may be cut
        if len(_NO_LETTER.findall(text)) > _MAX_BROKEN * len(letters):
            continue
        least = _MIN_KOREAN if page == KOREAN else _MIN_EASTERN
        if len(_letters_of_runs(sample, letter)) >= least:
            shares[page] = len(frequent) / max(1, len(letters))
    best = max(shares, key=lambda page: shares[page], default="")
    return best if best and shares[best] >= _MIN_FREQUENT else ""


def _letters_of_runs(sample: bytes, letter: re.Pattern[bytes]) -> set[bytes]:
    """The different frequent letters of two bytes that stand together.

    None if more of them stand alone in a word of ASCII, as those of a Latin text do: ``Größe`` has
    one, of its ``ö`` and ``ß``.
    """
    together: dict[bytes, list[bytes]] = {}
    alone: set[bytes] = set()
    for run in re.finditer(b"(?:%s)+" % letter.pattern, sample):
        letters = letter.findall(run[0])
        beside = sample[run.start() - 1 : run.start()] + sample[run.end() : run.end() + 1]
        is_in_word = _PLAIN.search(beside) is not None
        if is_in_word and len(letters) == 1:
            alone.add(run[0])
        elif not is_in_word and len(letters) > 1:
            together[run[0]] = list(filter(None, letters))
    found = [one for letters in together.values() for one in letters]
    return set(found) if len(found) > len(alone) else set()
