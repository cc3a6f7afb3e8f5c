"""Serializers of a party's name, flag and footnotes in the public API.

Which parties are public depends on the agenda and the press pages.
"""

from typing import Any

from rest_framework import serializers


class PartyNameSerializer(serializers.Serializer[Any]):
    """The names of a party in a language."""

    name = serializers.CharField(help_text="The short name.")
    formal_name = serializers.CharField()
    sort_key = serializers.CharField(help_text="By which it stands in the alphabet of the language.")


class PartySerializer(serializers.Serializer[Any]):
    """A party, with the names that the host has approved. `kind` is "country" only if the host uses that word."""

    id = serializers.CharField(help_text="Stable for ever.")
    kind = serializers.CharField(
        help_text='"country" ("participant" where the host doesn\'t say so), "substate", "international", '
        '"organisation" or "guest".'
    )
    names = serializers.DictField(
        child=PartyNameSerializer(), help_text="By language; the summit's own is always there."
    )
    footnotes = serializers.DictField(
        child=serializers.CharField(), help_text="By language. Belongs under whatever names the party."
    )
    flag = serializers.CharField(
        allow_null=True, help_text='An ISO 3166 code, "neutral", or null where no flag stands beside the name.'
    )


class HeadSerializer(serializers.Serializer[Any]):
    """The head of a delegation, as they wrote it. One of the two may be empty."""

    name = serializers.CharField()
    office = serializers.CharField()


class ListedPartySerializer(PartySerializer):
    """A party with what the public list of delegations says of it."""

    listed = serializers.BooleanField(
        help_text="Whether it is in the public list: from the host's moment on, delegations that have accepted "
        "and don't object."
    )
    head = HeadSerializer(allow_null=True, help_text="Null unless it is listed and agrees.")
    size = serializers.IntegerField(
        allow_null=True,
        help_text="Its confirmed people, never counting security. Null unless it is listed and agrees.",
    )
