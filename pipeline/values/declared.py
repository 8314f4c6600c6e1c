"""Every setting, once: its flag, its variable, its key in a file and its line in the docs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PREFIX = "LOOKALIKE_"


class Kind(Enum):
    """What the value of a setting is."""

    TEXT = "text"
    PATH = "path"
    NUMBER = "whole number"
    SWITCH = "true or false"
    LIST = "list of texts"


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: Its key in a file, from which its flag and its variable are made.
        meaning: What it is for, in a few words.
        kind: What its value is.
        default: Its value where nobody gives one.
        otherwise: What holds then, in words, where the value itself does not say it.
        metavar: What stands for the value in a command's help.
    """

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    default: str | int | bool | None = None
    otherwise: str = ""
    metavar: str | None = None

    @property
    def flag(self) -> str:
        """Its flag, such as ``--allowed-host``."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its variable, such as ``LOOKALIKE_ALLOWED_HOST``."""
        return PREFIX + self.name.upper()

    @property
    def held(self) -> str:
        """What holds where nobody gives it a value, in words; empty where nothing does."""
        if self.otherwise or self.default is None or self.kind is Kind.SWITCH:
            return self.otherwise
        return str(self.default)


SETTINGS_FILE = Setting("settings", "a file of settings, in TOML", Kind.PATH, metavar="FILE")
LOADING = (
    Setting(
        "catalogue",
        "hub id, folder, parquet file, table or feed, s3:// address, or 'starter'",
        otherwise="the hub's fashion products if it can be reached, else the starter set",
    ),
    Setting("encoder", "hub id, folder in its format, or 'starter'", otherwise="chosen likewise"),
    Setting("artifacts", "a built catalogue: a folder, s3:// address, or owner/name[@revision]"),
    Setting(
        "home",
        "where built catalogues and compiled networks are kept",
        Kind.PATH,
        default="~/.cache/lookalike",
    ),
    Setting("precision", "what the encoder computes in: auto, fp32, bf16 or int8", default="auto"),
    Setting(
        "allow_outside",
        "let a catalogue's table name pictures outside of its folder",
        Kind.SWITCH,
        default=False,
    ),
    Setting(
        "allow_private",
        "let a feed's pictures come from this machine and its networks",
        Kind.SWITCH,
        default=False,
    ),
    Setting(
        "address",
        "a Milvus that holds what is built: a file NAME.db, or http://host:port",
        otherwise="this machine searches",
    ),
)
"""What to load, and where to keep what is built."""
SERVING = (
    Setting(
        "host",
        "address to listen on",
        otherwise="$GRADIO_SERVER_NAME, else 127.0.0.1",
        metavar="ADDRESS",
    ),
    Setting(
        "port",
        "port to listen on",
        Kind.NUMBER,
        otherwise="$GRADIO_SERVER_PORT, else the first free one from 7860",
        metavar="N",
    ),
    Setting("share", "also open a public link", Kind.SWITCH, default=False),
    Setting(
        "root_path",
        "the path under which a proxy serves the page, such as /lookalike",
        otherwise="$GRADIO_ROOT_PATH",
        metavar="PATH",
    ),
    Setting(
        "allowed_host",
        "another name that the page answers to, as behind a proxy",
        Kind.LIST,
        metavar="NAME",
    ),
    Setting(
        "embed",
        "a site that may show the page in a frame and ask the API, such as https://shop.example",
        Kind.LIST,
        metavar="ORIGIN",
    ),
    Setting(
        "queries_a_minute",
        "uploads and queries from one address that is not this machine's; 0 for any number",
        Kind.NUMBER,
        default=120,
        metavar="N",
    ),
    Setting(
        "auth",
        "a file of the users who may log in",
        Kind.PATH,
        otherwise="everybody may use the page",
        metavar="FILE",
    ),
    Setting(
        "operator_token",
        "a file that holds the token for the operator's routes, such as /metrics",
        Kind.PATH,
        otherwise="they are not served",
        metavar="FILE",
    ),
    Setting(
        "watch",
        "take over what changes of the catalogue or its artifacts while it is served",
        Kind.SWITCH,
        default=False,
    ),
    Setting(
        "mcp",
        "serve agents too: the tools of the Model Context Protocol, at /mcp",
        Kind.SWITCH,
        default=False,
    ),
    Setting("title", "what the page is called", default="Lookalike", metavar="NAME"),
    Setting("logo", "a picture beside the title", Kind.PATH, metavar="FILE"),
    Setting("accent", "the colour of its buttons", default="#1f5f4a", metavar="#RRGGBB"),
    Setting(
        "currency", "the currency of prices whose item names none, such as EUR", metavar="CODE"
    ),
    Setting(
        "columns",
        "an attribute that cards show",
        Kind.LIST,
        otherwise="those that are recognised",
        metavar="NAME",
    ),
    Setting("log_format", "text or json", default="text", metavar="FORMAT"),
    Setting("log_addresses", "let the log tell who asked", Kind.SWITCH, default=False),
    Setting(
        "log_events",
        "a file that notes which items visitors are shown, open and keep, for 'learn'",
        Kind.PATH,
        otherwise="nothing is noted of what visitors do",
        metavar="FILE",
    ),
)
"""Where the page is served, to whom, and what is said of it."""


def settings_named(*names: str) -> list[Setting]:
    """Those of what to load that a command takes."""
    return [setting for setting in LOADING if setting.name in names]
