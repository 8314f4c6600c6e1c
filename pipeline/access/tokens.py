"""The operator's token: a secret in a file, for the routes that are not a shopper's."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.errors import LookalikeError

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,1024}")
"""What may stand in a header as it is (RFC 6750, section 2.1), too long to be guessed."""
HOW = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'


def read_token(path: Path) -> str:
    """Read a token from a file that holds nothing else.

    Raises:
        LookalikeError: If it cannot be read, is too short, or holds what no header may.
    """
    try:
        with path.open("rb") as stream:
            token = stream.read(2048).decode("utf-8-sig").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise LookalikeError(
            f"The token's file '{path}' cannot be read ({reason}). Give --operator-token a file "
            f"that holds a token. {HOW}"
        ) from error
    if not _TOKEN.fullmatch(token):
        raise LookalikeError(
            f"The file '{path}' holds no token of 16 to 1,024 letters, digits and -._~+/= in one "
            f"line. {HOW}"
        )
    return token
