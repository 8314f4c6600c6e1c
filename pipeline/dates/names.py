"""Names: what months, zones and halves of the day are called, in the languages of shops."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from pipeline.letters import without_unseen

_NAMES = (
    "january januar jänner jaenner janvier enero gennaio janeiro januari styczeń stycznia leden"
    " ledna ocak tammikuu tammikuuta январь января",
    "february februar feber février febrero febbraio fevereiro februari luty lutego únor února"
    " şubat helmikuu helmikuuta февраль февраля",
    "march mar märz maerz mrz mars marzo março maart mrt marzec marca marts březen března mart"
    " maaliskuu maaliskuuta март марта",
    "april avril abril aprile kwiecień kwietnia duben dubna nisan huhtikuu huhtikuuta"
    " апрель апреля",
    "may mai mayo maggio maio mei maj maja květen května mayis toukokuu toukokuuta май мая",
    "june juni juin junio giugno junho czerwiec czerwca červen června haziran kesäkuu kesäkuuta"
    " июнь июня",
    "july juli juillet julio luglio julho lipiec lipca červenec července temmuz heinäkuu"
    " heinäkuuta июль июля",
    "august août agosto augustus augusti sierpień sierpnia srpen srpna ağustos elokuu elokuuta"
    " август августа",
    "september septembre septiembre setiembre settembre setembro wrzesień września září eylül"
    " syyskuu syyskuuta сентябрь сентября",
    "october oktober octobre octubre ottobre outubro październik października říjen října ekim"
    " lokakuu lokakuuta октябрь октября",
    "november novembre noviembre novembro listopad listopada listopadu kasim marraskuu"
    " marraskuuta ноябрь ноября",
    "december dezember décembre diciembre dicembre dezembro desember grudzień grudnia prosinec"
    " prosince aralik joulukuu joulukuuta декабрь декабря",
)
"""Those of the months in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish,
Swedish, Danish, Norwegian, Czech, Turkish, Finnish and Russian, as they stand in a date; a dotless
i has its dot."""
SHORTEST = 3
"""Letters that a month is shortened to at most."""
ZONES = {
    **dict.fromkeys(("utc", "gmt", "z", "wet"), 0),
    **dict.fromkeys(("cet", "bst", "west", "mez"), 1),
    **dict.fromkeys(("cest", "eet", "mesz"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **{"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8},
    "jst": 9,
}
"""Zones by their short names, in hours: Europe's, those of RFC 5322, Japan's. Others are of
several."""
AFTERNOON = ("p", "م", "μ", "下", "午後", "오후", "晚")
"""What the words of the second half of a day begin with."""
NO_MEANING = frozenset(
    (
        *("st", "nd", "rd", "th", "er", "re", "o", "a", "e", "d", "h"),
        *("of", "at", "on", "the", "de", "del", "le", "la", "las", "les", "il", "do", "den"),
        *("der", "am", "um", "uhr", "kl", "klo", "ore", "alle", "om", "op", "hrs", "heures"),
        *("godz", "as", "г", "года"),  # noqa: RUF001 Cyrillic, as it is written
    )
)
"""Words within a date that say nothing more: of the, at, o'clock."""

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag"
    " freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche"
    " lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì"
    " sabato domenica segunda terça quarta quinta sexta feira maandag dinsdag woensdag donderdag"
    " vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota niedziela pn śr"
    " pt sb måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag pondělí"
    " úterý středa čtvrtek pátek neděle pazartesi sali çarşamba perşembe cuma cumartesi pazar pzt"
    " çrş cmt maanantai maanantaina tiistai tiistaina keskiviikko keskiviikkona torstai torstaina"
    " perjantai perjantaina lauantai lauantaina sunnuntai sunnuntaina понедельник вторник среда"
    " четверг пятница суббота воскресенье пн чт пт сб вс"  # noqa: RUF001 Cyrillic, as it is written
    " понеділок вівторок середа субота неділя"
    " δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή hétfő kedd szerda csütörtök péntek"
    " szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică"
)
"""What may stand ahead of a date; begun with two letters or more as well."""
_WEEKDAY = re.compile(
    r"(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
    r"|\([一二三四五六月火水木金土日월화수목금토일]\)"
)
_MARKS = (
    (_WEEKDAY, " "),
    (re.compile(r"[年月년월]\s*"), "-"),
    (re.compile(r"[時时点시分분]\s*(?=\d)"), ":"),
    (re.compile("[日号일時时点시分분秒초]"), " "),
)
"""What China, Japan and Korea write behind the numbers of a date and of a time, and what for."""


def in_plain_digits(text: str) -> str:
    """A text with the digits and marks of ASCII, where it has those of Arabic or of full width."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", without_unseen(text)).replace("\u066b", ".")
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in plain)


def folded(text: str) -> str:
    """A date in small letters, without accents, its digits and marks those of ASCII."""
    text = in_plain_digits(text).casefold()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.replace("\u0131", "i"))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    bare = unicodedata.normalize("NFKC", bare)
    for mark, plain in _MARKS:
        bare = mark.sub(plain, bare)
    return bare


def _months() -> Mapping[str, int]:
    """The number of each month by its names and by what only one month's names begin with."""
    whole = {folded(name): n for n, names in enumerate(_NAMES, 1) for name in names.split()}
    begun: dict[str, set[int]] = {}
    for name, number in whole.items():
        for end in range(SHORTEST, len(name)):
            begun.setdefault(name[:end], set()).add(number)
    return {start: min(numbers) for start, numbers in begun.items() if len(numbers) == 1} | whole


def _weekdays() -> frozenset[str]:
    """The names of the days of the week, and what they begin with."""
    names = folded(_WEEKDAYS).split()
    return frozenset(name[:end] for name in names for end in range(2, len(name) + 1))


WEEKDAYS = _weekdays()
MONTHS = _months()
