"""The agenda's resources are asked by the same programs as the ground floor's."""

from tests.summit.api.conftest import here, organiser, rooms, viewer

__all__ = ["here", "organiser", "rooms", "viewer"]
