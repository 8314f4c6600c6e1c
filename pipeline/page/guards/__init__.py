"""The guards between strangers and the page, one a file; each is middleware or stands in a call."""

from pipeline.page.guards.events import REFUSED, Callers, Events
from pipeline.page.guards.headers import SecurityHeaders
from pipeline.page.guards.hosts import HostNames, Hosts
from pipeline.page.guards.limits import Limits
from pipeline.page.guards.refusal import SENTENCES, refuse
from pipeline.page.guards.routes import API, LOGIN, Routes, route_of
from pipeline.page.guards.uploads import UploadLimits, Uploads

__all__ = [
    "API",
    "LOGIN",
    "REFUSED",
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
    "refuse",
    "route_of",
]
