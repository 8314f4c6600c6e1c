"""Users: a file with one line each, a name and the hash of a password."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.errors import LookalikeError

# Argon2id with 19 MiB, two passes and one lane: what OWASP's Password Storage Cheat Sheet asks for
# at least. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
MOST_MEMORY, MOST_PASSES, MOST_LANES = 2**18, 20, 16
"""Of a hash made elsewhere, the first in KiB: each try to log in costs so much."""
SHORTEST_PASSWORD = 8
"""In characters, as NIST SP 800-63B, section 5.1.1.2, asks for."""
LONGEST_PASSWORD = 1024
MAX_FILE = 2**20
_NAME = re.compile(r"[^\s:#\x00-\x1f\x7f][^\s:\x00-\x1f\x7f]{0,63}")
_HASH = re.compile(r"\$argon2(id|i|d)(\$\w=[a-z0-9,=]{1,60}){1,2}(\$[A-Za-z0-9+/]{11,128}){2}")
HOW = "Make a line with: python -m pipeline user NAME"


class Users:
    """Those who may log in.

    Args:
        hashes: By name, the hash of the password as `user_line` makes it.
    """

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = dict(hashes)
        # To try a name that is none must take as long as to try one that is.
        self._nobody = _HASHER.hash("nobody has this password")

    @classmethod
    def read(cls, path: Path) -> Users:
        """Read a file of users: UTF-8, empty lines and those that begin with ``#`` left out.

        Raises:
            LookalikeError: If it cannot be read, names nobody, or a line is none of `user_line`.
        """
        hashes: dict[str, str] = {}
        for number, line in enumerate(_lines(path), 1):
            name, _, hashed = line.strip().partition(":")
            if not line.strip() or name.startswith("#"):
                continue
            if not _NAME.fullmatch(name) or not _is_hash(hashed):
                raise LookalikeError(
                    f"Line {number} of the users' file '{path}' is not a name, a colon and a hash. "
                    f"{HOW}"
                )
            name = _normal(name)
            if name in hashes:
                raise LookalikeError(
                    f"The users' file '{path}' names '{name}' twice. Remove one of the lines."
                )
            hashes[name] = hashed
        if not hashes:
            raise LookalikeError(f"The users' file '{path}' names nobody. {HOW}")
        return cls(hashes)

    def check(self, name: str, password: str) -> bool:
        """Whether this is a user's name and password; takes some 20 ms and 19 MiB."""
        hashed = self._hashes.get(_normal(name))
        try:
            is_right = _HASHER.verify(hashed or self._nobody, _normal(password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
        return is_right and hashed is not None and len(password) <= LONGEST_PASSWORD


def user_line(name: str, password: str) -> str:
    """Make the line of a user.

    Raises:
        LookalikeError: If the name or the password is none that can be used.
    """
    if not _NAME.fullmatch(name):
        raise LookalikeError(
            "A name has 1 to 64 characters, no spaces and no colon, and does not begin with '#'. "
            "Choose another."
        )
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise LookalikeError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters. Choose "
            "another."
        )
    try:
        return f"{_normal(name)}:{_HASHER.hash(_normal(password))}"
    except UnicodeError:
        raise LookalikeError("The password is no text in UTF-8. Choose another.") from None


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise ValueError("it is longer than 1 MB")
        return content.decode("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LookalikeError(
            f"The users' file '{path}' cannot be read ({reason}). Give --auth a file of users."
        ) from error


def _is_hash(text: str) -> bool:
    """Whether it is one of Argon2 that can be tried without taking all of the memory."""
    if not _HASH.fullmatch(text):
        return False
    try:
        costs = extract_parameters(text)
    except (InvalidHashError, ValueError):
        return False
    return (
        costs.memory_cost <= MOST_MEMORY
        and 1 <= costs.time_cost <= MOST_PASSES
        and 1 <= costs.parallelism <= MOST_LANES
    )


def _normal(text: str) -> str:
    """One text for what looks the same, however a keyboard composes it."""
    return unicodedata.normalize("NFC", text)
