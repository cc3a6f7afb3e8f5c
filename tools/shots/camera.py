"""Takes pictures of pages, each in all its ways: widths, languages, light and dark; and on paper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Page

from tools.shots.pages import PAGES, PICTURES

HEIGHTS = {390: 844, 1280: 800}
# What keeps to the edge of the window would lie across a picture of the whole page.
STILL = ".bulk, .save-bar { position: static !important; }"
ONLY = frozenset(page.name for page in PAGES)


@dataclass(frozen=True)
class Way:
    """One way in which a page is seen."""

    width: int
    language: str
    dark: bool

    @property
    def name(self) -> str:
        """The end of the picture's name."""
        return f"{self.width}-{self.language}-{'dark' if self.dark else 'light'}"


# English comes last, so that the walk goes on in it.
WAYS = (
    Way(1280, "fr", False),
    *(Way(width, language, dark) for language in ("ar", "en") for width in HEIGHTS for dark in (False, True)),
)


@dataclass
class Camera:
    """Writes pictures into a folder, and where `album` is given the README's into that."""

    folder: Path
    album: Path | None = None
    wanted: frozenset[str] = ONLY
    taken: list[str] = field(default_factory=list)

    def take(
        self, page: Page, name: str, *, paper: bool = False, prepare: Callable[[Page], None] | None = None
    ) -> None:
        """Take the page that is open, in all ways; with `paper` also as it is printed.

        `prepare` is called each time that the page has loaded. Raises KeyError for a name that is not listed.
        """
        if name not in ONLY:
            raise KeyError(name)
        if name not in self.wanted:
            return
        address, before = page.url, ""
        for way in WAYS:
            if way.language != before:
                page.goto(_in(address, way.language))
                before = way.language
                if prepare:
                    prepare(page)
            self._one(page, name, way)
        page.emulate_media(color_scheme="light")
        if paper:
            page.pdf(path=str(self.folder / f"{name}.pdf"), prefer_css_page_size=True, print_background=True)
        self.taken.append(name)

    def _one(self, page: Page, name: str, way: Way) -> None:
        page.set_viewport_size({"width": way.width, "height": HEIGHTS[way.width]})
        page.emulate_media(color_scheme="dark" if way.dark else "light", reduced_motion="reduce")
        page.screenshot(
            path=self.folder / f"{name}-{way.name}.png", full_page=True, animations="disabled", style=STILL
        )
        if self.album:
            for file in self._asked(name, way):
                page.screenshot(path=self.album / f"{file}.png", animations="disabled")

    @staticmethod
    def _asked(name: str, way: Way) -> Iterator[str]:
        for file, picture in PICTURES.items():
            if (picture.page, picture.width, picture.language, picture.dark) == (
                name,
                way.width,
                way.language,
                way.dark,
            ):
                yield file

    def missing(self) -> list[str]:
        """Return the names that were wanted and not taken."""
        return [page.name for page in PAGES if page.name in self.wanted - set(self.taken)]


def _in(address: str, language: str) -> str:
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "lang"]
    return parts._replace(query=urlencode([*query, ("lang", language)])).geturl()
