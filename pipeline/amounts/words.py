"""Words: what people write for a currency beside an amount, in the languages of shops."""

# ruff: noqa: RUF001 letters of other scripts are meant as they are written

from __future__ import annotations


def _by_word(words: dict[str, str]) -> dict[str, str]:
    return {word: currency for currency, all_of_it in words.items() for word in all_of_it.split()}


BESIDE = _by_word(
    {
        **{"kr": "kr kr.", "Rs": "rs rs.", "IDR": "rp rp.", "CHF": "fr. sfr.", "CZK": "kč"},
        **{"PLN": "zł", "MYR": "rm", "PEN": "s/.", "KES": "ksh ksh. kshs", "FCFA": "fcfa"},
        **{"DH": "dhs dhs. درهم", "AED": "د.إ د.إ.", "MAD": "د.م. د.م", "دينار": "دينار"},
        **{"KWD": "د.ك د.ك.", "BHD": "د.ب د.ب.", "﷼": "ريال", "SAR": "ر.س ر.س."},
        **{"QAR": "ر.ق ر.ق.", "OMR": "ر.ع. ر.ع", "IRR": "ریال", "EGP": "جنيه ج.م ج.م."},
        **{"ليرة": "ليرة"},
    }
)
"""Before an amount or after it, in small letters. Kroner are of four countries, rupees of five,
dirhams and francs of two, riyals, dinars and Arabic pounds of several."""
BEHIND = BESIDE | _by_word(
    {
        **{"EUR": "euro euros ευρώ евро", "RON": "lei", "TRY": "tl", "BGN": "лв лв."},
        **{"UAH": "грн грн.", "RUB": "р р. руб руб. рублей", "KZT": "тг тг. тенге"},
        **{"MDL": "лей", "RSD": "дин дин. din.", "UZS": "сум сўм", "AMD": "դր. դրամ"},
        **{"GEL": "ლარი", "PLN": "zl złotych", "CZK": "kc", "ALL": "lekë", "ILS": 'ש״ח ש"ח'},
        **{"CNY": "元 人民币 yuan", "JPY": "円 yen", "KRW": "원", "VND": "đ vnđ đồng"},
        **{"THB": "บาท บ. baht", "MYR": "ringgit", "IDR": "rupiah", "INR": "रुपये"},
        **{"BDT": "taka টাকা", "DH": "dirham dirhams دراهم", "دينار": "dinars"},
        **{"تومان": "تومان"},
    }
)
"""Only after one: ``Euro 44`` is a shoe's size."""
AS_WRITTEN = _by_word(
    {
        **{"HUF": "Ft", "BAM": "KM КМ", "DH": "DH Dh", "SAR": "SR", "QAR": "QR", "KWD": "KD"},
        **{"EGP": "LE", "DZD": "DA", "TND": "DT", "BYN": "Br"},
    }
)
"""In these letters alone, and before an amount with a blank: ``45 km`` is a way, ``6 ft`` a height,
and ``SR71`` a name."""
