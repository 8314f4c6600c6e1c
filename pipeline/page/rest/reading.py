"""Reading: a request, JSON or a form with files, as the parameters of a query."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from pipeline.errors import PictureError, QueryError
from pipeline.page.guards import MAX_BODY, TooLongTextError, check_texts, is_form
from pipeline.page.guards.uploads import (
    CUT_OFF,
    FULL,
    MAX_PARTS,
    TOO_LARGE,
    TOO_MANY_PARTS,
    TOO_SLOW,
)
from pipeline.page.parameters import IDS, QUERY

FILE, ID = "file", "id"
IDS_OF = {parameter.name for parameter in QUERY if parameter.schema == IDS}
TEXTS = {parameter.name for parameter in QUERY if parameter.schema["type"] == "string"}
NAMES = (FILE, ID, *(parameter.name for parameter in QUERY))
STATUS = {TOO_LARGE: 413, TOO_SLOW: 408, CUT_OFF: 400, TOO_MANY_PARTS: 400, FULL: 503}
"""Of what the guards say about an upload that is under way."""
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
async def parameters_of(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Read the parameters of a query; its pictures stay open for as long as the context lasts.

    Raises:
        HTTPException: If the request cannot be read.
        QueryError: If it names a parameter that there is none of.
        PictureError: If a picture is no file.
    """
    if not is_form(request.scope):
        given = json.loads(await request.body())  # the guards have read it before
        if not isinstance(given, dict):
            raise HTTPException(400, NOT_AN_OBJECT)
        if FILE in given:
            raise PictureError(FILE_IN_JSON)
        yield _named(given)
        return
    form = await _read_form(request)
    try:
        yield _named(_values(form))
    finally:
        await form.close()


def _named(given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a `Query`, those that are left out as the API has them."""
    if odd := [name for name in given if name not in NAMES]:
        raise QueryError(
            f"There is no parameter '{str(odd[0])[:60]}'. There are: {', '.join(NAMES)}."
        )
    named = {parameter.name: parameter.default for parameter in QUERY} | given
    pictures, own = named.pop(FILE, None), named.pop(ID, None)
    if own is not None:
        items = named["items"] if isinstance(named["items"], list) else [named["items"]]
        named["items"] = [own, *(item for item in items if item is not None)]
    return named | {"pictures": pictures}


def _values(form: FormData) -> dict[str, Any]:
    """What a form says, its numbers, lists and objects read as JSON writes them."""
    values: dict[str, Any] = {}
    for name in form:
        sent = form.getlist(name)
        if name == FILE:
            if not all(isinstance(part, UploadFile) for part in sent):
                raise PictureError(NOT_A_FILE)
            values[name] = [part.file for part in sent if isinstance(part, UploadFile)]
            continue
        if any(isinstance(part, UploadFile) for part in sent):
            raise PictureError(f"'{name[:60]}' came as a file. Send pictures by the name 'file'.")
        texts = [str(part) for part in sent]
        if name in IDS_OF:
            values[name] = [item for text in texts for item in _ids(text)]
        elif len(texts) > 1:
            raise QueryError(f"'{name[:60]}' is given {len(texts)} times. Give it once.")
        else:
            values[name] = texts[0] if name in TEXTS or name == ID else _value(texts[0])
    return values


def _ids(text: str) -> list[Any]:
    """The ids in one value of a form: a list as JSON writes it, or one."""
    read = _value(text) if text.lstrip().startswith("[") else text
    return read if isinstance(read, list) else [text]


def _value(text: str) -> Any:  # noqa: ANN401 whatever JSON can say
    """What a text says as JSON; itself where it is none."""
    try:
        value = json.loads(text)
        check_texts(value)
    except TooLongTextError as error:
        raise HTTPException(413, str(error)) from error
    except (ValueError, RecursionError):
        return text
    return value


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
