"""The guards between strangers and the page, one a file; each is middleware or stands in a call."""

from pipeline.page.guards.events import REFUSED, Callers, Events
from pipeline.page.guards.headers import Encodings, Origins, SecurityHeaders
from pipeline.page.guards.hosts import HostNames, Hosts, is_own_origin
from pipeline.page.guards.limits import MAX_BODY, MCP_BODY, Limits, TooLongTextError, check_texts
from pipeline.page.guards.refusal import SENTENCES, problem, refuse
from pipeline.page.guards.routes import (
    API,
    EVENTS,
    FILE,
    LOGIN,
    MCP,
    RELOAD,
    REST,
    Routes,
    is_form,
    route_of,
)
from pipeline.page.guards.uploads import UploadLimits, Uploads

__all__ = [
    "API",
    "EVENTS",
    "FILE",
    "LOGIN",
    "MAX_BODY",
    "MCP",
    "MCP_BODY",
    "REFUSED",
    "RELOAD",
    "REST",
    "SENTENCES",
    "Callers",
    "Encodings",
    "Events",
    "HostNames",
    "Hosts",
    "Limits",
    "Origins",
    "Routes",
    "SecurityHeaders",
    "TooLongTextError",
    "UploadLimits",
    "Uploads",
    "check_texts",
    "is_form",
    "is_own_origin",
    "problem",
    "refuse",
    "route_of",
]
