"""Templates: one Jinja environment for all areas, everything escaped, every missing value an error."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from pages.assets import Assets
from pages.language import chosen_language, keep_language
from settings import Settings
from wording import LANGUAGES, say


class Pages:
    """Templates and assets of every area: "web/chat.html" is `chat.html` in the area "web"."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.assets = Assets()
        self.secure = settings.public_url.startswith("https://")
        self._loader = ChoiceLoader([])
        self._environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(settings=settings, asset=self.assets.address, languages=LANGUAGES)

    def add_area(self, area: str, folder: Path) -> None:
        """Take `folder/templates` and `folder/static` as the area's."""
        self._loader.loaders = [
            *self._loader.loaders,
            PrefixLoader({area: FileSystemLoader(folder / "templates")}),
        ]
        self.assets.add(area, folder / "static")

    def render(
        self, request: web.Request, template: str, language: str, *, status: int = 200, **values: object
    ) -> web.Response:
        """A page; the template also gets `language`, `organisation` and `t("area.name")`, its wording."""
        organisation = self.settings.organisation_fr if language == "fr" else self.settings.organisation
        text = self._environment.get_template(template).render(
            language=language, organisation=organisation, t=partial(say, language), **values
        )
        response = web.Response(text=text, content_type="text/html", status=status)
        response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
        response.enable_compression()
        if chosen_language(request) == language:
            keep_language(response, language, self.secure)
        return response


PAGES: web.AppKey[Pages] = web.AppKey("pages", Pages)
