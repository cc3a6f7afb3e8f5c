"""What a summit is called in languages other than its first."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.public_base.page_version import read_version
from summit.summits import services
from summit.summits.directions import Directions, directions_by_room, directions_to, in_language
from summit.summits.models import Room, Summit
from summit.summits.translated_names import validate_names
from summit.users.models import User
from tests import factories as f
from tests.summit.conftest import desk_of

FRENCH = {"name": "Sommet des océans", "short_name": "Océans", "place": "Lisbonne", "host": "Portugal"}
ARABIC = {"name": "قمة المحيطات", "place": "لشبونة"}


@pytest.fixture
def summit(db: Any) -> Summit:
    return f.SummitFactory(
        slug="ocean", name="Ocean Summit", short_name="Ocean", place="Lisbon", names={"fr": FRENCH, "ar": ARABIC}
    )


def test_what_a_language_lacks_stands_in_the_first_and_says_so(summit: Summit) -> None:
    with override("ar"):
        found = summit.reads_as
    assert (found.name, found.short_name, found.place, found.host) == ("قمة المحيطات", "Ocean", "لشبونة", "Hostland")
    assert found.languages == {"name": "ar", "short_name": "en", "place": "ar", "host": "en"}
    summit.language = "ar"
    assert summit.named("ar").name == "Ocean Summit"


def test_what_is_no_name_is_refused() -> None:
    for names, code in (
        (["fr"], "form"),
        ({"fr": "Sommet"}, "form"),
        ({"xx": FRENCH}, "language"),
        ({"fr": {"slug": "sommet"}}, "text"),
        ({"fr": {"name": " "}}, "empty"),
        ({"fr": {"name": None}}, "empty"),
        ({"fr": {"place": "x" * 61}}, "long"),
        ({"fr": {"name": "a\x07"}}, "control"),
    ):
        with pytest.raises(ValidationError) as refused:
            validate_names(names)
        assert refused.value.code == code
    validate_names({"fr": FRENCH, "ar": ARABIC})


def test_organisers_name_it_and_what_public_pages_keep_moves_on(summit: Summit) -> None:
    by, stranger = (f.UserFactory.with_role(role, summit) for role in (Role.ORGANISER, Role.VIEWER))
    with pytest.raises(PermissionDenied):
        services.set_translated_names(summit=summit, names={}, by=stranger)
    before = read_version("ocean")
    for _again in range(2):
        services.set_translated_names(summit=summit, names={"fr": FRENCH, "ar": {}}, by=by)
    assert Summit.objects.get().names == {"fr": FRENCH}
    assert read_version("ocean") != before
    told = AuditEntry.objects.filter(action="summit.summit.change")
    assert [(row.by, row.fields, row.detail) for row in told] == [(by, ["names"], {})]


class TestDesk:
    def post(self, summit: Summit, **changed: str) -> Any:
        client, path = desk_of(summit), f"/admin/summit/summit/{summit.pk}/change/"
        form = client.get(path).context["adminform"].form
        data = {
            **{name: form[name].value() or "" for name in form.fields},
            **{"venues-TOTAL_FORMS": "0", "venues-INITIAL_FORMS": "0", "answer_by_0": "", "answer_by_1": ""},
            "public": "on",
            **changed,
        }
        return client.post(path, data)

    def test_the_first_language_has_none_beside_its_own(self, summit: Summit) -> None:
        answer = self.post(summit, language="fr")
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors
        said = "This is the summit’s first language. Use the field without a language instead."
        assert errors == {f"{text}_fr": [said] for text in FRENCH}
        assert self.post(summit, language="fr", **{f"{text}_fr": "" for text in FRENCH}).status_code == 302
        assert Summit.objects.get().names == {"ar": ARABIC}


# --- directions to rooms --------------------------------------------------------------------------------------------
@pytest.fixture
def room(summit: Summit) -> Room:
    summit.language = "fr"
    summit.save()
    venue = f.VenueFactory(summit=summit)
    return f.RoomFactory(venue=venue, name="Blue", directions={"fr": "À gauche", "ar": "إلى اليسار"})


def test_the_readers_language_then_the_summits_then_any(room: Room) -> None:
    summit = room.venue.summit
    assert directions_to(summit, room.public_id, "ar") == Directions("إلى اليسار", "ar")
    assert directions_to(summit, room.public_id, "en") == Directions("À gauche", "fr")
    assert in_language({"ar": "إلى اليسار"}, "en", summit) == Directions("إلى اليسار", "ar")
    assert directions_to(summit, f.RoomFactory(venue=room.venue).public_id, "fr") is None
    assert directions_to(f.SummitFactory(), room.public_id, "fr") is None
    assert directions_to(summit, "", "fr") is None
    assert directions_by_room(summit) == {room.public_id: room.directions}


def test_directions_are_one_line_in_a_known_language(room: Room, organiser: User) -> None:
    for wrong in (["left"], {"xx": "Left"}, {"en": ""}, {"en": "Two\nlines"}, {"en": "a" * 121}, {"en": {"a": "b"}}):
        with pytest.raises(ValidationError):
            services.change_room(by=organiser, room=room, values={"directions": wrong})
