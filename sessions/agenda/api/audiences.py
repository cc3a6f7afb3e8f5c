"""Who sees which part of a session of the draft."""

from typing import Any

from rest_framework import serializers


class SeenPartsSerializer(serializers.Serializer[Any]):
    """Of each part of a session whether it is seen."""

    title = serializers.BooleanField()
    room = serializers.BooleanField()
    times = serializers.BooleanField()
    participants = serializers.BooleanField()
    documents = serializers.BooleanField()


class SeenSerializer(serializers.Serializer[Any]):
    """What readers of a sort see of a session once it is released: `reader` as in `visibility`, from everybody to
    those at the desks; each sees what those before it see."""

    reader = serializers.CharField()
    called = serializers.CharField(source="reader.label")
    knows = serializers.BooleanField(help_text="That it takes place.")
    parts = SeenPartsSerializer()
