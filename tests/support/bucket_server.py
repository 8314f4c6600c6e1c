"""Object storage on loopback: as much of S3 as reading and writing objects takes.

A real client speaks to it, that of pyarrow. moto, a whole one, needs an older python-dateutil than
the rest of the environment; the same was tried on it by hand.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
ERRORS = {"NoSuchBucket": 404, "NoSuchKey": 404, "AccessDenied": 403, "InternalError": 501}


class Bucket:
    """One bucket, called ``bucket``.

    Attributes:
        objects: What lies in it.
        asked: Each request: its method and key.
        writes_left: After so many objects, writing fails; None for never.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.writes_left: int | None = None
        self.parts: dict[str, dict[int, bytes]] = {}
        self.endpoint = ""

    @contextlib.contextmanager
    def serving(self) -> Iterator[Bucket]:
        """Answer until the block ends."""
        handler = type("Handler", (_Handler,), {"bucket": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield self
        server.shutdown()
        server.server_close()
        thread.join()

    def fetched(self) -> list[str]:
        """The keys of the objects that were read, in order."""
        return [key for method, key in self.asked if method == "GET" and key in self.objects]


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _begin(self) -> tuple[str, dict[str, str]] | None:
        """The key and the query of a request; None where it was refused."""
        place = urllib.parse.urlsplit(self.path)
        bucket, _, key = urllib.parse.unquote(place.path).lstrip("/").partition("/")
        self.body = self._read()
        self.bucket.asked.append((self.command, key))
        if not self.headers.get("Authorization"):
            self._refuse("AccessDenied")
            return None
        if bucket != "bucket":
            self._refuse("NoSuchBucket")
            return None
        return key, dict(urllib.parse.parse_qsl(place.query, keep_blank_values=True))

    def _read(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return body
        data = b""
        while length := int(body.partition(b"\r\n")[0].partition(b";")[0], 16):
            rest = body.partition(b"\r\n")[2]
            data, body = data + rest[:length], rest[length + 2 :]
        return data

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, code: str) -> None:
        text = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
        self._answer(ERRORS[code], b"" if self.command == "HEAD" else text.encode())

    def do_HEAD(self) -> None:
        if (begun := self._begin()) is None:
            return
        key, _ = begun
        if key and key not in self.bucket.objects:
            self._refuse("NoSuchKey")
            return
        data = self.bucket.objects.get(key, b"")
        self._answer(200, Content_Length=str(len(data)), ETag=_tag(data), Last_Modified=WHEN)

    def do_GET(self) -> None:
        if (begun := self._begin()) is None:
            return
        key, query = begun
        if not key:
            self._answer(200, self._listed(query))
        elif key not in self.bucket.objects:
            self._refuse("NoSuchKey")
        else:
            data = self.bucket.objects[key]
            start, _, stop = self.headers.get("Range", "bytes=0-").partition("=")[2].partition("-")
            last = min(int(stop or len(data) - 1), len(data) - 1)
            ranged = f"bytes {start}-{last}/{len(data)}"
            part = data[int(start) : last + 1]
            self._answer(206, part, Content_Range=ranged, ETag=_tag(data), Last_Modified=WHEN)

    def do_PUT(self) -> None:
        if (begun := self._begin()) is None:
            return
        key, query = begun
        if "partNumber" in query:
            self.bucket.parts[query["uploadId"]][int(query["partNumber"])] = self.body
            self._answer(200, ETag=_tag(self.body))
        elif self._keep(key, self.body):
            self._answer(200, ETag=_tag(self.body))

    def do_POST(self) -> None:
        if (begun := self._begin()) is None:
            return
        key, query = begun
        if "uploads" in query:
            upload = str(len(self.bucket.parts))
            self.bucket.parts[upload] = {}
            text = f"<UploadId>{upload}</UploadId><Bucket>bucket</Bucket><Key>x</Key>"
            self._answer(200, _xml("InitiateMultipartUploadResult", text))
            return
        parts = self.bucket.parts[query["uploadId"]]
        data = b"".join(parts[number] for number in sorted(parts))
        if self._keep(key, data):
            text = f"<ETag>{_tag(data)}</ETag>"
            self._answer(200, _xml("CompleteMultipartUploadResult", text))

    def do_DELETE(self) -> None:
        if (begun := self._begin()) is not None:
            self.bucket.objects.pop(begun[0], None)
            self._answer(204)

    def _keep(self, key: str, data: bytes) -> bool:
        if self.bucket.writes_left is not None:
            self.bucket.writes_left -= 1
            if self.bucket.writes_left < 0:
                self._refuse("InternalError")
                return False
        self.bucket.objects[key] = data
        return True

    def _listed(self, query: dict[str, str]) -> bytes:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        keys = sorted(key for key in self.bucket.objects if key.startswith(prefix))
        rest = {key: key.removeprefix(prefix).partition(delimiter or "\0") for key in keys}
        folders = {prefix + first + between for first, between, _ in rest.values() if between}
        text = "<Name>bucket</Name><IsTruncated>false</IsTruncated>"
        for key in [key for key, (_, between, _) in rest.items() if not between]:
            data = self.bucket.objects[key]
            text += (
                f"<Contents><Key>{urllib.parse.quote(key)}</Key><Size>{len(data)}</Size>"
                f"<ETag>{_tag(data)}</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                "</Contents>"
            )
        for folder in sorted(folders):
            name = urllib.parse.quote(folder)
            text += f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"
        encoding = "<EncodingType>url</EncodingType>" if "encoding-type" in query else ""
        text = text if encoding else urllib.parse.unquote(text)
        return _xml("ListBucketResult", f"{text}{encoding}<KeyCount>{len(keys)}</KeyCount>")


WHEN = "Thu, 01 Jan 2026 00:00:00 GMT"


def _tag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _xml(name: str, text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} {XMLNS}>{text}</{name}>'.encode()
