"""The guards between strangers and the page, one a file; each is middleware or stands in a call."""

from pipeline.page.guards.events import Callers, Events
from pipeline.page.guards.headers import SecurityHeaders
from pipeline.page.guards.hosts import HostNames, Hosts
from pipeline.page.guards.limits import Limits
from pipeline.page.guards.refusal import SENTENCES
from pipeline.page.guards.routes import Routes
from pipeline.page.guards.uploads import UploadLimits, Uploads

__all__ = [
    "SENTENCES",
    "Callers",
    "Events",
    "HostNames",
    "Hosts",
    "Limits",
    "Routes",
    "SecurityHeaders",
    "UploadLimits",
    "Uploads",
]
