"""Windows and macOS, as far as one system can tell: names, renames and calls of POSIX alone."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = [ROOT / "app.py", *sorted((ROOT / "pipeline").rglob("*.py"))]
MODULES = {"fcntl", "grp", "pwd", "resource", "syslog", "termios", "tty", "pty"}
CALLS = {
    *("chown", "fchmod", "fork", "forkpty", "getegid", "geteuid", "getgid", "getpgid", "getuid"),
    *("killpg", "mkfifo", "nice", "pread", "pwrite", "sched_getaffinity", "sched_setaffinity"),
    *("sched_yield", "setsid", "setuid", "statvfs", "uname", "wait3", "wait4", "sendfile"),
    *("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2"),
    *("add_signal_handler", "getloadavg", "sysconf", "AF_UNIX", "SO_REUSEPORT"),
}
GUARD = re.compile(r"os\.name|sys\.platform|WINDOWS|hasattr\(|platform\.system")
RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))}


def posix_only(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What Windows lacks, with the function around it, or the file."""
    around = {
        inner: function
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
    }
    for node in ast.walk(tree):
        names: set[str] = set()
        if isinstance(node, ast.Import):
            names = MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = (MODULES & {node.module or ""}) | (CALLS & {a.name for a in node.names})
        elif isinstance(node, ast.Attribute):
            names = CALLS & {node.attr}
        yield from ((name, around.get(node, tree)) for name in names)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import fcntl", ["fcntl"]),
        ("def f():\n    import resource\n", ["resource"]),
        ("import os\ndef f(): return os.getuid()", ["getuid"]),
        ("from signal import SIGKILL", ["SIGKILL"]),
        ("import os\nos.getpid()", []),
    ],
)
def test_what_windows_lacks_is_seen(code: str, found: list[str]) -> None:
    assert [name for name, _ in posix_only(ast.parse(code))] == found


def test_no_call_of_posix_alone_is_without_another_branch() -> None:
    assert len(FILES) > 100
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        for name, around in posix_only(ast.parse(text)):
            assert GUARD.search(ast.get_source_segment(text, around) or text), (file.name, name)


def test_files_are_renamed_in_one_place_which_knows_windows() -> None:
    """`Path.rename` refuses there what exists, and what is open."""
    renaming = [
        file.relative_to(ROOT).as_posix()
        for file in FILES
        if re.search(r"\.rename\(\w|os\.(rename|replace)\(", file.read_text(encoding="utf-8"))
    ]
    # The others rename folders to what is not there yet.
    assert set(renaming) <= {
        "pipeline/artifacts/versions/history.py",
        "pipeline/folders.py",
        "pipeline/encoder/lite.py",
        "pipeline/training/run.py",
    }


def test_text_is_read_and_written_in_utf_8_whatever_the_system_prefers() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                reads = node.func.attr == "read_text" and not node.args
                writes = node.func.attr == "write_text" and len(node.args) < 2
                named = any(keyword.arg == "encoding" for keyword in node.keywords)
                assert named or not (reads or writes), f"{file.name}:{node.lineno}"


def test_every_file_can_be_checked_out_on_windows_and_macos() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    files = listed.stdout.decode().rstrip("\0").split("\0")
    if not files[0]:
        pytest.skip("this is no checkout of git")
    folders = {parent.as_posix() for file in files for parent in Path(file).parents}
    names = [*files, *folders]
    assert len({name.casefold() for name in names}) == len(set(names))
    for name in files:
        path = PureWindowsPath(name)
        assert not re.search(r'[<>:"|?*\\\x00-\x1f]', name), name
        assert not any(part.partition(".")[0].lower() in RESERVED for part in path.parts), name
        assert not any(part.endswith((".", " ")) for part in path.parts), name
        assert len(name) < 150, "Windows takes 260 characters, the folder of the checkout included"


def test_a_worker_that_is_spawned_does_not_start_the_program_again() -> None:
    """Windows and macOS import a program's main file in every worker process."""
    for door in (ROOT / "app.py", ROOT / "pipeline" / "doctor" / "instructions.py"):
        tree = ast.parse(door.read_text(encoding="utf-8"))
        run = [node for node in tree.body if isinstance(node, ast.Expr | ast.If)]
        assert [type(node) for node in run[1:]] == [ast.If]  # the first is the docstring
