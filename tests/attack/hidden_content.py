"""Texts and sessions that must stay hidden, each with words that stand nowhere else, and who asks for them."""

from typing import Any

from django.db.models import F
from django.test import Client

from delegations.members.models.categories import Capacity
from delegations.parties.models.parties import Party
from press.texts.models.editions import Edition, EditionAttachment, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from tests import factories as f
from tests.attack.crawler import delegate
from tests.clients import signed_in
from tests.press.helpers import add_edition, ago, make_text, officer
from tests.sessions.conftest import session

STATES: dict[str, dict[str, Any]] = {
    "draft": {"state": EditionState.DRAFT, "moment": ago(5)},
    "in review": {"state": EditionState.IN_REVIEW, "moment": ago(5)},
    "changes requested": {"state": EditionState.CHANGES_ASKED, "moment": ago(5)},
    "under embargo": {"moment": ago(-5)},
    "unscheduled": {},
    "when delivered": {"speech": True},
    "held": {"moment": ago(5), "held": True},
    "withdrawn before": {"moment": ago(5), "withdrawn_at": ago(6)},
    "tied to what is not approved": {"moment": ago(5)},
    "removed": {"moment": ago(5), "withdrawn_at": ago(2)},
}
WORDS = ("title", "summary", "body", "change_note")
LANGUAGES = ("en", "fr", "ar")
# What is looked for in states of their own: a correction in draft of what is public, and a language of it in draft.
CORRECTION, TRANSLATION = "y", "z"


def canary(state: int | str, field: int, language: str = "en") -> str:
    """Return a word that stands in one field of one text in one language, and nowhere else."""
    first = state if isinstance(state, str) else chr(ord("a") + state)
    return f"zqcanary{first}{chr(ord('a') + field)}{language[0]}"


def words(state: int | str, language: str = "en") -> dict[str, str]:
    """Return the words of a text, each field with a canary of its own."""
    return {field: f"Words {canary(state, n, language)}" for n, field in enumerate(WORDS)}


def lay_beside(edition: Edition, state: int | str) -> None:
    """Lay a file beside an edition: title, name and content tell where they are from."""
    file = f.AttachmentFactory(
        text=edition.version.text,
        title=canary(state, 5),
        file_name=f"{canary(state, 6)}.pdf",
        content=f"%PDF-1.7 {canary(state, 7)}".encode(),
    )
    EditionAttachment.objects.create(edition=edition, attachment=file)


def hidden_texts() -> Summit:
    """Make texts in every state that nobody may read, and others under what everybody may; return their summit."""
    summit: Summit = f.SummitFactory(public_changes=True)
    f.SubscriberFactory(summit=summit)
    for number, (name, values) in enumerate(STATES.items()):
        given = {"speech": number % 2 == 0, "slug": f"{canary(number, 25)}-text"} | values
        edition = make_text(summit=summit, **given, **words(number))
        text, state = edition.version.text, values.get("state", EditionState.APPROVED)
        lay_beside(edition, number)
        for language in LANGUAGES[1:]:
            version = f.TextVersionFactory(text=text, language=language, authoritative=False)
            add_edition(version, state=state, **words(number, language))
        _about(text, number)
        if name == "removed":
            gone = {"removed_at": ago(1), "removed_by": f.UserFactory(), "removal_reason": "It named a person."}
            Text.objects.filter(pk=text.pk).update(**gone)
        if name == "tied to what is not approved":
            Embargo.objects.filter(pk=text.embargo_id).update(tied=True)
            make_text(summit=summit, embargo=text.embargo, state=EditionState.IN_REVIEW, slug="zqcanarytzz-text")
            TextVersion.objects.filter(text__embargo=text.embargo_id).update(added_at=ago(9))
    _under_what_is_public(summit)
    return summit


def _about(text: Text, state: int) -> None:
    text.contact, text.gather_place = canary(state, 8), canary(state, 9)
    text.topics.add(f.TopicFactory(summit=text.summit, name=canary(state, 10)))
    text.save()
    Edition.objects.filter(version__text=text).update(decision_note=canary(state, 11))
    Embargo.objects.filter(pk=text.embargo_id, held_at__isnull=False).update(hold_reason=canary(state, 12))


def _under_what_is_public(summit: Summit) -> None:
    public = make_text(summit=summit, slug="open-text", moment=ago(5), title="Open", body="Open", speech=True)
    correction = add_edition(
        public.version, state=EditionState.IN_REVIEW, change_kind="correction", **words(CORRECTION)
    )
    lay_beside(correction, CORRECTION)
    arabic = f.TextVersionFactory(text=public.version.text, language="ar", authoritative=False)
    add_edition(arabic, state=EditionState.DRAFT, **words(TRANSLATION))
    # What was said, still to be published, follows what was prepared, which is.
    said = make_text(summit=summit, slug="zqcanaryxzz-text", moment=ago(-1), **words("x"))
    prepared = public.version.text
    delivered = {
        "kind": TextKind.TRANSCRIPT,
        "wording": Wording.DELIVERED,
        "slot": prepared.slot,
        "prepared": prepared,
    }
    Text.objects.filter(pk=said.version.text_id).update(**delivered)


def readers(summit: Summit) -> dict[str, Client]:
    """Return who may not read ahead: anybody, a delegate, a journalist, and an account with all desks that have
    nothing to do with it, here or elsewhere: what each of them may, it may."""
    party = f.PartyFactory(summit=summit)
    f.InvitationFactory(party=party)
    media = f.CategoryFactory(summit=summit, capacity=Capacity.MEDIA)
    desks = officer(f.SummitFactory())
    for role in (Role.PROTOCOL, Role.PROGRAMME):
        RoleAssignment.objects.create(user=desks, summit=summit, role=role)
    return {
        "anybody": Client(),
        "delegate": signed_in(delegate(party)),
        "journalist": signed_in(delegate(party, category=media)),
        "desks": signed_in(desks),
    }


HIDDEN = (Visibility.PARTICIPANTS, Visibility.ORGANISERS)


def confide(summit: Summit) -> tuple[Party, Party]:
    """Release an agenda with sessions that only some may know of; return who takes part and who doesn't."""
    inside, outside = f.PartyFactory(summit=summit), f.PartyFactory(summit=summit)
    organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
    for party in (inside, outside):
        f.FocalPointFactory(party=party)
    rows = []
    for visibility, letter in zip(HIDDEN, "xy", strict=True):
        words = {"title": f"Talks zqcanary{letter}ae", "summary": f"About zqcanary{letter}be"}
        rows.append(session(summit, inside, visibility=visibility, **words))
    session(summit, inside, outside, visibility=Visibility.PUBLIC, title="Open")
    releases.release(summit=summit, by=organiser, tell=False)
    for row in rows:
        Session.objects.filter(pk=row.pk).update(ends_at=F("ends_at") + (row.ends_at - row.starts_at))
    Session.objects.filter(title="Open").update(title="Open still")
    releases.release(summit=summit, by=organiser)
    return inside, outside
