"""What a text says of money: a number and a currency, however a shop writes them."""

from pipeline.amounts.currencies import currency_named, may_be_one, split_currency
from pipeline.amounts.reading import Amount, read_amount

__all__ = ["Amount", "currency_named", "may_be_one", "read_amount", "split_currency"]
