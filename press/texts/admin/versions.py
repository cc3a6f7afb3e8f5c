"""Find the language version that an admin page is about."""

from django.http import Http404

from press.texts.models.texts import Text, TextVersion


def version_of(text: Text, language: str) -> TextVersion:
    """Return a text's version in a language, or its authoritative version if `language` is "".

    Raises Http404 if there is no such version.
    """
    rows = TextVersion.objects.filter(text=text).select_related("text__summit", "text__embargo")
    matching = rows.filter(language=language) if language else rows.order_by("-authoritative")
    version = matching.first()
    if version is None:
        raise Http404
    return version
