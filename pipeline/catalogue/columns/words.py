"""Words: the yes and the no of a cell, in the languages of shops and of their spreadsheets."""

# ruff: noqa: RUF001 the letters of other scripts are meant as they are written

from __future__ import annotations

from pipeline.letters import small_letters

_YES = """
true yes y t 1 1.0 1,0 on ja oui si sí sì sim tak ano áno igen da да так evet kyllä ναι 是 はい 예
wahr vrai vero verdadero verdadeiro waar prawda sand sann sant tosi истина істина doğru pravda igaz
adevărat istina αληθεσ
"""
_NO = """
false no n f 0 0.0 0,0 off nein non nee não nao nie ne nej nei nem nu нет ні hayır ei όχι 否 いいえ
아니오
falsch faux fausse falso onwaar fałsz falsk falskt usann usant epätosi ложь хибність yanlış nepravda
hamis fals laž ψευδεσ
"""
YES, NO = (frozenset(map(small_letters, words.split())) for words in (_YES, _NO))
"""As `small_letters` writes them: what people answer, and the two values of a formula."""


def is_yes(cell: str) -> bool:
    """Whether a cell says yes."""
    return small_letters(cell) in YES


def is_no(cell: str) -> bool:
    """Whether a cell says no."""
    return small_letters(cell) in NO
