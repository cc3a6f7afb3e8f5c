"""API of the changes in releases, for everybody, and for readers with roles at a summit."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from delegations.parties.selectors import footnotes as footnotes_selectors
from delegations.parties.selectors import party_names
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import own_agenda, release_changes
from sessions.agenda.selectors.change_descriptions import Names, Story, stories
from sessions.agenda.selectors.differences import Programme
from sessions.notifications.selectors.speech_changes import with_speeches
from sessions.releases.api.changes import ChangedLineSerializer
from summit.api_base import query_params
from summit.api_base.permission_classes import PublicMixin
from summit.api_base.viewset_views import Values
from summit.public_base.summits import get_summit
from summit.summits.models import Summit
from summit.users.models import User

Told = serializers.Serializer[Any]
# A release with its changes in words.
Changed = tuple[Release, list[Story]]


class PublicChangeSerializer(Told):
    """The change of a session: `nature` is "added", "changed", "cancelled" or "gone", and `state` says so in words.

    If the readers may not know the title, `title` is the name of the kind.
    """

    session = serializers.CharField(source="key", help_text="Its id.")
    nature = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title, where it isn’t the summit’s; else empty.")
    state = serializers.CharField()
    when = serializers.CharField(help_text="As far as its readers may know.")
    room = serializers.CharField(help_text="Empty where none is announced.")
    lines = ChangedLineSerializer(many=True)


class OwnChangeSerializer(PublicChangeSerializer):
    """The change of a session for the reader, with sentences about the reader's speeches in the session."""

    speeches = serializers.ListField(child=serializers.CharField())


class FootnoteSerializer(Told):
    """A footnote to a party's name. `mark` follows the name as a superscript."""

    mark = serializers.CharField()
    words = serializers.CharField()
    language = serializers.CharField()


class _ReleaseSerializer(Told):
    released_at = serializers.DateTimeField()


class PublicReleaseSerializer(_ReleaseSerializer):
    """What a release changed for everybody."""

    changes = PublicChangeSerializer(many=True)


class OwnReleaseSerializer(_ReleaseSerializer):
    """What a release changed for the reader. `note` is the note of the release."""

    note = serializers.CharField()
    changes = OwnChangeSerializer(many=True)


class PublicChangesSerializer(Told):
    """What the last 20 releases changed for everybody, newest first. Releases that changed nothing are left out."""

    releases = PublicReleaseSerializer(many=True)
    footnotes = FootnoteSerializer(many=True)


class OwnChangesSerializer(Told):
    """What the last 20 releases changed for the reader, newest first. Releases that changed nothing are left out."""

    releases = OwnReleaseSerializer(many=True)
    footnotes = FootnoteSerializer(many=True)


class OwnChangesInput(Told):
    """The query parameters of a user's own changes.

    With `everything`, these are the changes of all sessions that the user may see. Otherwise they are the changes in
    the programmes of the user and of the people for whom the user acts.
    """

    everything = serializers.BooleanField(default=False)


def _response_data(found: Iterable[Changed], notes: footnotes_selectors.Footnotes) -> dict[str, Any]:
    """Return the changes of releases, with the footnotes of the parties that they name."""
    fields = ("released_at", "note")
    releases = [{**{name: getattr(row, name) for name in fields}, "changes": changes} for row, changes in found]
    footnotes = [{"mark": mark, "words": text, "language": language} for mark, text, language in notes]
    return {"releases": releases, "footnotes": footnotes}


def own_changes(by: User, summit: Summit, values: Values) -> dict[str, Any]:
    """Return the changes of releases for a reader, as the portal shows them, with footnotes."""
    members = own_agenda.members_of(by, summit)
    names = Names(party_names.book(summit), footnotes_selectors.Footnotes())
    programme = Programme(members.parties, members.people)
    releases = own_agenda.changes_of(by, summit, members, everything=values["everything"], language=get_language())
    release_stories = [(each.release, with_speeches(each.changes, programme, summit, names)) for each in releases]
    return _response_data(release_stories, names.notes)


def public_changes(summit: Summit) -> dict[str, Any]:
    """Return the changes of releases for everybody, as the public page shows them, with footnotes."""
    names = Names(party_names.book(summit), footnotes_selectors.Footnotes())
    releases = release_changes.public_changes(summit=summit, language=get_language())
    release_stories = [(each.release, stories(each.changes, summit, public=True, names=names)) for each in releases]
    return _response_data(release_stories, names.notes)


_LANG = OpenApiParameter("lang", str, description="The code of the language in which sentences come.")


@extend_schema(parameters=[_LANG], responses=PublicChangesSerializer)
class AgendaChanges(PublicMixin, APIView):
    """The changes of the public agenda by releases. The response is 404 if the summit doesn't publish changes."""

    object_kind = "public summit"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the changes. Raises Http404, and Problem for an unknown parameter."""
        query_params.check_known(request.query_params, ("lang",))
        summit = get_summit(kwargs["summit"])
        if not summit.public_changes:
            raise Http404
        return Response(PublicChangesSerializer(public_changes(summit)).data)
