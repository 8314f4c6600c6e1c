"""The Space: what the `Spacefile` describes, checked, and deployed to the hub."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import yaml
from huggingface_hub import HfApi
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.artifacts import MANIFEST, BuiltCatalogue, check_file, open_built
from pipeline.artifacts.manifest import REBUILD
from pipeline.encoder import EncoderIdentity
from pipeline.errors import ArtifactError, HubError
from pipeline.learning import publish_learnt
from pipeline.publishing.push import (
    files_of_encoder,
    own_encoder,
    public_manifest,
    say_learnt_goes_along,
)
from pipeline.publishing.repository import Repository, explained, require_login
from pipeline.settings import PACKAGE, PREFIX, PROJECT, SHIPPED

SPACEFILE = "Spacefile"
PARTS = ("app.py", "Spacefile", "LICENSE", "artifacts/starter-built", "artifacts/starter-catalogue")
"""What the page runs on beside the package; tests, tools, documents and whatever else was built
stay at home."""
ENCODER_PART = "artifacts/starter-encoder"
"""The encoder that it runs on, of which goes up what others may have."""
LEFT_OUT = {"__pycache__", SHIPPED}
BUILT, OWN_ENCODER = "built", "encoder"
"""Folders of the Space for a catalogue that goes along."""
REQUIREMENTS = ("requirements.txt", "requirements-fast.txt")
CPU_TORCH = "--extra-index-url https://download.pytorch.org/whl/cpu"
"""Torch's builds without CUDA, gigabytes smaller, for the free hardware that has no GPU."""

Colour = Literal["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"]
Content = Path | str | bytes
"""Of a file of the Space: a file here, or what is in it."""
HubName = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]


class Space(BaseModel):
    """The fields of a `Spacefile`.

    They are those of the hub's Spaces configuration reference, and ``variables``, which the hub
    keeps in a Space's settings: https://huggingface.co/docs/hub/spaces-config-reference
    """

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1)]
    emoji: Annotated[str, Field(pattern=r"^[^\x00-\x7f]+$")]
    colorFrom: Colour
    colorTo: Colour
    sdk: Literal["gradio"]
    sdk_version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    python_version: Annotated[str, Field(pattern=r"^3\.\d+(\.\d+)?$")]
    app_file: str
    license: str
    short_description: Annotated[str, Field(max_length=60)]
    suggested_hardware: Literal["cpu-basic", "cpu-upgrade", "t4-small", "t4-medium", "l4x1"]
    startup_duration_timeout: Annotated[str, Field(pattern=r"^\d+[mh]$")]
    models: list[HubName] = []
    datasets: list[HubName] = []
    tags: list[str] = []
    preload_from_hub: Annotated[list[str], Field(max_length=10)] = []
    variables: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], str] = {}

    @field_validator("preload_from_hub")
    @classmethod
    def _entries_are_pinned(cls, entries: list[str]) -> list[str]:
        for entry in entries:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+ [\w./,-]+ [0-9a-f]{40}", entry):
                raise ValueError(f"'{entry}' is not 'owner/name file,file commit'")
        return entries

    @property
    def front_matter(self) -> str:
        """The YAML that the hub reads at the top of a Space's README."""
        fields = self.model_dump(exclude={"variables"}, exclude_defaults=True)
        text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
        return f"---\n{text}---\n"


@dataclass(frozen=True)
class Deployment:
    """What a deployment sends.

    Attributes:
        space: The Space.
        files: What goes up, by its path there.
        variables: The settings that the app reads there.
    """

    space: Space
    files: dict[str, Content]
    variables: dict[str, str]

    @property
    def sizes(self) -> dict[str, int]:
        """The bytes of each file that goes up, by its path there, in order."""
        return {
            path: content.stat().st_size if isinstance(content, Path) else len(_data(content))
            for path, content in sorted(self.files.items())
        }


def read_spacefile(path: Path = PROJECT / SPACEFILE) -> Space:
    """Read and check a `Spacefile`.

    Raises:
        HubError: If a field is missing, unknown or has a value that the hub refuses.
    """
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
        space = Space.model_validate(fields)
    except FileNotFoundError:
        raise HubError(f"There is no Spacefile at '{path}'.") from None
    except yaml.YAMLError as error:
        raise HubError(f"'{path}' is no YAML: {error}") from error
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise HubError(f"'{path}' has wrong fields. {'; '.join(wrong)}.") from error
    if not (path.parent / space.app_file).is_file():
        raise HubError(f"'{path}' names the app_file '{space.app_file}', which is not there.")
    return space


def plan_deployment(artifacts: Path | None = None, with_learnt: bool = False) -> Deployment:
    """What the Space needs: the page, the core, the starter set, and files written for it.

    Args:
        artifacts: A built catalogue that goes along and is served there, with its encoder where
            that is one of one's own.
        with_learnt: Whether what was learnt from events goes along with it.

    Raises:
        HubError: See `read_spacefile`.
        ArtifactError: If ``artifacts`` is no built catalogue, or damaged.
    """
    space = read_spacefile()
    files = _files_of(PACKAGE, PACKAGE.name)
    variables = dict(space.variables)
    for part in PARTS:
        files |= _files_of(PROJECT / part, part)
    files |= _files_of_encoder(PROJECT / ENCODER_PART, ENCODER_PART)
    if artifacts is not None:
        built = open_built(artifacts)
        encoder = built.manifest.encoder
        own = own_encoder(encoder)
        if own is not None:
            files |= _files_of_encoder(own, OWN_ENCODER)
            variables[f"{PREFIX}ENCODER"] = OWN_ENCODER
            encoder = replace(encoder, name=OWN_ENCODER)
        files |= _files_of_built(built, encoder, with_learnt)
        variables[f"{PREFIX}ARTIFACTS"] = BUILT
    files["README.md"] = f"{space.front_matter}\n# {space.title}\n\n{space.short_description}.\n"
    files["requirements.txt"] = _requirements(space)
    return Deployment(space, files, variables)


def deploy(name: str, deployment: Deployment, private: bool = False) -> str:
    """Make or renew a Space in one commit, and set its variables.

    Args:
        name: ``owner/name``.
        deployment: What `plan_deployment` gave.
        private: Whether a Space made here is private.

    Returns:
        The Space's address.

    Raises:
        HubError: If there is no token, or the hub refuses.
    """
    repository = Repository.parse(name)
    require_login()
    api = HfApi()
    with tempfile.TemporaryDirectory(prefix="lookalike-deploy-") as scratch:
        for path, content in deployment.files.items():
            target = Path(scratch) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_data(content))
        with explained(repository, "space"):
            made = api.create_repo(
                repository.id,
                repo_type="space",
                space_sdk=deployment.space.sdk,
                private=private,
                exist_ok=True,
            )
            for variable, value in deployment.variables.items():
                api.add_space_variable(repository.id, variable, value)
            api.upload_folder(
                repo_id=repository.id,
                repo_type="space",
                folder_path=scratch,
                commit_message="Deploy Lookalike",
                delete_patterns="*",
            )
    return str(made)


def _files_of_built(
    built: BuiltCatalogue, encoder: EncoderIdentity, with_learnt: bool
) -> dict[str, Content]:
    """What a built catalogue may tell everybody: the manifest that `push` sends, and what it lists.

    Whatever else lies in the folder, such as earlier versions and where they were read, stays here.

    Raises:
        ArtifactError: If a file is damaged, or what was learnt is of another catalogue.
    """
    manifest = replace(public_manifest(built.manifest, encoder), learnt=None)
    files: dict[str, Content] = {}
    for record in manifest.all_files:
        try:
            check_file(built.folder, record)
        except ValueError as error:
            raise ArtifactError(
                f"The built catalogue '{built.folder}' is damaged: {error}. {REBUILD}"
            ) from error
        files[f"{BUILT}/{record.name}"] = built.folder / record.name
    with tempfile.TemporaryDirectory(prefix="lookalike-deploy-") as scratch:
        place = Path(scratch)
        if with_learnt and (learnt := publish_learnt(built, place)) is not None:
            say_learnt_goes_along(learnt)
            manifest = replace(manifest, learnt=learnt)
            files[f"{BUILT}/{learnt.file.name}"] = (place / learnt.file.name).read_bytes()
        manifest.write(place)
        files[f"{BUILT}/{MANIFEST}"] = (place / MANIFEST).read_text(encoding="utf-8")
    return files


def _data(content: Content) -> bytes:
    if isinstance(content, Path):
        return content.read_bytes()
    return content.encode() if isinstance(content, str) else content


def _files_of(source: Path, name: str) -> dict[str, Content]:
    """A file, or every file of a folder but hidden ones, by its path in the Space."""
    if source.is_file():
        return {name: source}
    paths = (file.relative_to(source) for file in sorted(source.rglob("*")) if file.is_file())
    return {
        f"{name}/{path.as_posix()}": source / path
        for path in paths
        if not any(part in LEFT_OUT or part.startswith(".") for part in path.parts)
    }


def _files_of_encoder(folder: Path, name: str) -> dict[str, Content]:
    """What of an encoder's folder others may have, by its path in the Space."""
    return {f"{name}/{file.name}": file for file in files_of_encoder(folder)}


def _requirements(space: Space) -> str:
    """Both files in one, without what the Space brings itself."""
    texts = [(PROJECT / name).read_text(encoding="utf-8") for name in REQUIREMENTS]
    lines = [line for text in texts for line in text.splitlines()]
    kept = [line for line in lines if not line.startswith(("#", "gradio=="))]
    if space.suggested_hardware.startswith("cpu"):
        kept.insert(0, CPU_TORCH)
    return "\n".join(kept) + "\n"
