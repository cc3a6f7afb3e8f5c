"""Paths and permanent tag URIs of texts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from press.texts.models.editions import Edition
from press.texts.models.texts import TextVersion
from summit.summits.models import Summit


def address(summit: Summit, edition: Edition) -> str:
    """Return the path of an edition's page. The path has a language code unless the language is authoritative."""
    version = edition.version
    args = [summit.slug, version.text.slug]
    if version.authoritative:
        return reverse("press:text", args=args)
    return reverse("press:language", args=[*args, version.language])


def pinned(summit: Summit, version: TextVersion, number: int) -> str:
    """Return the permanent path of one edition of a language version.

    The page shows edition `number` even after a newer edition has replaced it.
    """
    args: list[str | int] = [summit.slug, version.text.slug]
    if version.authoritative:
        return reverse("press:edition", args=[*args, number])
    return reverse("press:language-edition", args=[*args, version.language, number])


def authority() -> str:
    """Return the authority in tag URIs: the host name of BASE_URL, or "localhost" without one."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def tag(summit: Summit, edition: Edition) -> str:
    """Return the tag URI (RFC 4151) of an edition's language version. All editions of the version have the same."""
    version = edition.version
    ending = "" if version.authoritative else f":{version.language}"
    return f"tag:{authority()},{summit.starts_on:%Y}:text:{version.text.public_id}{ending}"
