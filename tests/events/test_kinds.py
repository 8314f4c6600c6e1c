"""Kinds of events by the words in them, and columns that only look as if they held kinds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events
from pipeline.events.cells.kinds import CART, NO_CHOICE, PURCHASE, VIEW, kind_weight

WORDS = {
    VIEW: "view views Item_Viewed detail_views clicks pv Product_Clicked page_view view_cart",
    CART: "Product_Added add_to_bag addToCart addtocart begin_checkout checkout Checkout_Started "
    "fav wishlist Product_Added_to_Wish_List favourited liked save kept",
    PURCHASE: "Order_Completed purchases paid buy checkout_complete Checkout_Success orders sold "
    "purchased transaction rental",
    NO_CHOICE: "shown refund Order_Refunded remove_from_cart removefromcart Order_Cancelled return "
    "dislike impressions view_item_list Product_List_Viewed abandoned_cart",
    None: "online store 1 4 Coupon_Applied viewer cartoon",
}


@pytest.mark.parametrize("weight", WORDS)
def test_kinds_are_known_by_their_words(weight: float | None) -> None:
    for kind in WORDS[weight].split():
        assert kind_weight(kind.replace("_", " ")) == weight, kind
        assert kind_weight(kind) == weight, kind


def read(folder: Path, name: str, *kinds: str, columns: Columns | None = None) -> Events:
    rows = [f"u{number},a,2024-01-01,{kind}" for number, kind in enumerate(kinds)]
    path = folder / "events.csv"
    path.write_text("\n".join((f"user,item,time,{name}", *rows)), encoding="utf-8")
    return read_events(path, columns)


def test_kinds_that_are_not_known_are_named_and_told_of(tmp_path: Path) -> None:
    events = read(tmp_path, "event", "view", "Kauf", "Kauf", "refund")
    assert (len(events), dict(events.counts.unknown_kinds)) == (1, {"Kauf": 2})
    told = "\n".join(events.counts.lines())
    assert "2 of the kind 'Kauf', which is not known" in told
    assert "1 of the kind 'refund', which says nothing of a choice" in told
    assert "a purchase perhaps, write it as view, cart or purchase" in told
    many = read(tmp_path, "event", "view", *(f"k{chr(97 + n)}" for n in range(12)))
    assert "left out: 2 of 2 more such kinds" in list(many.counts.lines())


def test_a_column_that_may_be_of_something_else_is_none_of_kinds(tmp_path: Path) -> None:
    events = read(tmp_path, "Type", "online", "store", "online")
    assert len(events) == 3
    assert events.weight.tolist() == [1, 1, 1]
    assert (events.counts.rows, events.counts.unknown_kinds.total()) == (3, 0)
    assert "the column 'Type' is of something else than the kind, and is not used" in list(
        events.counts.lines()
    )
    assert len(read(tmp_path, "Type", "sale", "store")) == 1, "half of them are kinds"
    assert len(read(tmp_path, "Type", "dress", "bag", "shirt")) == 3, (
        "a bag is among types of goods"
    )
    few = read(tmp_path, "Type", "view", "purchase", *(f"ping{n}" for n in range(8)))
    assert len(few) == 2, "two that tell of a choice are no chance"
    with pytest.raises(EventsError, match="of the kind 'refund'"):
        read(tmp_path, "Type", "refund")


@pytest.mark.parametrize("name", ["event_type", "event"])
def test_kinds_of_which_none_is_known_are_refused_with_what_to_do(
    name: str, tmp_path: Path
) -> None:
    sentence = rf"'{name}' has '1' \(2\), '4' \(1\). Write view, cart or purchase.*--kind COLUMN"
    with pytest.raises(EventsError, match=sentence):
        read(tmp_path, name, "1", "1", "4")
    assert len(read(tmp_path, name, "1", "1", "4", columns=Columns(kind=""))) == 3
    with pytest.raises(EventsError, match="No kind of event"):
        read(tmp_path, "type", "1", columns=Columns(kind="type"))


UCI = (
    "InvoiceNo,StockCode,Quantity,InvoiceDate,CustomerID\n"
    "536365,85123A,6,12/1/2010 8:26,17850.0\n"
    "C536379,D,-1,12/1/2010 9:41,14527.0\n"
    "536380,22961,-24,12/13/2010 9:41,17809.0\n"
    "536381,22961,24,12/13/2010 9:41,\n"
)


def test_what_was_cancelled_is_no_choice(tmp_path: Path) -> None:
    (tmp_path / "retail.csv").write_text(UCI, encoding="utf-8")
    counts = read_events(tmp_path / "retail.csv").counts
    assert (counts.rows, counts.kept, counts.cancelled, counts.without_user) == (4, 1, 2, 1)
    assert "left out: 2 cancelled or given back" in list(counts.lines())


def test_a_shop_may_begin_the_numbers_of_all_its_invoices_with_a_c(tmp_path: Path) -> None:
    text = "invoice,sku,date,user\nC1,a,2024-01-01,u\nC2,b,2024-01-02,u\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    counts = read_events(tmp_path / "log.csv").counts
    assert (counts.kept, counts.cancelled, counts.ignored) == (2, 0, {"invoice": "invoice"})


ROWS: list[dict[str, object]] = [
    {"user": "u1", "item": 7, "time": "2024-01-01", "event": "view", "tags": ["x"]},
    {"user": "u2", "item": 7.0, "time": 1704067200000, "event": None},
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(row) for row in ROWS) + "\n",
        "\ufeff" + json.dumps(ROWS[0]) + "\n\n" + json.dumps(ROWS[1]),
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
    ],
)
def test_plain_json_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(text, encoding="utf-8")
    events = read_events(tmp_path / "events.json", items=["7"])
    assert (len(events), events.users) == (2, 2)


def test_lines_that_are_no_json_are_counted(tmp_path: Path) -> None:
    lines = [json.dumps(ROWS[0]), '{"user": ', json.dumps(ROWS[1]), "7"]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    counts = read_events(tmp_path / "events.jsonl").counts
    assert (counts.rows, counts.kept, counts.broken) == (4, 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        '{"events": [{"user": "u1"}]}',
        '{\n  "events": [\n    {"user": "u1"}\n  ]\n}',
        '[{"user": "u1", ',
        json.dumps([ROWS[0], ROWS[0] | {"item": {"id": 7}}]),
        json.dumps([ROWS[0] | {"item": [7, 8]}]),
    ],
)
def test_other_json_gets_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(text, encoding="utf-8")
    with pytest.raises(EventsError, match="Save them as CSV") as error:
        read_events(tmp_path / "events.json")
    assert "\n" not in str(error.value)


def test_numbers_that_are_no_kinds_are_read_as_choices_of_one_weight(tmp_path: Path) -> None:
    """As of Tianchi, whose numbers no other log means alike."""
    rows = "".join(f"u{n},i{n % 3},{n % 4 + 1},2024-01-0{n + 1}\n" for n in range(6))
    log = tmp_path / "log.csv"
    log.write_text(f"user_id,item_id,behavior_type,time\n{rows}", encoding="utf-8")
    assert read_events(log).counts.kept == 6
