"""Every error that a user can cause or mend, so that interfaces show a sentence, not a stack."""


class LookalikeError(Exception):
    """Base of the project's errors. The message says what is wrong and what to do about it."""


class PictureError(LookalikeError):
    """A picture that cannot be used: unreadable, too large, too small or too narrow."""


class CatalogueError(LookalikeError):
    """A catalogue that cannot be found, opened or used."""


class CutShortError(CatalogueError):
    """A catalogue whose source breaks off, so that what is missing in it need not be gone."""


class EncoderError(LookalikeError):
    """An encoder that cannot be found, loaded or used."""


class ArtifactError(LookalikeError):
    """A built catalogue that is missing, damaged, or made by another encoder or version."""


class QueryError(LookalikeError):
    """A query that cannot be answered: an unknown metric, or a number of matches out of range."""


class HubError(LookalikeError):
    """A repository of the hub that cannot be read, written or trusted."""


class DatabaseError(LookalikeError):
    """A database of embeddings that cannot be reached, or does not answer in time."""


class WorkersError(LookalikeError):
    """Machines that are to embed and cannot be reached, or cannot do it as this one does."""


class StoreError(LookalikeError):
    """An address of object storage that cannot be read, written or trusted."""


class EventsError(LookalikeError):
    """A shop's log that cannot be read, or from which nothing can be learnt."""


def lines_of(error: BaseException) -> list[str]:
    """The lines of what another library's error says, or its class where it says nothing."""
    return str(error).strip().splitlines() or [type(error).__name__]
