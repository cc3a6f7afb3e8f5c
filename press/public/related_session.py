"""Link the public page of a session to the public texts of the session's speeches."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from press.published_texts.selectors import described, listed
from press.search.params import SearchParams
from press.texts.addresses import address
from press.texts.models.editions import Edition
from sessions.public.published_speeches import Published, listing, source
from summit.summits.models import Summit


@source(10)
def texts_of(summit: Summit, slots: Any) -> Iterator[Published]:
    """Yield the public texts of speeches, each in its authoritative language, in the order of publication.

    `slots` are the public ids of the speeches, or a query for these.
    """
    for edition in (
        listed(summit).filter(version__text__slot__public_id__in=slots).order_by("first_published_at", "id")
    ):
        yield _published(summit, edition)


@listing(10)
def list_of(summit: Summit, session: str) -> str:
    """Return the path of the list of public texts, filtered by a session. `session` is a public id."""
    return f"{reverse('press:list', args=[summit.slug])}{SearchParams(chosen={'session': session}).query()}"


def _published(summit: Summit, edition: Edition) -> Published:
    version = edition.version
    text = version.text
    key = text.slot.public_id if text.slot else ""
    return Published(
        key, described(text.kind, text.wording), edition.title, version.language, address(summit, edition)
    )
