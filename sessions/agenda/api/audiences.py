"""Serializers of the audiences of a draft session and its parts."""

from typing import Any

from rest_framework import serializers


class SeenPartsSerializer(serializers.Serializer[Any]):
    """For each part of a session, whether the reader sees it."""

    title = serializers.BooleanField()
    room = serializers.BooleanField()
    times = serializers.BooleanField()
    participants = serializers.BooleanField()
    documents = serializers.BooleanField()


class SeenSerializer(serializers.Serializer[Any]):
    """What one kind of reader sees of a session once it is released.

    `reader` has the values of `visibility`, from everybody to desk users. Each kind of reader sees everything that
    the kinds before it see.
    """

    reader = serializers.CharField()
    called = serializers.CharField(source="reader.label")
    knows = serializers.BooleanField(help_text="That it takes place.")
    parts = SeenPartsSerializer()
