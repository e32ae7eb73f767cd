"""The widget's files at /widget/, and the demo page at /."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse as StarletteFile
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WIDGET = Path(__file__).resolve().parents[1] / "widget"
_SERVED = {".css", ".html", ".ico", ".js", ".json", ".png", ".svg", ".webp", ".woff2"}
#: Browsers ask again after five minutes, and then mostly get 304 by the ETag.
_CACHE = "public, max-age=300, must-revalidate"


class WidgetFiles(StaticFiles):
    """Static files that any page may load; sources that are not for browsers are not served."""

    def lookup_path(self, path: str) -> tuple[str, object]:  # type: ignore[override]
        """As StaticFiles, for the suffixes that a browser needs."""
        if Path(path).suffix.lower() not in _SERVED:
            raise HTTPException(404)
        return super().lookup_path(path)

    def file_response(
        self, full_path: str | PathLike[str], stat_result: object, scope: Scope, status_code: int = 200
    ) -> Response:
        """As StaticFiles, with the headers that let other sites embed the script."""
        response = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = _CACHE
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def install(app: FastAPI, folder: Path = WIDGET) -> None:
    """Adds the routes; the files are looked for at every request, so they need not be there yet."""
    app.mount("/widget", WidgetFiles(directory=folder, check_dir=False), name="widget")

    @app.get("/", include_in_schema=False)
    async def demo() -> StarletteFile:
        page = folder / "demo" / "index.html"
        if not page.is_file():
            raise HTTPException(404, "the demo page is not installed")
        return FileResponse(page, headers={"Cache-Control": "no-cache"})
