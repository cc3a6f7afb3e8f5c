"""Two people who are one become one: all that hangs on the one that goes moves, in one transaction, or nothing
does."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.badges.models.badges import Badge
from delegations.badges.selectors.badges import end_reason
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.services import duplicates, passport_digests, people
from delegations.membership_changes.services import merging
from delegations.membership_changes.services.merging import MergeRefused, merge
from delegations.parties.models.parties import ExternalId
from sessions.agenda.models.releases import ReleasedParticipant
from sessions.draft.models.participants import Participant, Slot
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, text
from tests.ratchets import hold, table
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db
# Every row that names a person, and whether merging moves it. What was released stays as it was.
MOVED = {
    *("Badge", "Declaration", "ExternalId", "FocalPoint", "FocalPointRequest", "FormerMember", "Handover"),
    *("InvitationLink", "LiaisonOfficer", "Membership", "Particulars", "Photo", "PortalSession", "PortalSubject"),
    *("DuplicateCandidate", "VisaLetter"),
    *("Message", "Participant", "Slot", "FloorRequest", "SignUp", "Text", "Text_people"),
    *("PresenceMark", "Representation", "ToldByTelephone"),
}
STAYS = {"ReleasedParticipant"}
# What ends with whoever is gone.
ENDS = {"AgendaReadMark", "CalendarFeed", "SubjectAccessRequest"}


@pytest.fixture
def by(protocol: User) -> User:
    return protocol


@pytest.fixture
def pair(summit: Summit) -> tuple[Person, Person]:
    other = f.PersonFactory(summit=summit, name="Zoé", office="Minister", email="zoe@land.example")
    return f.PersonFactory(summit=summit, name="Zoe", office=""), other


def test_every_row_that_names_a_person_is_thought_of() -> None:
    named = {each.related_model for each in Person._meta.get_fields(include_hidden=True) if each.auto_created}
    models = {model.__name__: model for model in named if model is not None}
    todo = "Let merging move it, and add it to {table}; or to STAYS or ENDS."
    hold(table(models, MOVED | STAYS | ENDS, f"{__file__} MOVED", todo))


def test_all_that_hangs_on_the_other_moves(summit: Summit, by: User, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    party = f.PartyFactory(summit=summit)
    user = f.UserFactory()
    Person.objects.filter(pk=gone.pk).update(user=user)
    f.MembershipFactory(party=party, person=gone)
    f.FocalPointFactory(party=party, person=gone)
    f.PhotoFactory(person=gone)
    f.ParticularsFactory(person=gone, diet="vegan")
    f.ExternalIdFactory(party=None, person=gone, system="register", value="7")
    f.InvitationLinkFactory(invitation__party=party, person=gone)
    Badge.objects.create(person=gone, party=party)
    f.SlotFactory(session__summit=summit, speaker=gone)
    session = f.SessionFactory(summit=summit)
    f.ParticipantFactory(session=session, person=gone, party=None)
    f.ParticipantFactory(session=session, person=kept, party=None)
    third = f.DuplicateCandidateFactory(person=gone, other__summit=summit)
    f.DuplicateCandidateFactory(person=gone, other=kept)
    moved = merge(kept=kept, gone=gone, by=by)
    assert moved == {
        **dict.fromkeys(("membership", "focal_points", "badges", "particulars", "photo"), 1),
        **dict.fromkeys(("external_ids", "links", "duplicate_candidates", "speeches"), 1),
    }
    kept.refresh_from_db()
    assert (kept.name, kept.office, kept.email, kept.user) == ("Zoe", "Minister", "zoe@land.example", user)
    assert kept.membership.party == party
    assert kept.particulars.diet == "vegan"
    assert list(Participant.objects.values_list("person", flat=True)) == [kept.pk]
    assert Slot.objects.get().speaker == kept
    assert DuplicateCandidate.objects.get() == DuplicateCandidate(pk=third.pk)
    assert not Person.objects.filter(pk=gone.pk).exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key) == ("delegations.merge", kept.public_id)
    assert entry.detail == {"rows": [f"summit.person:{gone.public_id}"], "numbers": moved}


def test_of_two_the_one_that_stays_goes_before(summit: Summit, by: User, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    party = f.PartyFactory(summit=summit)
    f.MembershipFactory(party=party, person=kept)
    f.MembershipFactory(party=party, person=gone, confirmed_at=db_now())
    for person in pair:
        f.FocalPointFactory(party=party, person=person)
        f.PhotoFactory(person=person, width=person.pk)
        Badge.objects.create(person=person, party=party)
        f.ExternalIdFactory(party=None, person=person, system="register", value=str(person.pk))
    merge(kept=kept, gone=gone, by=by)
    row = Membership.objects.get()
    assert (row.person, row.confirmed_at is not None) == (kept, True)
    assert (FocalPoint.objects.count(), Photo.objects.get().width) == (1, kept.pk)
    assert ExternalId.objects.get().value == str(kept.pk)
    assert Badge.objects.live().get().person == kept
    dead = Badge.objects.get(ended_at__isnull=False)
    assert end_reason(dead) == "The person was a duplicate and has another badge."


def test_particulars_are_filled_and_nobody_sees_more(summit: Summit, by: User, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    one, two = f.PartyFactory(summit=summit), f.PartyFactory(summit=summit)
    f.ParticularsFactory(person=kept, entered_for=one, hotel="Ritz")
    passport = {"passport_number": "AB1", "birth_date": date(1960, 1, 2)}
    f.ParticularsFactory(person=gone, entered_for=two, hotel="Savoy", **passport)
    merge(kept=kept, gone=gone, by=by)
    row = Particulars.objects.get()
    assert (row.hotel, row.passport_number, row.entered_for) == ("Ritz", "AB1", one)
    assert {"passport_number", "birth_date"} <= set(row.withheld)
    assert row.passport_digest == passport_digests.of(row)["passport_digest"] != ""
    # What a desk entered is not the party's to see.
    other = f.PersonFactory(summit=summit, name="Zo")
    Particulars.objects.update(entered_for=None)
    f.ParticularsFactory(person=other, entered_for=one, vehicle="Tram")
    merge(kept=kept, gone=other, by=by)
    row = Particulars.objects.get()
    assert (row.entered_for, "hotel" in row.withheld, "vehicle" in row.withheld) == (one, True, False)


def test_what_was_released_stays_in_an_empty_row(summit: Summit, by: User, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    f.SlotFactory(session__summit=summit, session__visibility=Visibility.PUBLIC, speaker=gone)
    releases.release(summit=summit, by=f.UserFactory(is_superuser=True), tell=False)
    merge(kept=kept, gone=gone, by=by)
    gone.refresh_from_db()
    assert (gone.name, gone.office, gone.email, gone.erased_at is not None) == ("–", "", "", True)
    assert ReleasedParticipant.objects.get().person == gone
    assert Slot.objects.get().speaker == kept


def test_what_stops_it_says_what_to_do(summit: Summit, by: User, pair: tuple[Person, Person]) -> None:
    kept, gone = pair

    def refusal(**changed: Any) -> str:
        refused = refuses(MergeRefused, merge, **{"kept": kept, "gone": gone, "by": by, **changed})
        return str(refused)

    foreign = {"gone": f.PersonFactory(), "by": f.UserFactory(is_superuser=True)}
    assert refusal(**foreign) == "Choose two people in the same summit."
    refuses(PermissionDenied, merge, kept=kept, gone=gone, by=f.UserFactory.with_role(Role.ACCREDITATION, summit))
    kept.user, gone.user = f.UserFactory(), f.UserFactory()
    kept.save()
    gone.save()
    assert refusal() == "Zoe and Zoé, Minister both have accounts. Remove one account first."
    Person.objects.filter(pk__in=[kept.pk, gone.pk]).update(user=None)
    rows = [
        f.MembershipFactory(party__summit=summit, party__name=name, person=person)
        for person, name in zip(pair, ("Aland", "Bland"), strict=True)
    ]
    assert refusal() == "They belong to two delegations: Aland and Bland. Withdraw one of them first."
    # On the page it stands in the place of the buttons.
    page = f"/admin/delegations/duplicatecandidate/{f.DuplicateCandidateFactory(person=gone, other=kept).pk}/merge/"
    client = signed_in(by)
    shown = text(client.get(page))
    assert "They belong to two delegations" in shown
    for row in rows:
        assert f'withdraw/?row={row.pk}">Withdraw {row.person.label}</a>' in shown
    assert client.post(page, {"keep": kept.pk}).status_code == 422
    Person.objects.filter(pk=gone.pk).update(erased_at=db_now())
    gone.refresh_from_db()
    assert refusal() == "The data of one of them was erased, so there is nothing to merge."
    assert not AuditEntry.objects.filter(action="delegations.merge").exists()


def test_it_moves_all_or_nothing(by: User, pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = pair
    f.PhotoFactory(person=gone)
    monkeypatch.setattr(merging, "_remove", lambda person: 1 / 0)
    refuses(ZeroDivisionError, merge, kept=kept, gone=gone, by=by)
    assert Photo.objects.get().person == gone


def test_nothing_is_entered_about_who_was_erased(by: User, pair: tuple[Person, Person]) -> None:
    gone, _other = pair
    Person.objects.filter(pk=gone.pk).update(erased_at=db_now())
    said = "This person’s data was erased"
    refuses(PermissionDenied, people.change, person=gone, values={"name": "Back"}, by=by, match=said)
    posted = {"name": "Back", "office": "", "language": "en"}
    answer = signed_in(by).post(f"/admin/summit/person/{gone.pk}/change/", posted)
    assert (answer.status_code, "Add the person again." in text(answer)) == (403, True)


def test_who_is_entered_meanwhile_is_pointed_out(summit: Summit, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked, client = duplicates.find_duplicates, [], signed_in(by)

    def likely(**words: Any) -> Any:
        """Find nobody at the first look: the other was entered right after it."""
        asked.append(words)
        return [] if len(asked) == 1 else real(**words)

    there = f.PersonFactory(summit=summit, name="Zoe", office="")
    monkeypatch.setattr(duplicates, "find_duplicates", likely)
    posted = {"summit": summit.pk, "name": "Zoe", "office": "", "language": "en", "once": "mark"}
    answer = client.post("/admin/summit/person/add/", posted)
    assert list(answer.context["adminform"].form.errors) == ["another"]
    answer = client.post("/admin/summit/person/add/", {**posted, "another": there.public_id})
    assert answer.status_code == 302
    assert Person.objects.filter(name="Zoe").count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", [True, False])
def test_of_two_who_enter_the_same_person_at_once_one_is_told(held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the summit's row being held, both are entered."""
    summit = f.SummitFactory()
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    meet_after(monkeypatch, duplicates, "find_duplicates")
    if not held:
        monkeypatch.setattr(people, "_lock_summit", lambda summit: None)
    values = {"name": "Zoe", "language": "en"}
    came = at_once(*[lambda: people.create_without_party(summit=summit, values=values, by=by).name] * 2)
    assert sorted(names(came)) == (["PossibleDuplicate", "Zoe"] if held else ["Zoe", "Zoe"])
    assert Person.objects.filter(name="Zoe").count() == (1 if held else 2)


def test_a_text_that_concerns_both_concerns_who_stays_once(pair: tuple[Person, Person], by: User) -> None:
    kept, gone = pair
    both, one = f.TextFactory(summit=kept.summit), f.TextFactory(summit=kept.summit)
    both.people.set([kept, gone])
    one.people.set([gone])
    assert merge(kept=kept, gone=gone, by=by)["concerned"] == 1
    assert [list(text.people.all()) for text in (both, one)] == [[kept], [kept]]
