"""Style sheets, scripts and pictures: read once, compressed once, addressed by their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent; `version` changes with its content, so browsers may keep it for ever."""

    content_type: str
    content: bytes
    compressed: bytes
    version: str


def read_asset(path: Path) -> Asset:
    """Read a file; its type comes from its name, and a type that we do not serve is a KeyError."""
    content = path.read_bytes()
    return Asset(
        content_type=CONTENT_TYPES[path.suffix],
        content=content,
        compressed=gzip.compress(content, 9, mtime=0),
        version=hashlib.sha256(content).hexdigest()[:10],
    )


class Assets:
    """Every area's `static/` folder, served under `/static/<area>/`."""

    def __init__(self) -> None:
        self._assets: dict[str, Asset] = {}

    def add(self, area: str, folder: Path) -> None:
        for path in sorted(folder.glob("*.*")):
            self._assets[f"{area}/{path.name}"] = read_asset(path)

    def address(self, name: str) -> str:
        """Where a page finds the asset "area/file"; a KeyError when there is none."""
        return f"/static/{name}?v={self._assets[name].version}"

    async def serve(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Vary": "Accept-Encoding"}
        # An address without the right version must not be kept: it may name other content tomorrow.
        current = request.query.get("v") == asset.version
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = asset.compressed
        else:
            body = asset.content
        return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers=headers)
