"""Write docs/licences.md: what `make app` installs, and under which licences.

Run `python -m tools.list_licences` where the requirements are installed.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
REQUIREMENTS = ("requirements.txt", "requirements-fast.txt")
LONGEST = 70
"""Where the field for a licence's name holds its whole text, the classifiers name it."""
INTRODUCTION = """# Licences

What `make app` installs on Linux, and the licence that each library states of itself; written by
`python -m tools.list_licences`. Lookalike itself is under Apache-2.0. No library is under the GPL
or the AGPL, which `tests/test_licences.py` holds. What deserves a look:

- `pyvips-binary` carries libvips, under the LGPL: a library of its own that `pyvips` loads, so that
  it can be replaced by another build.
- `certifi`, `orjson` and `tqdm` are in part under the MPL-2.0, which asks for the source of changes
  to their own files.
- The wheels of `numpy`, `scipy`, `scikit-learn` and `faiss-cpu` carry runtime libraries of GCC:
  libgfortran and libgomp, under the GPL with the exception that lets any program use them, and
  libquadmath, under the LGPL.
- PyPI's `torch` for Linux also brings CUDA (`nvidia-…`), under NVIDIA's own licence, which is no
  open one; a build of `torch` for the CPU does without.

"""


def installed() -> dict[str, Distribution]:
    """What the requirements bring, themselves included, by name."""
    found: dict[str, Distribution] = {}
    for name in REQUIREMENTS:
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if pinned := line.partition("#")[0].strip():
                _add(Requirement(pinned), found)
    return dict(sorted(found.items()))


def licence_of(library: Distribution) -> str:
    """What a library states of itself; empty where it states nothing."""
    metadata = library.metadata
    fields = [metadata[name] for name in ("License-Expression", "License") if name in metadata]
    for field in fields:
        if "\n" not in field.strip() and len(field) <= LONGEST:
            return field.strip().removeprefix("OSI Approved :: ")
    classifiers = metadata.get_all("Classifier") or []
    names = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License ::")]
    return ", ".join(names) or (fields[0] if "License-Expression" in metadata else "")


def is_gpl(licence: str) -> bool:
    """Whether a licence is the GPL or the AGPL, and not the LGPL."""
    spelt_out = re.sub(r"lesser general public|lgpl", "", licence, flags=re.I)
    return re.search(r"a?gpl|general public licen[cs]e", spelt_out, re.I) is not None


def page() -> str:
    """The text of the page."""
    rows = [f"| `{name}` | {licence_of(library)} |" for name, library in installed().items()]
    return INTRODUCTION + "\n".join(["| library | licence |", "| --- | --- |", *rows]) + "\n"


def _add(requirement: Requirement, found: dict[str, Distribution]) -> None:
    marker = requirement.marker
    extras = requirement.extras or {""}
    if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in extras):
        return
    name = canonicalize_name(requirement.name)
    if name in found and not requirement.extras:
        return
    try:
        found[name] = distribution(name)
    except PackageNotFoundError:
        return  # that of another system
    for line in found[name].requires or []:
        needed = Requirement(line)
        if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
            needed.marker = None
            _add(needed, found)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
