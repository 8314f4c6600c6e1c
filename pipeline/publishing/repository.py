"""Repositories of the hub: their names, and their libraries' errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from huggingface_hub import get_token
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from pipeline.errors import HubError, LookalikeError, lines_of
from pipeline.hub import find_hub, hub_endpoint
from pipeline.stalls import HubStalled

LOG_IN = "Log in with `hf auth login`, or set the variable HF_TOKEN."
STATUSES = {
    401: f"the hub does not know who asks. {LOG_IN}",
    403: "your token may not do this. Make one with write access at the hub's settings, then "
    "log in with `hf auth login`.",
    409: "it exists already, with other content.",
    429: "the hub asks to slow down. Try again in a few minutes.",
}


@dataclass(frozen=True)
class Repository:
    """A repository's name, ``owner/name``, and a revision of it, if one was named."""

    id: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.id if self.revision is None else f"{self.id}@{self.revision}"

    @classmethod
    def parse(cls, text: str) -> Repository:
        """Read ``owner/name`` or ``owner/name@revision``.

        Raises:
            HubError: If it is neither.
        """
        name, has_revision, revision = text.partition("@")
        try:
            validate_repo_id(name)
        except HFValidationError:
            name = ""
        if "/" not in name or (has_revision and not revision):
            raise HubError(
                f"'{text}' names no repository of the hub. Write owner/name, or "
                "owner/name@revision for a branch, a tag or a commit."
            )
        return cls(name, revision or None)


def require_login() -> None:
    """Make sure that something can be published from here.

    Raises:
        HubError: If the hub cannot be reached, or there is no token.
    """
    if not find_hub():
        raise HubError(
            f"The hub ({hub_endpoint()}) cannot be reached, so nothing was published. Check the "
            "connection and HF_HUB_OFFLINE, and run the command again."
        )
    if get_token() is None:
        raise HubError(f"Publishing needs a token of the hub. {LOG_IN}")


@contextmanager
def explained(repository: Repository, kind: str = "dataset") -> Iterator[None]:
    """Turn the errors of the hub's library into one sentence each.

    Args:
        repository: What the calls inside are about.
        kind: ``dataset``, ``model`` or ``space``.

    Raises:
        HubError: With what is wrong and what to do about it.
    """
    try:
        yield
    except LookalikeError:
        raise
    except Exception as error:
        raise HubError(f"The {kind} '{repository}': {_reason(error)}") from error


def _is_stalled(error: BaseException | None) -> bool:
    """Whether the hub stopped answering, which its library may have told in an error of its own."""
    while error is not None and not isinstance(error, HubStalled):
        error = error.__cause__ or error.__context__
    return error is not None


def _reason(error: Exception) -> str:
    if isinstance(error, GatedRepoError):
        return f"its owner grants access one by one. Ask for it on its page. {LOG_IN}"
    if isinstance(error, RepositoryNotFoundError):
        return f"it is not on the hub, or it is private. Check the name. {LOG_IN}"
    if isinstance(error, RevisionNotFoundError):
        return "there is no such revision. Name a branch, a tag or a commit that it has."
    if _is_stalled(error):
        return "the hub stopped answering, so it was given up. Nothing is half done; run it again."
    if isinstance(error, LocalEntryNotFoundError | OfflineModeIsEnabled):
        return "the hub cannot be reached, and no copy is cached here. Check the connection."
    if isinstance(error, EntryNotFoundError):
        return "it lacks a file that a published catalogue has. Publish it again."
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code if error.response is not None else 0
        otherwise = f"the hub failed (status {status}). Nothing is half done; run it again."
        return STATUSES.get(status, otherwise)
    return f"the transfer broke off ({lines_of(error)[0]}). Nothing is half done; run it again."
