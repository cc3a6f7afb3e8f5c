"""The public API of single editions, and of the comparison of prepared and delivered texts."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from press.public.api.serializers import (
    ChangeSerializer,
    FileSerializer,
    ParagraphSerializer,
    WordPairSerializer,
    paragraphs_of,
)
from press.published_texts.as_delivered import prepared_of
from press.published_texts.pinned_editions import find_edition, find_removed_edition, since
from press.published_texts.related import File, files_of
from press.published_texts.selectors import PublishedChange, find_public_edition, read
from press.texts.addresses import address, pinned
from press.texts.models.editions import Edition
from press.texts.selectors import word_differences
from press.texts.selectors.rendered_editions import html_of, plain_of
from press.texts.selectors.word_differences import compare_words
from summit.api_base import query_params
from summit.api_base.permission_classes import PublicMixin
from summit.api_base.problems import Problem
from summit.public_base.summits import get_summit
from summit.summits.models import Summit

Told = serializers.Serializer[Any]
LANGUAGE = OpenApiParameter("language", str, description="In this language; without it in the authoritative one.")


def missing(summit: Summit, slug: str, language: str | None) -> Exception:
    """Return the exception to raise for a text that isn't public. Makes one query.

    If a published text was removed, it is a Problem with status 410 and the reason, otherwise Http404.
    """
    removed = find_removed_edition(summit, slug, language)
    if removed is None:
        return Http404()
    message = _("The press office removed this text: %(reason)s")
    return Problem("gone", message % {"reason": removed.version.text.removal_reason})


@dataclass(frozen=True)
class Published:
    """A published edition, and how it differs from the newest public edition.

    `newest` is the number of the newest public edition. `became` is a dict from the anchors of paragraphs to how they
    differ in the newest edition: "changed" or "gone".
    """

    edition: Edition
    newest: int
    about: PublishedChange
    became: dict[str, str]
    files: tuple[File, ...]
    url: str


class PublishedEditionSerializer(Told):
    """A published edition, which a newer one may have replaced.

    `newest` is the number of the newest public edition. `changed` has the anchors of paragraphs that differ in the
    newest edition. `gone` has the anchors of paragraphs that are missing in the newest edition.
    """

    slug = serializers.CharField(source="edition.version.text.slug")
    language = serializers.CharField(source="edition.version.language")
    newest = serializers.IntegerField()
    about = ChangeSerializer()
    title = serializers.CharField(source="edition.title")
    summary = serializers.CharField(source="edition.summary")
    body = serializers.CharField(source="edition.body", help_text="Markdown.")
    html = serializers.SerializerMethodField()
    plain = serializers.SerializerMethodField()
    paragraphs = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()
    gone = serializers.SerializerMethodField()
    files = FileSerializer(many=True)

    def get_html(self, found: Published) -> str:
        """Return the body of the edition as safe HTML."""
        return html_of(found.edition)

    def get_plain(self, found: Published) -> str:
        """Return the body of the edition without markup."""
        return plain_of(found.edition)

    @extend_schema_field(ParagraphSerializer(many=True))
    def get_paragraphs(self, found: Published) -> list[dict[str, str]]:
        """Return the paragraphs of the edition, each with its anchor and its absolute URL."""
        return paragraphs_of(found.edition, found.url)

    def get_changed(self, found: Published) -> list[str]:
        """Return the anchors of paragraphs that differ in the newest edition."""
        return [anchor for anchor, what in found.became.items() if what == "changed"]

    def get_gone(self, found: Published) -> list[str]:
        """Return the anchors of paragraphs that are missing in the newest edition."""
        return [anchor for anchor, what in found.became.items() if what == "gone"]


@extend_schema(parameters=[LANGUAGE], responses=PublishedEditionSerializer)
class TextEdition(PublicMixin, APIView):
    """A published edition of a text, even if a newer edition has replaced it."""

    object_kind = "public text"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the edition. The status is 410 for a removed text, and 404 if the edition was never published."""
        query_params.check_known(request.query_params, ("language", "lang"))
        summit, slug, number = get_summit(kwargs["summit"]), kwargs["slug"], kwargs["number"]
        language = request.query_params.get("language") or None
        edition = find_edition(summit, slug, language, number)
        current = find_public_edition(summit, slug, language) if edition else None
        if edition is None or current is None:
            raise missing(summit, slug, language)
        history = read(summit, current).history
        published = Published(
            edition=edition,
            newest=current.number,
            about=next(each for each in history if each.number == number),
            became=since(edition, current),
            files=files_of(summit, edition).ready,
            url=f"{settings.BASE_URL}{pinned(summit, edition.version, number)}",
        )
        context = {"request": request, "first_edition": history[-1].number}
        return Response(PublishedEditionSerializer(published, context=context).data)


class SpokenSerializer(Told):
    """One of the two compared texts: its slug and URL, and the number of the compared edition."""

    slug = serializers.CharField()
    url = serializers.URLField()
    edition = serializers.IntegerField()


class SpokenComparisonSerializer(Told):
    """The differences between the prepared and the delivered text, without markup."""

    language = serializers.CharField()
    prepared = SpokenSerializer()
    delivered = SpokenSerializer()
    differ = serializers.BooleanField(help_text="Whether anything was said otherwise.")
    paragraphs = WordPairSerializer(many=True)


@extend_schema(responses=SpokenComparisonSerializer)
class TextComparison(PublicMixin, APIView):
    """The differences between the prepared and the delivered text.

    They are available if the press office allows the comparison and both texts are public.
    """

    object_kind = "public comparison"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the comparison. The status is 404 if the comparison isn't available."""
        query_params.check_known(request.query_params, ("lang",))
        summit = get_summit(kwargs["summit"])
        delivered = find_public_edition(summit, kwargs["slug"], None)
        prepared = prepared_of(summit, delivered) if delivered else None
        if delivered is None or prepared is None:
            raise Http404

        def edition_data(edition: Edition) -> dict[str, Any]:
            url = f"{settings.BASE_URL}{address(summit, edition)}"
            return {"slug": edition.version.text.slug, "url": url, "edition": edition.number}

        pairs = compare_words(prepared.body, delivered.body)
        data = {
            "language": delivered.version.language,
            "prepared": edition_data(prepared),
            "delivered": edition_data(delivered),
            "differ": word_differences.differ(pairs),
            "paragraphs": pairs,
        }
        return Response(SpokenComparisonSerializer(data).data)
