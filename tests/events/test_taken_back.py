"""What stands in a column of cancellations where nothing was cancelled leaves the order."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.events.cells.cancelled import takes_back
from tests.events.test_orders import accounted, read

NOT = [
    *("0,00", "$0.00", "0 €", "0%", "0,00 zł", "\u0660", "05", "12,50 €", "$12.50", "-59,00"),
    *("FALSE", "ONWAAR", "FAŁSZ", "ЛОЖЬ", "nie", "Não", "ne", "Nei", "f", "keine", "Ingen"),
    *("\u2013", "--", ".", "(none)", "[]", "N.A.", "k. A.", "not cancelled", "nicht storniert"),
    *("0001-01-01T00:00:00", "1970-01-01", "1900-01-01 00:00:00", "30.12.1899", "9999-12-31"),
    *("00.00.0000", "pas remboursé", "non", "nunca", "not yet refunded", "Never returned", "mai"),
    *("Noch nicht storniert", "pas encore remboursé", "No refund", "keine Rückgabe", "not set"),
]
TAKEN_BACK = [
    *("WAHR", "ИСТИНА", "Ja", "t", "1,0", "x", "2024-02-01T10:00:00.000Z", "01.02.2024"),
    *("01-FEB-24", "1 févr. 2024", "20240201", "1706781600000", "customer request"),
    *(
        "no longer wanted",
        "Never arrived",
        "No stock",
        "not wanted",
        "Kein Interesse",
        "Non conforme",
    ),
    *(
        "Nicht gefallen",
        "mai 2024",
        "Mai 24",
        "not as described",
        "not paid",
        "Nie dotarło",
        "No size",
    ),
]
REFUSED = [
    *("Payment error", "Erreur de paiement", "Zahlungsfehler", "Fehler bei der Bezahlung"),
    *("Errore nel pagamento", "Error en pago", "Erro no pagamento", "Betaalfout", "payment_error"),
    *("Payment failed", "Zahlung fehlgeschlagen", "Paiement refusé", "Pago rechazado"),
    *("Payment received, refunded", "Paid, then cancelled", "Bezahlt und storniert"),
    *("Fout bij betaling", "Błąd płatności", "Betalningsfel", "PaymentError"),
]


@pytest.mark.parametrize("name", ["cancelled", "refunded", "returned"])
@pytest.mark.parametrize("cell", NOT)
def test_a_no_or_no_money_in_any_language_leaves_an_order(
    name: str, cell: str, tmp_path: Path
) -> None:
    counts = read(tmp_path, name, *[f'"{cell}"'] * 3, "yes").counts
    assert accounted(counts, kept=3, cancelled=1)


@pytest.mark.parametrize("name", ["Cancelled at", "refunded", "returned"])
@pytest.mark.parametrize("cell", TAKEN_BACK)
def test_a_yes_a_date_or_a_reason_in_any_language_takes_an_order_back(
    name: str, cell: str, tmp_path: Path
) -> None:
    counts = read(tmp_path, name, f'"{cell}"', "", "").counts
    assert accounted(counts, kept=2, cancelled=1)


@pytest.mark.parametrize("name", ["cancelled", "refunded_at"])
def test_a_column_by_which_most_orders_would_be_cancelled_is_not_used(
    name: str, tmp_path: Path
) -> None:
    counts = read(tmp_path, f"{name},canceled", "abc,", "def,", "ghi,yes", ",").counts
    assert accounted(counts, kept=3, cancelled=1)
    said = f"the column '{name}' is of something else"
    assert any(said in line for line in counts.lines())


@pytest.mark.parametrize("status", REFUSED)
def test_a_payment_that_ended_in_an_error_is_no_purchase(status: str) -> None:
    assert takes_back(status)


@pytest.mark.parametrize(
    "status",
    ["Delivery error", "error", "Paiement accepté", "no error in payment", "Zahlung eingegangen"],
)
def test_any_other_error_leaves_an_order(status: str) -> None:
    assert not takes_back(status)


@pytest.mark.parametrize(
    "status",
    [
        *("Payment error resolved", "Failed payment recovered", "Payment failed, retried and paid"),
        *("Zahlungsfehler behoben", "Erreur de paiement résolue", "Fehlgeschlagen, dann bezahlt"),
        *("Pago fallido, recibido", "Betaalfout opgelost", "Payment declined, then succeeded"),
    ],
)
def test_a_payment_that_failed_and_was_made_after_all_is_a_purchase(status: str) -> None:
    assert not takes_back(status)
