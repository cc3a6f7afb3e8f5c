"""The languages in which texts are public."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings

from press.texts.addresses import address
from press.texts.models.texts import TextVersion
from press.texts.models.visibility import public_editions
from summit.core import languages
from summit.core.languages import calls_itself
from summit.summits.models import Summit


@dataclass(frozen=True)
class Version:
    """A language in which a text is public. `current` says whether the page is in this language."""

    language: str
    name: str
    direction: str
    url: str
    current: bool

    @property
    def full_url(self) -> str:
        """The absolute URL of the text's page in this language."""
        return f"{settings.BASE_URL}{self.url}"


def versions_of(summit: Summit, texts: Iterable[int], current: int | None = None) -> dict[int, tuple[Version, ...]]:
    """Return a dict from the primary keys of texts to their public languages. Makes one query.

    The authoritative language comes first. `current` is the primary key of the version that the page shows. Texts
    without a public language aren't in the dict.
    """
    rows = (
        public_editions()
        .filter(version__text__in=texts)
        .select_related("version__text")
        .order_by("-version__authoritative", "version__language")
    )
    by_text: dict[int, tuple[Version, ...]] = {}
    for row in rows:
        version = row.version
        entry = Version(
            language=version.language,
            name=calls_itself(version.language),
            direction=languages.direction(version.language),
            url=address(summit, row),
            current=version.pk == current,
        )
        by_text[version.text_id] = (*by_text.get(version.text_id, ()), entry)
    return by_text


def mark_current(versions: Iterable[Version], current: TextVersion) -> tuple[Version, ...]:
    """Return a text's languages, with the language of the version `current` marked as the page's language."""
    return tuple(replace(each, current=each.language == current.language) for each in versions)
