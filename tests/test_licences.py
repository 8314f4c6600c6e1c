"""Nothing that `make app` installs is under the GPL, and every licence is listed."""

from __future__ import annotations

import re

import pytest

from tools.list_licences import PAGE, installed, is_gpl, licence_of

LISTED = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M))


def test_every_library_states_a_licence_that_is_not_the_gpl() -> None:
    licences = {name: licence_of(library) for name, library in installed().items()}
    assert len(licences) > 50
    assert not [name for name, licence in licences.items() if not licence]
    assert not [name for name, licence in licences.items() if is_gpl(licence)]
    assert "LGPL" in licences["pyvips-binary"]


def test_every_library_is_listed_with_its_licence() -> None:
    """On another system, or with a GPU, others are installed besides."""
    for name, library in installed().items():
        assert LISTED.get(name) == licence_of(library), "run python -m tools.list_licences"


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("GPL-3.0-only", True),
        ("MIT AND GPL-2.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("AGPL-3.0", True),
        ("LGPL-2.1-or-later OR GPL-2.0", True),
        ("LGPL-3.0-or-later", False),
        ("GNU Lesser General Public License v3 or later (LGPLv3+)", False),
        ("MIT", False),
    ],
)
def test_the_gpl_is_known_from_the_lgpl(licence: str, expected: bool) -> None:
    assert is_gpl(licence) is expected
