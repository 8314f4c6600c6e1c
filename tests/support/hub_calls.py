"""The calls of the hub of the tests, one method each, as `huggingface_hub` makes them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs

from tests.support.hub_requests import HubRequest, Refusal
from tests.support.hub_storage import StoredFile, StoredRepository

LARGE = (".parquet", ".safetensors", ".png", ".jpg")
REPOSITORY = r"/api/(?P<kind>\w+)s/(?P<name>[^/]+/[^/]+)"
KINDS = {"model": "", "dataset": "datasets/", "space": "spaces/"}


class Handler(HubRequest):
    """One call to the hub."""

    def _route(self, body: bytes) -> None:
        routes = (
            (r"/api/repos/create", self._create),
            (r"/api/validate-yaml", self._validate_yaml),
            (REPOSITORY + r"/preupload/(?P<revision>.+)", self._preupload),
            (REPOSITORY + r"/commit/(?P<revision>.+)", self._commit),
            (REPOSITORY + r"/branch/(?P<ref>.+)", self._branch),
            (REPOSITORY + r"/tag/(?P<revision>.+)", self._tag),
            (REPOSITORY + r"/variables", self._variable),
            (REPOSITORY + r"/tree/(?P<revision>[^/]+)/?(?P<path>.*)", self._tree),
            (REPOSITORY + r"/paths-info/(?P<revision>.+)", self._paths_info),
            (REPOSITORY + r"(/revision/(?P<revision>.+))?", self._info),
            (r"/(\w+/)?(?P<name>[^/]+/[^/]+)\.git/info/lfs/objects/batch", self._batch),
            (r"/lfs/(?P<oid>[0-9a-f]{64})", self._put),
            (
                r"/(?P<prefix>datasets/|spaces/)?(?P<name>[^/]+/[^/]+)/resolve/"
                r"(?P<revision>[^/]+)/(?P<path>.+)",
                self._resolve,
            ),
        )
        for pattern, serve in routes:
            if found := re.fullmatch(pattern, self.path_only):
                serve(body, **found.groupdict())
                return
        raise Refusal(404, message=f"no such call: {self.path_only}")

    def _create(self, body: bytes) -> None:
        self._may_write()
        wanted = json.loads(body)
        kind = wanted.get("type", "model")
        name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
        url = f"{self.hub.url}/{KINDS[kind]}{name}"
        if (kind, name) in self.hub.repositories:
            self._answer({"error": "You already created this repo", "url": url}, 409)
            return
        stored = StoredRepository(private=wanted.get("visibility") == "private")
        stored.add_commit("main", {".gitattributes": self.hub.keep(b"")})
        self.hub.repositories[kind, name] = stored
        self._answer({"url": url, "id": name})

    def _validate_yaml(self, body: bytes) -> None:
        content = json.loads(body)["content"]
        if not content.startswith("---\n"):
            raise Refusal(400, message="no front matter")
        self._answer({"errors": [], "warnings": []})

    def _preupload(self, body: bytes, kind: str, name: str, revision: str) -> None:
        self._may_write()
        _, files = self._files(kind, name, revision)
        answers = []
        for file in json.loads(body)["files"]:
            path = file["path"]
            answers.append(
                {
                    "path": path,
                    "uploadMode": "lfs" if path.endswith(LARGE) else "regular",
                    "shouldIgnore": False,
                    "oid": files[path].oid if path in files else None,
                }
            )
        self._answer({"files": answers})

    def _batch(self, body: bytes, name: str) -> None:
        self._may_write()
        objects = []
        for wanted in json.loads(body)["objects"]:
            answer: dict[str, Any] = {"oid": wanted["oid"], "size": wanted["size"]}
            if not (self.hub.folder / wanted["oid"]).is_file():
                answer["actions"] = {"upload": {"href": f"{self.hub.url}/lfs/{wanted['oid']}"}}
            objects.append(answer)
        self._answer({"transfer": "basic", "objects": objects})

    def _put(self, body: bytes, oid: str) -> None:
        if hashlib.sha256(body).hexdigest() != oid:
            raise Refusal(400, message="the content has another checksum")
        self.hub.keep(body)
        self._answer({})

    def _commit(self, body: bytes, kind: str, name: str, revision: str) -> None:
        self._may_write()
        _, files = self._files(kind, name, revision)
        files = dict(files)
        for line in body.splitlines():
            operation = json.loads(line)
            value = operation["value"]
            if operation["key"] == "file":
                files[value["path"]] = self.hub.keep(base64.b64decode(value["content"]))
            elif operation["key"] == "lfsFile":
                data = (self.hub.folder / value["oid"]).read_bytes()
                files[value["path"]] = self.hub.keep(data, value["path"])
            elif operation["key"] == "deletedFile":
                del files[value["path"]]
        commit = self._repository(kind, name).add_commit(revision, files)
        url = f"{self.hub.url}/{KINDS[kind]}{name}/commit/{commit}"
        self._answer({"success": True, "commitOid": commit, "commitUrl": url})

    def _branch(self, body: bytes, kind: str, name: str, ref: str) -> None:
        self._may_write()
        stored = self._repository(kind, name)
        if ref in stored.refs:
            raise Refusal(409, message="Reference already exists")
        stored.refs[ref] = stored.refs["main"]
        self._answer({})

    def _tag(self, body: bytes, kind: str, name: str, revision: str) -> None:
        self._may_write()
        commit, _ = self._files(kind, name, revision)
        tag, stored = json.loads(body)["tag"], self._repository(kind, name)
        if tag in stored.refs:
            raise Refusal(409, message="Reference already exists")
        stored.refs[tag] = commit
        self._answer({})

    def _variable(self, body: bytes, kind: str, name: str) -> None:
        self._may_write()
        variable = json.loads(body)
        self._repository(kind, name).variables[variable["key"]] = variable["value"]
        self._answer({variable["key"]: {"value": variable["value"]}})

    def _info(self, body: bytes, kind: str, name: str, revision: str | None) -> None:
        commit, files = self._files(kind, name, revision or "main")
        siblings = [{"rfilename": p, "size": f.size, "blobId": f.git_oid} for p, f in files.items()]
        stored = self._repository(kind, name)
        self._answer(
            {"id": name, "sha": commit, "private": stored.private, "siblings": siblings, "tags": []}
        )

    def _entry(self, path: str, file: StoredFile) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "type": "file",
            "oid": file.git_oid,
            "size": file.size,
            "path": path,
        }
        if file.is_large:
            entry["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": 130}
        return entry

    def _tree(self, body: bytes, kind: str, name: str, revision: str, path: str) -> None:
        _, files = self._files(kind, name, revision)
        below = {p: f for p, f in files.items() if not path or p.startswith(f"{path}/")}
        if path and not below:
            raise Refusal(404, "EntryNotFound", "no such folder")
        is_deep = self.query.get("recursive", ["false"])[0].lower() == "true"
        depth = path.count("/") + 1 if path else 0
        entries = [self._entry(p, f) for p, f in below.items() if is_deep or p.count("/") == depth]
        folders = {p.split("/")[depth] for p in below if p.count("/") > depth}
        entries += [
            {"type": "directory", "oid": "0" * 40, "size": 0, "path": f"{path}/{f}".strip("/")}
            for f in sorted(folders)
        ]
        self._answer(entries)

    def _paths_info(self, body: bytes, kind: str, name: str, revision: str) -> None:
        _, files = self._files(kind, name, revision)
        form = parse_qs(body.decode())
        wanted = form.get("paths") or json.loads(body or b"{}").get("paths", [])
        entries = [self._entry(path, files[path]) for path in wanted if path in files]
        folders = [p for p in wanted if any(f.startswith(f"{p}/") for f in files)]
        entries += [{"type": "directory", "oid": "0" * 40, "size": 0, "path": p} for p in folders]
        self._answer(entries)

    def _resolve(
        self, body: bytes, prefix: str | None, name: str, revision: str, path: str
    ) -> None:
        kind = {prefix: kind for kind, prefix in KINDS.items()}[prefix or ""]
        commit, files = self._files(kind, name, revision)
        if path not in files:
            raise Refusal(404, "EntryNotFound", "Entry not found")
        file = files[path]
        data = self.hub.read(file)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{file.oid}"', "Accept-Ranges": "bytes"}
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if start:
            first = int(start[1])
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            self._send(data[first:], 206, headers)
            return
        self._send(data, 200, headers | {"Content-Length": str(len(data))})
