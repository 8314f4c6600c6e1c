"""Cancelled: what rows say of orders that were taken back, in part or as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.amounts import read_amount
from pipeline.catalogue.columns import is_no
from pipeline.dates import FIRST, LAST, in_plain_digits, read_moment
from pipeline.events.cells.texts import numeric, texts_of
from pipeline.events.columns import (
    CANCELLATION,
    INVOICE,
    ITEM,
    QUANTITY,
    QUANTITY_CANCELLED,
    QUANTITY_RETURNED,
    RETURN,
    STATUS,
    TIME,
    USER,
    folded,
)

INVOICE_CANCELLED = r"^[Cc]\d+$"
"""The number of an invoice that takes another back, as UCI Online Retail has it."""
_STAYS = re.compile(
    r"(part|teil|parc|parz|gedeelt|deels|czesc).*"
    r"|not?|non|never|nicht|keine?|pas|niet|geen|nao|nie"
)
"""Words of a part of an order, or of what was not done: the choice stays."""
_DONE = re.compile(
    r"cancell?ed|refunded|return(ed|ing)|void(ed)?|reversed|restocked|chargedback"
    r"|stornierte?[rs]?|annulliert|widerrufen|abgebrochen|retourniert|(zurue?ck|rue?ck)?erstattet"
    r"|zurue?ck(gegeben|gesendet|gesandt|geschickt|gezahlt)"
    r"|annulee?s?|remboursee?s?|retournee?s?|renvoyee?s?"
    r"|(cancelad|anulad|reembolsad|devolvid|estornad|retornad)[oa]s?|devuelt[oa]s?"
    r"|(annullat|rimborsat|stornat|restituit|res)[oaie]"
    r"|geannuleerde?|terugbetaalde?|geretourneerde?|teruggestuurd|teruggezonden"
    r"|(anulowan|zwrocon)[eyao]|(annuller|refunder|returner)(ad|at|et)|makulerad|aterbetald"
)
"""Words of what was taken back, without accents: English, German, French, Spanish and Portuguese,
Italian, Dutch, Polish, Swedish and Danish."""
_TAKING = re.compile(
    r"cancel|cancell?ations?|refunds?|returns?|chargebacks?|storno|stornierung|retouren?|retours?"
    r"|(rue?ck)?erstattung|rue?ck(gabe|sendung|zahlung)|annulation|remboursement|cancelacion"
    r"|devolucion|reembolso|devolucao|annullamento|rimborso|annulering|terugbetaling|zwrot"
)
"""Words of taking back, which may be to come or refused."""
_OPEN = re.compile(
    r"(request|eligib|possib|mogl|moegl|demand|solicit|richiest|aangevra|beantragt|angefragt).*"
    r"|pending|open|window|policy|days?|label|until|bis"
)
_REFUSED = re.compile(
    r"(declin|reject|fail|refus|abgelehn|fehlgeschlag|echou|rechazad|fallid|rifiutat|fallit"
    r"|geweiger|afgewez|mislukt|odrzucon).*|denied|expired|abgelaufen|falhou"
)
"""Words of a payment or a parcel that was refused; or of a refund, and then the choice stays."""
_ERROR = re.compile(r"errors?|erreurs?|fehler|errore|erro|fout|blad|fejl|feil|fel|virhe|chyba")
_PAYING = re.compile(
    r"payments?|paying|paiements?|(be)?zahlung|zahlen|pagos?|pagamentos?|betaling|betalen|platnosci"
    r"|betalning|maksu|platby"
)
_PAYMENT_ERROR = re.compile(
    r"((be)?zahlungs?|betaal|betalings?|betalnings)(fehler|fout|fejl|feil|fel)"
)
"""Of both a payment that failed; an error alone may be one of the delivery."""
_MENDED = re.compile(
    r"(re)?solved|fixed|recovered|retried|(re)?paid|received|captured|accept.*|success.*|succeeded"
    r"|(be)?zahlt|gezahlt|eingegangen|erhalten|behoben|geloe?st|nachgeholt|erfolgreich|wiederholt"
    r"|resolue?s?|payee?s?|recue?s?|recuperee?s?|reussie?s?|resuelt[oa]s?|resolvid[oa]s?|risolt[oaie]"
    r"|(pagad|recuperad|recibid|recebid|aceptad|aceit)[oa]s?|(pagat|recuperat|ricevut|riuscit)[oaie]"
    r"|betaald|ontvangen|opgelost|geslaagd|gelukt|(op|za)lacon[aeoy]|otrzyman[aeoy]|rozwiazan[aeoy]"
    r"|betalt|betald|modtaget|mottage[nt]|mottatt|maksettu|zaplacen[ao]|gennemfort|genomford"
)
"""Words of a payment that failed at first, and was made after all."""
_NEVER = re.compile(
    r"[-\u2010-\u2015_./*?\s]*|\\n|none|null|nil|nan|nat|n/?a|n\.a\.|k\.? ?a\.?|never"
    r"|undefined|unset|not|no|empty|leer|vide|vuoto|vacio|nicht|niemals|keine?[rs]?|aucune?|pas"
    r"|jamais|ningun[oa]?|nunca|nessun[oa]?|non|mai|geen|niet|nooit|brak|nigdy|nie|nenhuma?|nao"
    r"|ingen|inget|inte|ikke|aldrig"
)
"""What stands where nothing was taken back, without accents, alone or before what was not."""
_BETWEEN = re.compile(
    r"yet|been|was|is|has|have|a|noch|wurde|ist|encore|ete|n|aun|todavia|ha|fue|sido|ancora|stato"
    r"|nog|is|jeszcze|ainda|foi|blev|er|endnu|enda"
)
"""Words beside the two of which one says no and the other what was not done."""
_NOT_YET = frozenset(
    ("not set", "not applicable", "not yet", "noch nicht", "pas encore", "aun no", "non ancora")
)
FIRST_DAY = 19_000_000
"""Numbers from here on are days or times; 1 says yes, and what lies between is an amount."""


def takes_back(status: str) -> bool:
    """Whether a status, or a kind, says that all of an order was taken back or never paid."""
    plain = folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", status))
    # In Portuguese `no` is none, but `in the`.
    words = re.findall(r"[a-z]+", plain.replace("erro no ", "erro "))

    def has(known: re.Pattern[str]) -> bool:
        return any(known.fullmatch(word) for word in words)

    if has(_STAYS):
        return False
    if has(_DONE):
        return True
    if has(_TAKING):
        return not (has(_OPEN) or has(_REFUSED))
    failed = has(_REFUSED) or has(_PAYMENT_ERROR) or (has(_ERROR) and has(_PAYING))
    return failed and not has(_MENDED)


class TakenBack:
    """What a log says of what was taken back.

    Attributes:
        rows: Of how many rows a part says so, and of how many not, by each part that says it of
            none where it would say so of most: a shop may begin all its numbers with a C, and what
            is rented is returned each time.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Counter[bool]] = {}
        self._last = ("", "", False)
        self._is_of_all = False

    def which(self, batch: dict[str, pa.Array]) -> np.ndarray:
        """Which rows take a choice back, ``(m,)`` bool.

        Args:
            batch: The columns of the next rows by their parts of an event.
        """
        cancelled: np.ndarray = self._orders(batch) | _are_given_back(batch)
        if RETURN in batch:
            cancelled |= self._counted(RETURN, _which(batch[RETURN], _is_filled))
        if INVOICE in batch:
            is_such = pc.match_substring_regex(texts_of(batch[INVOICE]), INVOICE_CANCELLED)
            cancelled |= self._counted(INVOICE, np.asarray(is_such))
        return cancelled

    def _counted(self, part: str, here: np.ndarray) -> np.ndarray:
        rows = self.rows.setdefault(part, Counter())
        rows.update({True: int(here.sum()), False: int((~here).sum())})
        return here

    def _orders(self, batch: dict[str, pa.Array]) -> np.ndarray:
        """Which rows are of orders that were taken back as a whole."""
        statuses = _family(batch, STATUS)
        says = _any_of(statuses, bool, len(batch[ITEM]))
        taken_back = _any_of(statuses, takes_back, len(says))
        # A status of nothing but what was taken back is left empty for all that was not.
        self._is_of_all |= bool((says & ~taken_back).any())
        for part in (part for part in batch if part.startswith(CANCELLATION)):
            taken_back |= self._counted(part, _which(batch[part], _is_filled))
        if not self._is_of_all or TIME not in batch or not len(says):
            return taken_back
        return self._of_whole_orders(batch[USER], batch[TIME], ~says, taken_back)

    def _of_whole_orders(
        self, users: pa.Array, times: pa.Array, is_silent: np.ndarray, taken_back: np.ndarray
    ) -> np.ndarray:
        """Shopify writes the status in the first row of an order alone, and the others go with it.

        They are known by the same person at the same time as in the row before.
        """
        same = np.zeros(len(users), dtype=bool)
        if is_silent.any():
            here = [texts_of(column) for column in (users, times)]
            both = [np.asarray(pc.equal(column[1:], column[:-1])) for column in here]
            same[1:] = both[0] & both[1]
            same[0] = (here[0][0].as_py(), here[1][0].as_py()) == self._last[:2]
        goes_with = same & is_silent
        taken_back[0] |= goes_with[0] and self._last[2]
        begins: np.ndarray = np.maximum.accumulate(np.where(goes_with, 0, np.arange(len(users))))
        taken_back |= taken_back[begins]
        last = [texts_of(column[-1:])[0].as_py() for column in (users, times)]
        self._last = (last[0], last[1], bool(taken_back[-1]))
        return taken_back


def _family(batch: dict[str, pa.Array], part: str) -> list[pa.Array]:
    """The columns of a part of which there may be several."""
    return [column for name, column in batch.items() if name.startswith(part)]


def _any_of(columns: list[pa.Array], is_such: Callable[[str], bool], count: int) -> np.ndarray:
    """Which of the rows have a text that is such in one of the columns, ``(count,)`` bool."""
    found = np.zeros(count, dtype=bool)
    for column in columns:
        found |= _which(column, is_such)
    return found


def _are_given_back(batch: dict[str, pa.Array]) -> np.ndarray:
    """Which rows are of quantities below 0, or of which as much was taken back as was ordered."""
    if QUANTITY not in batch:
        return np.zeros(len(batch[ITEM]), dtype=bool)
    ordered = _quantities(batch[QUANTITY])
    back = np.zeros(len(ordered))
    for part in (QUANTITY_CANCELLED, QUANTITY_RETURNED):
        if part in batch:
            back += np.maximum(_quantities(batch[part]), 0)
    given_back: np.ndarray = (ordered < 0) | ((ordered > 0) & (back >= ordered))
    return given_back


def _quantities(column: pa.Array) -> np.ndarray:
    """The quantities of rows; 0 for what is none."""
    numbers = pc.cast(numeric(column), pa.float64(), safe=False).fill_null(0.0)
    return np.where(column.is_null(), 0.0, np.nan_to_num(np.asarray(numbers)))


def _is_filled(text: str) -> bool:
    """Whether a cell says yes, or when; not what an export writes for never, or for no money."""
    text = in_plain_digits(text).strip("()[]<>\"' ")
    plain = folded(text)
    if is_no(text) or _NEVER.fullmatch(plain) or _says_that_it_was_not(plain):
        return False
    digits = re.sub(r"\D", "", text)
    if digits and not digits.strip("0"):
        return False
    if (amount := read_amount(re.sub(r"^0+(?=\d)", "", text))) is not None:
        return not amount.currency and (amount.number == 1 or amount.number >= FIRST_DAY)
    moment = read_moment(text)
    return moment is None or FIRST <= moment.seconds <= LAST


def _says_that_it_was_not(plain: str) -> bool:
    """Whether a text is ``not refunded`` or the like; ``not wanted`` is a reason of a return."""
    if plain in _NOT_YET:
        return True
    words = [word for word in re.findall(r"\w+", plain) if not _BETWEEN.fullmatch(word)]
    is_done = [bool(_DONE.fullmatch(word) or _TAKING.fullmatch(word)) for word in words]
    return is_done == [False, True] and _NEVER.fullmatch(words[0]) is not None


def _which(column: pa.Array, is_such: Callable[[str], bool]) -> np.ndarray:
    """Of which rows the text is such, each different one looked at once."""
    encoded = pc.dictionary_encode(texts_of(column))
    such = np.array([is_such(text) for text in encoded.dictionary.to_pylist()], dtype=bool)
    flags: np.ndarray = such[np.asarray(encoded.indices)]
    return flags
