"""Spelling: how languages write their words, by which the code page of a text is told.

Each pattern takes a word in small letters. It may let words pass that the language has not, but no
more than it must: the fewer it spells, the more one tells.
"""

# ruff: noqa: RUF001 the letters of other scripts are meant as they are written

from __future__ import annotations

import re

WESTERN, CENTRAL, TURKISH, BALTIC, VIETNAMESE = "cp1252", "cp1250", "cp1254", "cp1257", "cp1258"
_NOT_WESTERN = r"(?!.*(è([aeouy]|i(?!x))|æ[aou]|ñ([^aeiouáéíóú]|$)|ç[^aouáàâãóòôõú]))"
_NOT_TURKISH = r"(?!ğ|ş[rvjy]|.*([^aeıioöuü]ğ|eğ$|[^aeıioöuü]ç[^aeıioöuü]|au|ei|ou))"
_NASAL = r"[ąęįų](?=[szšžcč]|$)"
_TONES = {"a": "àảãáạ", "ă": "ằẳẵắặ", "â": "ầẩẫấậ", "e": "èẻẽéẹ", "ê": "ềểễếệ", "i": "ìỉĩíị"}
_TONES |= {"o": "òỏõóọ", "ô": "ồổỗốộ", "ơ": "ờởỡớợ", "u": "ùủũúụ", "ư": "ừửữứự", "y": "ỳỷỹýỵ"}
_VOWELS = "".join(plain + toned for plain, toned in _TONES.items())
_OF_LATIN = {
    WESTERN: [
        r"[a-zäöüßé]+",  # German
        r"[a-zàâæçéèêëîïôœûüÿñ]+ù?",  # French
        r"[a-záéíóúüñ]+",  # Spanish
        r"[a-zàçèéíïòóúü]+",  # Catalan
        r"([a-zàáâçéêíóôúü]|ã(?=[eiosz]|$)|õ(?=e))+",  # Portuguese
        r"[a-z]*[àèéìòù]?",  # Italian
        r"[a-zæøåäöéèôò]+",  # of the north
        r"[a-zéèëïóöüêáâîôûŵ]+",  # Dutch, Welsh
        # Icelandic: þ begins a word, or the second half of one.
        r"(?!ð|.*(ý.*ý|y[aou]|[aou]y))([abd-pr-vxyáéíóúýæö]|(?<=[aeiouyáéíóúýæörgf])ð"
        r"|((?<=^)|(?<=[íóúm]))þ(?=[aeiouyáéíóúýæörvj])|(?<=[rlnkgs])þ(?=[ráéíóúýæjv]))+",
        r"[a-zäöõüšž]+",  # Estonian
    ],
    CENTRAL: [
        r"[a-ząćęłńóśźż]+",  # Polish
        r"[a-záčďéěíňóřšťúůýž]+",  # Czech
        r"[a-záäčďéíĺľňóôŕšťúýž]+",  # Slovak
        r"[a-záéíóöőúüű]+",  # Hungarian
        r"[a-zăâîşţ]+",  # Romanian
        r"[a-zčćđšž]+",  # of the south
    ],
    TURKISH: [rf"{_NOT_TURKISH}[a-pr-vyzçğıöşüâî]+"],
    BALTIC: [
        rf"([a-pr-vyzčėšūž]|{_NASAL}|(?<=^)į)+",  # Lithuanian
        r"[a-pr-vzāčēģīķļņšūž]+",  # Latvian
        r"[a-zäöõüšž]+",  # Estonian
    ],
    VIETNAMESE: [
        r"(b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
        rf"[{_VOWELS}]{{1,3}}(ch?|m|ngh?|nh?|p|t)?"
    ],
}
THAI = "cp874"
_THAI_SIGN = "[ะ-ฺเ-์]"
_VOWEL = "[аеёиоуыэюяіїєѣ]"
_OF_OTHERS = {
    # Its final letters end words.
    "cp1255": [r"[אבגדהוזחטיכלמנסעפצקרשת]+[ךםןףץ]?"],
    "cp1256": [r"[آأإءابتثجحخدذرزسشصضطظعغـفقكلمنهويئؤپچژگک]+[ةىھ]?"],
    # Each of its words has one stress, but for short ones and capitals; ς ends words.
    "cp1253": [
        r"[β-ρσ-ωα]*[άέήίόύώ]([β-ρσ-ωα]|ϊ|ϋ)*ς?",
        r"[β-δζθκ-νξπ-ρστφ-ψ]*[αεηιουω]{1,2}[β-δζθκ-νξπ-ρστφ-ψ]*ς?",
    ],
    # Its vowels and tones are signs of their own, never far apart.
    THAI: [
        rf"(?!.*[ก-ฯ]{{5}})(?=.*{_THAI_SIGN}|.{{1,3}}$)"
        r"([เ-ไ]?[กขคฆ-ฮ][ัิ-ฺ]{0,2}[็-์]{0,2}[าำๅ]?ะ?|[ฯๆ๐-๙])+"
    ],
    "cp1251": [rf"(?![ьъы])(?!.*{_VOWEL}[ьъ])(?=.*({_VOWEL}|ъ|р)|.{{1,2}}$)[а-яёіїєґўђјљњћџѓќѕ]+"],
    "koi8_r": [rf"(?![ьъы])(?!.*{_VOWEL}[ьъ])(?=.*{_VOWEL}|.{{1,2}}$)[а-яё]+"],
}


def _compiled(patterns: dict[str, list[str]], unless: str) -> dict[str, list[re.Pattern[str]]]:
    return {
        page: [re.compile((unless if page == WESTERN else "") + one) for one in of_page]
        for page, of_page in patterns.items()
    }


LATIN = _compiled(_OF_LATIN, _NOT_WESTERN)
"""How the languages of each code page of Latin letters write a word, the western ones first."""
OTHERS = _compiled(_OF_OTHERS, "")
"""The same of the pages of other letters, those first whose words are told best."""
KOREAN = "cp949"
EASTERN = {
    # Before the others, whose frequent letters have the places of some of its own.
    KOREAN: re.compile(rb"([\xb0-\xc8][\xa1-\xfe])|[\x81-\xfe][A-Za-z\x81-\xfe]"),
    "gb18030": re.compile(
        rb"([\xb0-\xd7][\xa1-\xfe])|[\x81-\xfe](?:[0-9][\x81-\xfe][0-9]|[\x40-\xfe])"
    ),
    "euc_jp": re.compile(rb"([\xa4\xa5\xb0-\xcf][\xa1-\xfe])|\x8f?[\x8e\xa1-\xfe][\xa1-\xfe]"),
    "cp950": re.compile(rb"([\xa4-\xc6][\x40-\x7e\xa1-\xfe])|[\x81-\xfe][\x40-\xfe]"),
    "cp932": re.compile(
        rb"(\x81[\x40\x5b]|\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\x88-\x97][\x40-\xfc]|\x98[\x40-\x72])"
        rb"|[\x81-\x9f\xe0-\xfc][\x40-\xfc]|[\xa1-\xdf]"
    ),
}
"""A letter of each code page of Korea, China, Japan and Taiwan, where it has two bytes, the second
often one of ASCII: in the group if it is frequent, as those that their standards list first."""
