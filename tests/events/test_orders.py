"""Orders: those that were taken back are no choices, and those of all guests are no person's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.events import Columns, Counts, Events, read_events
from pipeline.events.cells.cancelled import takes_back

TAKEN_BACK = (
    "Cancelled|canceled|wc-refunded|OrderCancelled|storniert|Erstattet|Rückerstattet|Zurückgesandt"
    "|Annulé|annulée|Remboursé|Cancelado|Reembolsada|Devuelto|Annullato|Rimborsato|Geannuleerd"
    "|Terugbetaald|Anulowane|VOIDED|failed|Payment declined|Refund completed|restocked"
    "|Shipped - Returned to Seller|Cancelled (payment failed)"
)
STAYS = (
    "Shipped|paid|Pending|partially_refunded|PARTIALLY_CANCELLED|teilweise erstattet|teilerstattet"
    "|Partiellement remboursé|Parcialmente reembolsado|Parzialmente rimborsato|Not returned"
    "|Gedeeltelijk terugbetaald|refund requested|Return rejected|Refund failed|unfulfilled|CA"
    "|Non-returnable|200|nicht storniert"
)


@pytest.mark.parametrize("status", TAKEN_BACK.split("|"))
def test_a_status_takes_an_order_back(status: str) -> None:
    assert takes_back(status)


@pytest.mark.parametrize("status", STAYS.split("|"))
def test_a_status_leaves_an_order(status: str) -> None:
    assert not takes_back(status)


def read(folder: Path, header: str, *rows: str, columns: Columns | None = None) -> Events:
    """Events of items that are numbered by their rows, on one day each."""
    lines = [f"u{n},i{n},2024-01-{n + 1:02},{row}" for n, row in enumerate(rows)]
    (folder / "log.csv").write_text("\n".join((f"user,item,time,{header}", *lines)), "utf-8")
    return read_events(folder / "log.csv", columns)


def accounted(counts: Counts, kept: int, cancelled: int) -> bool:
    """Whether all rows are events or cancelled, and the report says so."""
    is_told = f"left out: {cancelled:,} cancelled or given back" in list(counts.lines())
    sums = (counts.rows, counts.kept, counts.cancelled) == (kept + cancelled, kept, cancelled)
    return sums and (is_told or not cancelled)


@pytest.mark.parametrize(
    "name",
    [
        *("status", "Order Status", "order-status", "item-status", "Financial Status", "state"),
        *("Fulfillment Status", "Statut", "Estado", "Bestellstatus", "payment_status"),
    ],
)
def test_a_status_is_read_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    events = read(tmp_path, name, "paid", "Refunded", "partially_refunded", "storniert", "odd", "")
    assert accounted(events.counts, kept=4, cancelled=2)
    assert events.ids[0] == "i0"
    assert events.weight.tolist() == [1, 1, 1, 1], "no other cell changes anything"


@pytest.mark.parametrize("name", ["Cancelled at", "cancelled_at", "refunded_at", "is_canceled"])
@pytest.mark.parametrize("cell", ["2024-02-01 10:00:00", "1706781600", "true", "1"])
def test_a_column_that_is_filled_where_an_order_was_taken_back(
    name: str, cell: str, tmp_path: Path
) -> None:
    counts = read(tmp_path, name, cell, "", "0", "false", "0000-00-00 00:00:00", "No").counts
    assert accounted(counts, kept=5, cancelled=1)


def test_a_status_of_the_payment_and_one_of_the_delivery_are_both_read(tmp_path: Path) -> None:
    header = "Financial Status,Fulfillment Status,Cancelled at,refunded_at"
    rows = ("paid,shipped,,", "refunded,,,", "paid,returned,,", "paid,,2024-02-01,", "paid,,,yes")
    counts = read(tmp_path, header, *rows, "paid,,,").counts
    assert accounted(counts, kept=2, cancelled=4)


def test_a_column_of_returns_that_all_rows_have_is_of_rentals(tmp_path: Path) -> None:
    some = read(tmp_path, "returned_at", "2024-02-01", "", "").counts
    assert accounted(some, kept=2, cancelled=1)
    all_of_them = read(tmp_path, "returned_at", "2024-02-01", "2024-02-01", "").counts
    assert accounted(all_of_them, kept=3, cancelled=0)
    assert any("'returned_at' is of something else" in line for line in all_of_them.lines())


def test_no_status_is_read_where_somebody_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "status", "failed", "ok", columns=Columns(status="")).counts.kept == 2
    assert read(tmp_path, "Lage", "retour", "ok", columns=Columns(status="Lage")).counts.kept == 1


SHOPIFY = """Name,customer id,Lineitem sku,Created at,Financial Status,Lineitem quantity
#1,u1,a,2024-01-01,refunded,1
#1,u1,b,2024-01-01,,1
#1,u1,c,2024-01-01,,1
#2,u2,a,2024-01-01,paid,1
#2,u2,b,2024-01-01,,1
#3,u2,c,2024-01-02,,1
"""


def test_a_status_in_the_first_row_of_an_order_is_of_its_other_rows_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "orders.csv").write_text(SHOPIFY, "utf-8")
    columns = Columns(item="Lineitem sku")
    assert accounted(read_events(tmp_path / "orders.csv", columns).counts, kept=3, cancelled=3)
    header, *rows = SHOPIFY.splitlines()
    orders = [header, *rows[3:5], rows[0], *(rows[1:3] * 40)]
    (tmp_path / "orders.csv").write_text("\n".join(orders) + "\n", "utf-8")
    monkeypatch.setattr("pipeline.events.tables.csv_table.BLOCK_BYTES", 300)
    counts = read_events(tmp_path / "orders.csv", columns).counts
    assert (counts.kept, counts.cancelled) == (2, 81), "an order may go over blocks"


def test_a_status_of_nothing_but_what_was_taken_back_is_of_its_row_alone(tmp_path: Path) -> None:
    rows = "u1,a,2024-01-01,cancelled\nu1,b,2024-01-01,\n"
    (tmp_path / "log.csv").write_text(f"user,item,time,status\n{rows}", "utf-8")
    assert accounted(read_events(tmp_path / "log.csv").counts, kept=1, cancelled=1)


def test_what_became_of_orders_may_be_named_for_the_kinds(tmp_path: Path) -> None:
    said = [
        *("Shipped", "Delivered", "Completed", "Paid", "Processing", "Pending"),
        *("Shipped - Delivered to Buyer", "partially_refunded"),
    ]
    for name in ("order-status", "what became of it"):
        columns = Columns(kind=name)
        events = read(tmp_path, name, *said, "Cancelled", "Rimborsato", columns=columns)
        assert events.weight.tolist() == [3] * len(said)
        assert events.counts.cancelled + events.counts.no_choice.total() == 2
        assert not events.counts.unknown_kinds


@pytest.mark.parametrize(
    "name",
    [
        *("Menge", "Anzahl", "quantité", "Quantité", "cantidad", "quantità", "aantal", "ilość"),
        *("Stückzahl", "qty_ordered", "Lineitem quantity", "units", "quantite", "qte\u0301"),
    ],
)
def test_a_quantity_below_0_is_given_back_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    counts = read(tmp_path, name, "1", "-1", '"-2,00"', "\u22121", "0", "", "x").counts
    assert accounted(counts, kept=4, cancelled=3)


def test_an_amount_is_of_money(tmp_path: Path) -> None:
    assert read(tmp_path, "amount", "-5", "-5").counts.kept == 2


def test_what_was_refunded_or_cancelled_as_a_whole_is_no_choice(tmp_path: Path) -> None:
    header = "qty_ordered,qty_refunded,qty_canceled"
    rows = (
        "2.0000,0.0000,0.0000",
        "2.0000,2.0000,0.0000",
        "2,1,0",
        "2,1,1",
        "1,,1",
        "1,,",
        "0,0,0",
    )
    assert accounted(read(tmp_path, header, *rows).counts, kept=4, cancelled=3)


def by_users(folder: Path, *users: str) -> Counts:
    rows = [f"{user},i{n},2024-01-01" for n, user in enumerate(users)]
    (folder / "log.csv").write_text("\n".join(("customer_id,item,time", *rows)), "utf-8")
    return read_events(folder / "log.csv").counts


@pytest.mark.parametrize(
    "mark", ["-1", "Guest", "anonymous", "not set", "(not set)", "NULL", "undefined", "invité"]
)
def test_a_mark_in_the_place_of_a_user_is_nobody(mark: str, tmp_path: Path) -> None:
    counts = by_users(tmp_path, "7", mark, "8", mark, "")
    assert (counts.rows, counts.kept, counts.without_user) == (5, 2, 3)
    if mark != "NULL":  # which is an empty cell in any column
        line = f"left out: 3 without a user, with '{mark}' (2) in the place of one"
        assert line in list(counts.lines())


def test_a_user_0_who_is_all_guests_is_nobody(tmp_path: Path) -> None:
    counts = by_users(tmp_path, *"0" * 9, "5", "5", "6", "7", "7", "7")
    assert (counts.rows, counts.kept, counts.without_user) == (15, 6, 9)
    assert "left out: 9 without a user, with '0' (9) in the place of one" in list(counts.lines())


@pytest.mark.parametrize("users", ["000111222", "0000112", "000000", "0001123", "00000011111"])
def test_a_user_0_who_does_as_much_as_others_is_a_person(users: str, tmp_path: Path) -> None:
    counts = by_users(tmp_path, *users)
    assert (counts.kept, counts.without_user) == (len(users), 0)
