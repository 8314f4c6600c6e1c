"""Currencies: their codes and signs, and which of them a text beside an amount names."""

from __future__ import annotations

import re

from pipeline.amounts.words import AS_WRITTEN, BEHIND, BESIDE

THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
"""Currencies of a thousand parts (ISO 4217): ``12.500 KWD`` is twelve and a half, while
``12.500 EUR`` is more than twelve thousand."""
DOT_DECIMALS = frozenset(
    (
        *("AED", "AUD", "BBD", "BDT", "BMD", "BSD", "BWP", "BZD", "CAD", "CHF", "CNY"),
        *("DOP", "EGP", "ETB", "FJD", "GBP", "GHS", "GIP", "GTQ", "HKD", "HNL", "ILS"),
        *("INR", "JMD", "JPY", "KES", "KRW", "KYD", "LKR", "MMK", "MNT", "MOP", "MXN"),
        *("MYR", "NAD", "NGN", "NIO", "NIS", "NPR", "NTD", "NZD", "PAB", "PEN", "PGK"),
        *("PHP", "PKR", "QAR", "RMB", "SAR", "SGD", "THB", "TTD", "TWD", "TZS", "UGX"),
        *("USD", "XCD", "ZMW", "¥", "Rs", "DH", "﷼", "دينار"),
    )
)
"""Currencies of countries that write a dot before the fraction, never between thousands (Unicode's
CLDR): ``19.990 USD`` is just under twenty. A yen and a yuan have one sign, as have the rupees of
India and of its neighbours, and most or all are such; so are the riyals, and most dinars."""
FRACTIONS = THREE_DECIMALS | DOT_DECIMALS
"""Currencies of which ``12.500`` is twelve and a half."""
_IN_USE = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF
XPF YER ZAR ZMW ZWG BYR DEM FRF HRK LTL LVL MRO NIS NTD RMB SLL STD VEF ZWL
"""
CODES = frozenset(_IN_USE.split())
"""The currencies in use, by ISO 4217, and what else shops still write; ``SPR23`` and ``MAY 2020``
are no amounts."""
NO_PREFIX = frozenset(
    (
        *("ALL", "AMD", "BAM", "BOB", "COP", "CUP", "GEL", "LAK"),
        *("MAD", "MOP", "PAB", "PEN", "SOS", "STD", "TOP", "TRY"),
    )
)
"""Codes that are words, or begin names of articles: ``TOP100`` and ``pen 20`` are no amounts, while
``TOP 100`` is one."""
SIGNS = {
    **{"€": "EUR", "£": "GBP", "₽": "RUB", "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH"},
    **{"₪": "ILS", "₫": "VND", "₱": "PHP", "₦": "NGN", "₲": "PYG", "₡": "CRC", "₵": "GHS"},
    **{"₮": "MNT", "₭": "LAK", "₸": "KZT", "₾": "GEL", "₼": "AZN", "฿": "THB", "৳": "BDT"},
    **{"US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD"},
    **{"R$": "BRL", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "RD$": "DOP"},
    **{"¥": "¥", "￥": "¥", "JP¥": "JPY", "CN¥": "CNY", "GH₵": "GHS", "﷼": "﷼"},
}
"""Of one currency each but the yen's, which is the yuan's too; a dollar alone may be one of twenty,
and so is kept as it is."""
LONGEST_NAME = 60
"""Characters of a column's name that may hold a currency: matching takes time by their square."""
_ALSO = {"RMB": "CNY", "NTD": "TWD", "NIS": "ILS"}
"""What shops write for a code of ISO 4217."""
_SHARED = {
    "$": frozenset(
        (
            *("ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "CUP", "DOP"),
            *("FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "MXN", "NAD", "NIO", "NZD", "SBD", "SGD"),
            *("SRD", "TTD", "TWD", "USD", "UYU", "XCD", "BRL"),
        )
    ),
    "kr": frozenset(("DKK", "ISK", "NOK", "SEK")),
    "¥": frozenset(("CNY", "JPY")),
    "Rs": frozenset(("INR", "LKR", "MUR", "NPR", "PKR", "SCR")),
    "DH": frozenset(("AED", "MAD")),
    "﷼": frozenset(("IRR", "OMR", "QAR", "SAR", "YER")),
    "دينار": frozenset(("BHD", "DZD", "IQD", "JOD", "KWD", "LYD", "TND")),
    "ليرة": frozenset(("LBP", "SYP", "TRY")),
    "FCFA": frozenset(("XAF", "XOF")),
}
"""The currencies of each sign that several have."""
_SIGN = re.compile(r"[A-Z]{0,3}\$|[£¥֏؋฿៛\u20a0-\u20c0]")
_LETTERS_AND_SIGN = re.compile(r"([A-Z]{1,3}) ?([$¥£€₵])|(\$) ?([A-Z]{2,3})")
"""As eBay writes ``US $``, and French Canada ``$ CA`` behind."""
_MARKS = r"[\s_.\-()\[\]/]*"
_LAST = re.compile(
    rf"(.*?){_MARKS}([A-Za-z]{{3}}|[A-Z]{{0,3}}\$|kr|K[čČ]|zł|Ft|[^\w\s.\-()])[)\]]?"
)
_FIRST = re.compile(r"([A-Za-z]{3}|[^\w\s.\-()])[\s_.\-]+(.*)")


def currency_named(text: str, *, before: bool = False, attached: bool = False) -> str | None:
    """The currency that a text beside an amount names.

    Args:
        text: The text, without blanks around it.
        before: Whether it stands before the amount.
        attached: Whether no blank is between them.

    Returns:
        Its code, or a sign that several currencies have, as it is written; empty for an empty
        text, None for one that names no currency.
    """
    if not text:
        return ""
    if text in AS_WRITTEN and not (before and attached):
        return AS_WRITTEN[text]
    if beside := _LETTERS_AND_SIGN.fullmatch(text):
        letters, sign = beside[1] or beside[4], beside[2] or beside[3]
        text = letters if letters in CODES else letters + sign
    if text in SIGNS:
        return SIGNS[text]
    if _SIGN.fullmatch(text):
        return text
    if text.upper() in CODES:
        is_word = text.upper() in NO_PREFIX and (not text.isupper() or (before and attached))
        return None if is_word else text.upper()
    return (BESIDE if before else BEHIND).get(text.casefold())


def may_be_one(first: str, second: str) -> bool:
    """Whether two currencies may be one: a sign that several have is any of them.

    Args:
        first: Its code, its sign or its name; what names none may be any.
        second: The same of the other.
    """
    codes = (currency_named(named.strip()) or "" for named in (first, second))
    one, other = (_ALSO.get(code, code) for code in codes)
    if not one or not other or one == other:
        return True
    known, others = (_SHARED.get("$" if "$" in code else code) for code in (one, other))
    if known is not None and others is not None:
        return known is others
    return other in (known or ()) or one in (others or ())


def split_currency(name: str) -> tuple[str, str]:
    """The name of a column without the currency that it ends or begins with, and that currency.

    ``Price (EUR)``, ``price_usd``, ``Preis in €`` and ``EUR price`` name one; of any other name
    the currency is empty.
    """
    name = name.strip()
    if len(name) > LONGEST_NAME:
        return name, ""
    if (last := _LAST.fullmatch(name)) and (currency := currency_named(last[2])):
        return re.sub(r"[\s_]in$", "", last[1]), currency
    if (first := _FIRST.fullmatch(name)) and (currency := currency_named(first[1], before=True)):
        return first[2], currency
    return name, ""
