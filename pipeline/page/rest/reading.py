"""Reading: a request, JSON or a form with files, as the parameters of a query."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from pipeline.errors import PictureError, QueryError
from pipeline.page.guards import MAX_BODY, TooLongTextError, check_texts, is_form
from pipeline.page.guards.arriving import CUT_OFF, MAX_PARTS, STATUS, TOO_MANY_PARTS
from pipeline.page.parameters import IDS, QUERY, Parameter
from pipeline.recommender import read_id, read_ids, shown

FILE, ID = "file", "id"
IDS_OF = {parameter.name for parameter in QUERY if parameter.schema == IDS}
SWITCHES = {parameter.name for parameter in QUERY if parameter.schema.get("type") == "boolean"}
TEXTS = {ID, "box", "metric", "words"}
"""Which are texts in a form, whatever JSON would read in them."""
ON, OFF = frozenset(("true", "on", "yes", "1")), frozenset(("false", "off", "no", "0"))
"""What forms write for a switch: `on` a box of HTML that is ticked, `True` Python's `requests`."""
NOT_A_FORM = "The form cannot be read. Send it as curl does: curl -F file=@shirt.jpg -F k=3"
STARLETTES = {
    "Part exceeded": f"One value of the form is longer than {MAX_BODY // 2**10} kB. Shorten it.",
    "Too many": TOO_MANY_PARTS,
}
"""What Starlette's own sentences begin with, and ours."""
NOT_AN_OBJECT = 'The request is JSON, but no object. Send one, such as {"words": "red shirt"}.'
NOT_A_FILE = "'file' came as a text. Send the picture itself: curl -F file=@shirt.jpg"
FILE_IN_JSON = "JSON holds no picture. Send it as a form: curl -F file=@shirt.jpg -F k=3"


@contextlib.asynccontextmanager
async def parameters_of(
    request: Request, parameters: Sequence[Parameter]
) -> AsyncIterator[dict[str, Any]]:
    """Read the parameters of a query; its pictures stay open for as long as the context lasts.

    Args:
        request: The request.
        parameters: Those that there are, beside the photos and the item.

    Raises:
        HTTPException: If the request cannot be read.
        QueryError: If it names a parameter that there is none of, or any in its address.
        PictureError: If a picture is no file.
    """
    if request.query_params:
        raise QueryError(
            f"The address has the parameter {shown(next(iter(request.query_params)))}, which is "
            "not read. Send parameters in the body, as JSON or a form."
        )
    if not is_form(request.scope):
        given = json.loads(await request.body())  # the guards have read it before
        if not isinstance(given, dict):
            raise HTTPException(400, NOT_AN_OBJECT)
        if FILE in given:
            raise PictureError(FILE_IN_JSON)
        yield _named(given, parameters)
        return
    form = await _read_form(request)
    try:
        yield _named(_values(form), parameters)
    finally:
        await form.close()


def _named(given: dict[str, Any], parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The parameters of a `Query`, those that are left out as the API has them."""
    names = (FILE, ID, *(parameter.name for parameter in parameters))
    if odd := [name for name in given if name not in names]:
        raise QueryError(f"There is no parameter {shown(odd[0])}. There are: {', '.join(names)}.")
    named = {parameter.name: parameter.default for parameter in parameters} | given
    pictures, own = named.pop(FILE, None), named.pop(ID, None)
    if own is not None:
        named["items"] = [read_id(own, ID), *read_ids(named["items"], "items")]
    return named | {"pictures": pictures}


def _values(form: FormData) -> dict[str, Any]:
    """What a form says, its numbers, lists and objects read as JSON writes them.

    A page sends every field of its form: one that nobody has filled in is left out, as null is.
    """
    values: dict[str, Any] = {}
    for name in form:
        sent = [part for part in form.getlist(name) if not _is_empty(part)]
        if not sent:
            values[name] = None
        elif name == FILE:
            if not all(isinstance(part, UploadFile) for part in sent):
                raise PictureError(NOT_A_FILE)
            values[name] = [part.file for part in sent if isinstance(part, UploadFile)]
        elif any(isinstance(part, UploadFile) for part in sent):
            raise PictureError(f"{shown(name)} came as a file. Send pictures by the name 'file'.")
        elif name in IDS_OF:
            values[name] = [item for text in sent for item in _ids(str(text))]
        elif len(sent) > 1:
            raise QueryError(f"{shown(name)} is given {len(sent)} times. Give it once.")
        elif name in SWITCHES and (said := str(sent[0]).strip().casefold()) in ON | OFF:
            values[name] = said in ON
        else:
            values[name] = _text(str(sent[0])) if name in TEXTS else _value(str(sent[0]))
    return values


def _is_empty(part: UploadFile | str) -> bool:
    """Whether a field says nothing: a text of no letter, or a file that nobody has chosen."""
    if isinstance(part, UploadFile):
        return not part.filename and not part.size
    return not part.strip()


def _ids(text: str) -> list[Any]:
    """The ids in one value of a form: a list as JSON writes it, or one."""
    read = _value(text) if text.lstrip().startswith("[") else _text(text)
    return read if isinstance(read, list) else [text]


def _value(text: str) -> Any:  # noqa: ANN401 whatever JSON can say
    """What a text says as JSON; itself where it is none."""
    try:
        value = json.loads(text)
        check_texts(value)
    except TooLongTextError as error:
        raise HTTPException(413, str(error)) from error
    except (ValueError, RecursionError):
        return _text(text)
    return value


def _text(text: str) -> str:
    """The same, if it is not longer than one in JSON may be."""
    try:
        check_texts(text)
    except TooLongTextError as error:
        raise HTTPException(413, str(error)) from error
    except ValueError as error:
        raise HTTPException(400, NOT_A_FORM) from error
    return text


async def _read_form(request: Request) -> FormData:
    parser = _Parser(
        request.headers,
        request.stream(),
        max_files=MAX_PARTS,
        max_fields=MAX_PARTS,
        max_part_size=MAX_BODY,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        sentence = error.message if error.message in STATUS else NOT_A_FORM
        for said, meant in STARLETTES.items():
            sentence = meant if error.message.startswith(said) else sentence
        raise HTTPException(STATUS.get(sentence, 400), sentence) from error
    if not parser.is_whole:
        await form.close()
        raise HTTPException(400, CUT_OFF)
    return form


class _Parser(MultiPartParser):
    """Starlette's, which takes a form that lacks its end for a whole one."""

    is_whole = False

    def on_end(self) -> None:
        self.is_whole = True
