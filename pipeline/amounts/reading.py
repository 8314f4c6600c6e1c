"""Amounts: the number and the currency that a text says, however a shop writes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.amounts.currencies import FRACTIONS, currency_named

LONGEST = 40
"""Characters of a text that may be an amount."""
_LIKE_ASCII = str.maketrans(
    {
        **dict.fromkeys("\u2019\u02bc\u2032", "'"),
        **{"\u066b": ".", "\u066c": ",", "\u060c": ","},  # of Arabic digits
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        # Marks without a width, which right-to-left shops and spreadsheets put around amounts.
        **dict.fromkeys("\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff", None),
    }
)
_WIDE = re.compile("[\u3000\uff01-\uffee]+")
"""Letters and digits as wide as Chinese, or half as wide."""
_STARS = re.compile(r" ?\*+(?= |$)")
_NOTES = re.compile(
    r"^(税込み?|税抜き?|税別)[ :]?|( ?("
    r"\([^()]*\)"
    r"|/ ?([0-9]+ ?)?[^\W\d][^\d/]*"  # of what it is the price
    r"|税込み?|税抜き?|税別|(?<!\w)(ttc|ht|brutto|netto|s dph|bez dph|kdv dahil)"
    r"|(?<!\w)(inkl|incl|inc|exkl|excl|ex|zzgl|iva|tva|plus)\b.*"
    r"))+$",
    re.IGNORECASE,
)
"""What shops write around a price that says no other: its unit, its tax, a footnote."""
_WITH_CENTS = re.compile(r".*[.,][0-9]{2}")
_AMOUNT = re.compile(
    r"(?P<minus>-?)(?:(?P<before>[^\d\-]{1,6}?)(?P<blank> ?))?(?P<sign>-?)"
    r"(?P<digits>[0-9](?:[0-9.,' ]*[0-9])?)"
    r"(?P<end> ?[.,:/]-{1,2})?(?P<after>[^\d\-]{0,9})"
)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
_WHOLE = re.compile(r"[1-9][0-9]{0,2}([., '][0-9]{3})(\1[0-9]{3})*")
_SPACED = re.compile(r"[1-9][0-9]{0,2}([ '])[0-9]{3}(\1[0-9]{3})*([.,][0-9]+)?")
_SIZES = re.compile(r"[0-9]+( [0-9]+)+")
"""Without a currency ``98 104`` is rather a child's two sizes."""
_CONTINENTAL = re.compile(r"([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),([0-9]{1,2}|[0-9]{4}|[0-9]{6})")
"""A fraction of four or six digits is one of a database; one of three may be thousands."""
_ENGLISH = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_INDIAN = re.compile(r"[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}(\.[0-9]+)?")
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True)
class Amount:
    """A number with its currency.

    Attributes:
        number: The number.
        currency: Its ISO 4217 code, or a sign that several currencies have; empty for none.
        written: The number as it is written, but for thousands that only the currency tells, so
            that it says the same without.
    """

    number: float
    currency: str
    written: str


def read_amount(text: str) -> Amount | None:
    """Read an amount, as of a price; None for a text that says none.

    ``9,90``, ``1.299,00``, ``1 299,00`` and ``1.299 €`` are prices of the continent, ``1,299.00``
    is one of England, ``1,29,999`` one of India, ``1'299.–`` one of Switzerland. ``1.299`` alone
    is less than two. ``08`` is none: it is written so to tell it from 8. Beside a
    currency, what says no other price is passed over, as in ``12,90 €/St. (TTC)*``.
    """
    if len(text) > LONGEST:
        return None
    text = " ".join(_like_ascii(text).split())
    if (amount := _read(text)) is not None:
        return amount
    starless = _STARS.sub("", text)
    bare = _NOTES.sub("", starless)
    amount = _read(bare) if bare != text else None
    # Of `38 (slim)` and `8 / UK` the number is no price.
    is_price = amount is not None and (amount.currency or _WITH_CENTS.fullmatch(starless))
    return amount if is_price else None


def _like_ascii(text: str) -> str:
    """A text with the digits and marks of ASCII in place of those like them."""
    if text.isascii():
        return text
    text = _WIDE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    text = unicodedata.normalize("NFC", text).translate(_LIKE_ASCII)
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _read(text: str) -> Amount | None:
    """What an amount says without notes on it; None for a text that is none."""
    found = _AMOUNT.fullmatch(text)
    named = _currency(found) if found is not None else None
    if found is None or named is None:
        return None
    minus = found["minus"] or found["sign"]
    decimal = _decimal(found["digits"], named, is_whole=found["end"] is not None)
    if decimal is None:
        return None
    return Amount(float(minus + decimal), named, minus + _written(found, named, decimal))


def _written(found: re.Match[str], currency: str, decimal: str) -> str:
    """The digits as they are written, where they say the same without what stands around them."""
    digits = found["digits"]
    are_told = found["end"] is None and _decimal(digits, "", is_whole=False) == decimal
    return digits if are_told and without_thousands(digits, currency) != decimal else decimal


def without_thousands(digits: str, currency: str) -> str:
    """The digits of an amount, without the dots between thousands where it has such.

    Args:
        digits: As they are written: ``1.299`` of ``1.299 EUR``.
        currency: Its code; empty where none is known, when a single dot is one of a fraction.
    """
    is_of_thousands = bool(currency) and currency not in FRACTIONS
    if _THOUSANDS.fullmatch(digits) and (is_of_thousands or digits.count(".") > 1):
        return digits.replace(".", "")
    return digits


def _currency(found: re.Match[str]) -> str | None:
    """The currency named before or after an amount; empty for none, None for any other text."""
    beside, is_attached = found["before"] or "", not found["blank"]
    before = currency_named(beside, before=True, attached=is_attached)
    after = currency_named(found["after"].strip())
    if before is None or after is None:
        return None
    # `EUR-5` is rather an article's number; of `$10 CAD` the code tells more.
    is_article = is_attached and found["sign"] and beside[-1:].isalpha()
    return None if is_article else (after if len(after) > len(before) else before)


def _decimal(digits: str, currency: str, is_whole: bool) -> str | None:
    """The digits of an amount as Python writes a number; None where they are grouped oddly.

    Args:
        digits: As they are written.
        currency: Its code; empty for none.
        is_whole: Whether a dash stands for the fraction, so that marks divide thousands.
    """
    digits = without_thousands(digits, currency)
    if is_whole and _WHOLE.fullmatch(digits):
        digits = re.sub(r"[., ']", "", digits)
    elif _SPACED.fullmatch(digits) and (currency or not _SIZES.fullmatch(digits)):
        digits = re.sub(r"[ ']", "", digits).replace(",", ".")
    elif _CONTINENTAL.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(digits) or _INDIAN.fullmatch(digits):
        digits = digits.replace(",", "")
    return digits if _DECIMAL.fullmatch(digits) else None
