"""Files of users and tokens: what is let in, and what is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.access import Users, read_token, user_line
from pipeline.errors import LookalikeError

SECRET = "correct horse"
HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$vNwWKFoQ0YCoiyJ2pvvzfg"
    "$Oeid8MMHAmz2j/JpR3xHRVIrzqPT90ROrFyrQE7p1Hc"
)


def test_a_user_is_let_in_by_name_and_password_only(tmp_path: Path) -> None:
    lines = ["# our shop", "", user_line("anna", SECRET), user_line("Zoë", "pässword")]
    # As a text editor on Windows saves it.
    (tmp_path / "users").write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    assert SECRET not in (tmp_path / "users").read_text(encoding="utf-8")
    users = Users.read(tmp_path / "users")
    assert users.check("anna", SECRET)
    # However a keyboard composes the letters.
    assert users.check("Zoe\u0308", "pa\u0308ssword")
    for name, password in [
        ("anna", SECRET + " "),
        ("anna", ""),
        ("anna", lines[2].partition(":")[2]),
        ("anna", "x" * 10_000_000),
        ("anna", "\ud800" * 9),
        ("\ud800", SECRET),
        ("Anna", SECRET),
        ("bert", SECRET),
        ("bert", "nobody has this password"),
        ("", ""),
    ]:
        assert not users.check(name, password), (name[:9], password[:9])


def test_two_users_of_one_password_have_two_hashes() -> None:
    assert user_line("a", SECRET).partition(":")[2] != user_line("b", SECRET).partition(":")[2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "names nobody"),
        (b"# anna\n\n", "names nobody"),
        (b"anna:secret\n", "Line 1 of the users' file"),
        (b"anna\n", "Line 1"),
        (f"anna:{HASH}\nanna:{HASH}\n".encode(), "names 'anna' twice"),
        (f"anna:{HASH}\n\nbert {HASH}\n".encode(), "Line 3"),
        (f":{HASH}\n".encode(), "Line 1"),
        (f"an na:{HASH}\n".encode(), "Line 1"),
        (f"anna:{HASH}:x\n".encode(), "Line 1"),
        (b"anna:$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde\n", "Line 1"),
        (b"anna:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n", "Line 1"),
        # A hash that would take all of the memory, or a day, at each try.
        (f"anna:{HASH.replace('m=19456', 'm=99999999')}\n".encode(), "Line 1"),
        (f"anna:{HASH.replace('t=2', 't=99999')}\n".encode(), "Line 1"),
        (f"anna:{HASH.replace('p=1', 'p=99999')}\n".encode(), "Line 1"),
        (f"anna:{HASH.replace('m=19456,t=2,p=1', 'm=1')}\n".encode(), "Line 1"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"#" * 2_000_000, "longer than 1 MB"),
    ],
)
def test_a_wrong_file_of_users_is_one_sentence(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "users").write_bytes(content)
    with pytest.raises(LookalikeError) as raised:
        Users.read(tmp_path / "users")
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("missing", ["nowhere", "."])
def test_a_file_that_is_none_is_one_sentence(missing: str, tmp_path: Path) -> None:
    for read in (Users.read, read_token):
        with pytest.raises(LookalikeError, match="cannot be read"):
            read(tmp_path / missing)


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("", SECRET, "A name has"),
        ("an na", SECRET, "A name has"),
        ("an:na", SECRET, "A name has"),
        ("#anna", SECRET, "A name has"),
        ("anna\n", SECRET, "A name has"),
        ("a" * 65, SECRET, "A name has"),
        ("anna", "short", "A password has 8"),
        ("anna", "x" * 2000, "A password has 8"),
        ("anna", "\ud800" * 9, "no text"),
    ],
)
def test_a_name_or_password_that_cannot_be_is_one_sentence(
    name: str, password: str, sentence: str
) -> None:
    with pytest.raises(LookalikeError, match=sentence):
        user_line(name, password)


def test_a_token_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"abc.DEF-0123456789_~+/=\r\n")
    assert read_token(tmp_path / "token") == "abc.DEF-0123456789_~+/="


@pytest.mark.parametrize(
    "content",
    [b"", b"too short", b"two words of a token", b"first-line-of-it\nsecond", b"\xff" * 20],
)
def test_a_token_that_cannot_be_one_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(LookalikeError, match="token") as raised:
        read_token(tmp_path / "token")
    assert "\n" not in str(raised.value)
