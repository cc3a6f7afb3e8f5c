"""The demonstration: what is loaded, that it comes out the same, and that it stays as it is."""

import io
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models.functions import Now

from delegations.domain import mailboxes, naming, quotas, retention
from delegations.models import (
    Category,
    DeclarationKind,
    FocalPoint,
    Invitation,
    Membership,
    OverpassRule,
    Particulars,
    Party,
    PartyKind,
    PartyName,
    Policy,
    Quota,
    Retention,
    Zone,
)
from portal.demo import accounts, border_security, parties, synthetic, world
from portal.demo.progress import Progress
from press.models import Announcement, Edition, Subscriber, Text
from press.models.visibility import public_editions, standing
from sessions.domain import releases
from sessions.models import Document, Participant, Release, Session, SessionKind, Slot, Visibility
from summit.models import AuditEntry, Person, RoleAssignment, Summit, User
from summit.outbox.models import Message
from tests.factories import SummitFactory

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
SMALL = synthetic.Sizes(delegations=8, sessions=60, people=40, texts=40)


def demo(*args: Any) -> str:
    out = io.StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def rows() -> dict[str, int]:
    """How many rows there are in every table."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


# Moments of loading, secrets, and what the domain makes by itself: the only things that may differ.
OWN = {
    "password",
    "date_joined",
    "created_at",
    "updated_at",
    "answer_by",
    "expires_at",
    "nonce",
    "released_at",
    "added_at",
    "at",
    "fingerprint",
    "since",
}


def content(*, without: frozenset[str] = frozenset()) -> dict[str, list[dict[str, Any]]]:
    """Every row of the summits' tables, by public ids instead of primary keys."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label not in ("summit", "delegations", "programme", "press") or label in without:
            continue
        if label == "summit.PublicChange":
            # Notes by number that something changed, and names the summit by its key.
            continue
        found[label] = [values(row) for row in model._default_manager.order_by("pk")]
    return found


def values(row: models.Model) -> dict[str, Any]:
    own = OWN | ({"public_id"} if row._meta.label in ("programme.Release", "programme.ReleasedSession") else set())
    return {
        field.name: str(getattr(row, field.name))
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in own and field.name not in ("detail", "object_key")
    }


# --- the real summit ------------------------------------------------------------------------------------------------
@pytest.fixture
def summit() -> Summit:
    return border_security.load()


def test_where_and_when(summit: Summit) -> None:
    assert (summit.slug, summit.place, summit.time_zone) == ("border-security-2025", "London", "Europe/London")
    assert (str(summit.starts_on), str(summit.ends_on)) == ("2025-03-31", "2025-04-01")
    assert (summit.public, summit.public_changes, summit.illustrative) == (True, True, True)
    assert [venue.name for venue in summit.venues.all()] == ["Lancaster House"]
    left = Summit.objects.values_list(models.F("answer_by") - Now(), flat=True).get()
    assert timedelta(days=30) < left <= timedelta(days=32)
    assert summit.answer_by is not None
    assert summit.answer_by.astimezone(summit.zone).strftime("%H:%M") == "17:00"
    summit.full_clean()


def test_who_is_invited(summit: Summit) -> None:
    invited = Party.objects.filter(is_host=False)
    assert Counter(invited.values_list("kind", flat=True)) == {
        PartyKind.COUNTRY: 42,
        PartyKind.SUBSTATE: 1,
        PartyKind.INTERNATIONAL: 2,
        PartyKind.ORGANISATION: 3,
    }
    assert Party.objects.get(is_host=True).name == "United Kingdom"
    assert sorted(invited.filter(illustrative=False).values_list("name", flat=True)) == sorted(
        (
            *("Albania", "Austria", "China", "France", "Germany", "Iraq", "Italy", "Nigeria", "Sweden", "Tunisia"),
            *("United States", "Vietnam", "Kurdistan Regional Government", "Interpol", "Meta", "TikTok", "X"),
        )
    )
    assert sorted(invited.filter(kind=PartyKind.ORGANISATION).values_list("name", flat=True)) == [
        "Meta",
        "TikTok",
        "X",
    ]
    assert Invitation.objects.count() == 0


def test_codes_are_those_of_the_countries(summit: Summit) -> None:
    known = {code: name for name, code in world.delegations(193)}
    # The library of ISO countries doesn't know it.
    assert "XK" not in known
    for party in Party.objects.filter(kind=PartyKind.COUNTRY).exclude(iso_code="XK"):
        assert party.iso_code in known
        assert known[party.iso_code].startswith(party.name[:4])
    assert set(Party.objects.exclude(kind=PartyKind.COUNTRY).values_list("iso_code", flat=True)) == {""}


def test_rows_are_valid(summit: Summit) -> None:
    delegations = (
        *(Party, PartyName, Person, Membership, FocalPoint, Policy, Category, Quota, Zone, OverpassRule),
        *(DeclarationKind, Particulars, Retention),
    )
    for model in (*delegations, Session, Slot, Text, Edition, Subscriber, User):
        for row in model._default_manager.all():
            row.full_clean()


def test_sorted_as_one_reads(summit: Summit) -> None:
    names = list(Party.objects.values_list("name", flat=True))
    assert (
        names.index("Switzerland") < names.index("Tunisia") < names.index("Türkiye") < names.index("United Kingdom")
    )
    assert all(party.sort_key.isascii() for party in Party.objects.all())


def test_delegations_have_names_in_every_language_and_companies_are_called_alike(summit: Summit) -> None:
    for party in Party.objects.prefetch_related("names"):
        assert {row.language for row in party.names.all()} == ({"fr", "ar"} if party.is_delegation else set()), party
        for row in party.names.all():
            assert row.formal_name
            assert row.sort_key
            assert bool(row.footnote) == bool(party.footnote)
    assert PartyName.objects.filter(language="fr", sort_key__regex=r"[^\x00-\x7f]").count() == 0


def test_what_is_no_country_has_a_footnote_and_no_flag_in_every_language(summit: Summit) -> None:
    noted = set(Party.objects.exclude(footnote="").values_list("name", flat=True))
    assert noted == {"Kurdistan Regional Government", "Kosovo"}
    party = Party.objects.get(name="Kurdistan Regional Government")
    assert (party.kind, party.recognised, party.flag, party.iso_code) == ("substate", False, "none", "")
    said = naming.as_data(party, policy=Policy.objects.of(summit))
    assert said["names"] == {
        "en": {
            "name": "Kurdistan Regional Government",
            "formal_name": "Kurdistan Regional Government of Iraq",
            "sort_key": "Kurdistan",
        },
        "ar": {
            "name": "حكومة إقليم كردستان",
            "formal_name": "حكومة إقليم كردستان العراق",
            "sort_key": "كردستان",
        },
        "fr": {
            "name": "Gouvernement régional du Kurdistan",
            "formal_name": "Gouvernement régional du Kurdistan d’Iraq",
            "sort_key": "Kurdistan",
        },
    }
    assert (sorted(said["footnotes"]), said["flag"], said["kind"]) == (["ar", "en", "fr"], None, "substate")
    # It is written to at its focal point alone.
    assert [box.address for box in mailboxes.for_letters([party])] == ["protocol@krg.example"]
    kosovo = Party.objects.get(name="Kosovo")
    assert naming.named(kosovo, policy=Policy.objects.of(summit), language="fr").flag == naming.NEUTRAL


def test_nobody_is_over_a_quota_and_deadlines_are_to_come(summit: Summit) -> None:
    for meters in quotas.meters_of(summit.parties.all()).values():
        for meter in meters:
            assert not meter.closed
            assert meter.allowed is None or meter.named <= meter.allowed, (meter.party, meter.label)
    policy = Policy.objects.get(summit=summit)
    assert policy.name_by is not None
    assert policy.confirm_by is not None
    assert summit.answer_by is not None
    assert summit.answer_by < policy.name_by < policy.confirm_by
    assert Category.objects.get(summit=summit, code="media").name_by == summit.answer_by


def test_what_is_known_of_people_says_that_it_is_a_specimen_and_is_kept(summit: Summit) -> None:
    rows = Particulars.objects.select_related("person")
    assert rows.count() > 20
    for row in rows:
        assert row.passport_name.startswith("SPECIMEN ")
        assert row.passport_number.startswith("SPEC")
        assert row.passport_digest
        assert row.entered_for is not None
    # Who has an account is left to enter their own.
    assert not rows.filter(person__user__isnull=False).exists()
    assert retention.purge(summit=summit) == {}
    assert rows.filter(passport_digest="").count() == 0


def test_mailboxes_are_nobodys(summit: Summit) -> None:
    boxes = [
        *Party.objects.values_list("mission_email", flat=True),
        *Person.objects.exclude(email="").values_list("email", flat=True),
        *Subscriber.objects.values_list("address", flat=True),
        *User.objects.values_list("email", flat=True),
    ]
    assert {box.rpartition(".")[2] for box in boxes} == {"example"}
    shared = [
        box for box, number in Counter(Party.objects.values_list("mission_email", flat=True)).items() if number > 1
    ]
    assert shared == ["missions@benelux.example"]
    assert set(Party.objects.filter(mission_email=shared[0]).values_list("name", flat=True)) == {
        "Belgium",
        "Luxembourg",
    }


def test_languages_of_letters(summit: Summit) -> None:
    spoken = Counter(Party.objects.values_list("language", flat=True))
    assert spoken == {"en": 39, "fr": 3, "ar": 7}
    assert Party.objects.get(name="France").language == "fr"
    assert Party.objects.get(name="Tunisia").language == "ar"


def test_people_are_known_by_office(summit: Summit) -> None:
    assert set(Person.objects.values_list("name", flat=True)) == {""}
    heads = Membership.objects.filter(capacity="head")
    assert heads.count() == 46
    assert heads.get(party__name="France").person.label == "Minister of the Interior, France"
    assert heads.get(party__is_host=True).person.label == "Home Secretary, United Kingdom"
    assert set(Membership.objects.filter(party__kind="organisation").values_list("capacity", flat=True)) == {
        "representative"
    }
    assert FocalPoint.objects.values("party").distinct().count() == 49
    assert FocalPoint.objects.exclude(person__email="").count() >= 5


def test_accounts(summit: Summit) -> None:
    roles = {
        user.email: sorted(RoleAssignment.objects.filter(user=user).values_list("role", flat=True))
        for user in User.objects.all()
    }
    assert roles == {
        "organiser@summit.example": ["organiser", "programme"],
        "protocol@summit.example": ["protocol"],
        "press@summit.example": ["press_officer"],
        "approver@summit.example": ["press_approver"],
        "focal@summit.example": [],
        "delegate@summit.example": [],
    }
    assert not User.objects.filter(is_superuser=True).exists()
    assert {account.email for account in accounts.ACCOUNTS} == set(roles)
    for address in roles:
        assert User.objects.get(email=address).check_password(accounts.PASSWORD)
    focal = FocalPoint.objects.get(person__user__email="focal@summit.example")
    deputy = Membership.objects.get(person__user__email="delegate@summit.example")
    assert (focal.party.name, deputy.party.name, deputy.capacity) == ("France", "France", "alternate")
    assert deputy.person.label == "Deputy Minister of the Interior, France"
    assert authenticate(None, email="focal@summit.example", password="wrong") is None


def test_agenda(summit: Summit) -> None:
    opening = Session.objects.get(title="Opening")
    assert (opening.starts_at.isoformat(), opening.visibility) == ("2025-03-31T08:30:00+00:00", "public")
    assert [str(slot.speaker) for slot in opening.slots.all()] == [
        "Prime Minister, United Kingdom",
        "Home Secretary, United Kingdom",
    ]
    tunisia = Session.objects.filter(kind=SessionKind.BILATERAL)
    met = {session.title.removeprefix("Tunisia and ") for session in tunisia}
    assert met == {"United Kingdom", "Italy", "Iraq", "Austria", "France", "Nigeria"}
    # All delegations know of one, and only its two where it is.
    shown = set(tunisia.values_list("visibility", "room_to"))
    assert shown == {(Visibility.PARTICIPANTS, ""), (Visibility.ACCREDITED, Visibility.PARTICIPANTS)}
    assert set(Participant.objects.filter(session__in=tunisia, party__isnull=False).values_list("level")) == {
        ("head1",)
    }
    assert list(opening.texts.order_by("language").values_list("title", flat=True)) == ["الافتتاح", "Ouverture"]
    assert (opening.media, opening.interpretation.count()) == ("pooled", 6)
    open_ones = Session.objects.filter(sign_up=True).values_list("title", "capacity")
    assert list(open_ones) == [("Countering promotion online", 80)]
    papers = Document.objects.order_by("session__starts_at")
    assert [(row.session.title, bytes(row.content)[:5], row.size == len(row.content)) for row in papers] == [
        ("Supply chains and enablers", b"%PDF-", True),
        ("Closing and communiqué", b"%PDF-", True),
    ]
    days = {session.starts_at.astimezone(summit.zone).date() for session in Session.objects.all()}
    assert days == {summit.starts_on, summit.ends_on}
    doorstep = Session.objects.get(kind=SessionKind.DOORSTEP)
    assert (doorstep.visibility, doorstep.starts_at < opening.starts_at) == ("organisers", True)
    online = Session.objects.get(title="Countering promotion online")
    assert {"Meta", "TikTok", "X"} <= {str(row) for row in online.participants.all()}
    seven = Session.objects.get(kind=SessionKind.SIGNING)
    assert {str(row) for row in seven.participants.all()} == {
        *("Albania", "China", "Sweden", "Tunisia", "United Kingdom", "United States", "Vietnam")
    }


def test_nobody_is_in_two_places(summit: Summit) -> None:
    preview = releases.preview(summit=summit)
    assert (preview.number, preview.sessions, preview.warnings) == (1, 21, [])
    busy: dict[str, list[Session]] = {}
    for session in Session.objects.prefetch_related("participants__party").order_by("starts_at"):
        for row in session.participants.all():
            # Heads are at the bilateral meetings while nothing else is on for them.
            if row.party and "Tunisia" in str(row.party):
                busy.setdefault(str(row.party), []).append(session)
    for sessions in busy.values():
        assert all(one.ends_at <= two.starts_at for one, two in pairwise(sessions))


def test_nothing_is_out_yet(summit: Summit) -> None:
    assert (Release.objects.count(), Message.objects.count(), public_editions().count()) == (0, 0, 0)
    assert set(Edition.objects.values_list("state", "author__email")) == {("draft", "press@summit.example")}
    assert set(Text.objects.values_list("lift__moment", "lift__held_at")) == {(None, None)}
    assert Subscriber.objects.active().count() == 4


def test_every_text_says_that_it_is_a_sample(summit: Summit) -> None:
    assert Edition.objects.count() == 6
    for edition in Edition.objects.all():
        assert edition.body.startswith("*Sample text, written for this demonstration. Nobody spoke or issued")
    speeches = Text.objects.filter(kind="transcript").order_by("id")
    assert [text.slot.title for text in speeches if text.slot] == ["Opening address", "Address of the host"]


def test_loading_is_on_record(summit: Summit) -> None:
    entry = AuditEntry.objects.get(action="demo.load")
    assert (entry.by, entry.by_label, entry.summit, entry.object_key) == (None, "system", summit, summit.public_id)
    assert entry.detail == {"parties": 49, "people": 176, "sessions": 21, "texts": 6, "subscribers": 4}


# --- the command ----------------------------------------------------------------------------------------------------
def test_second_run_changes_nothing() -> None:
    first = demo()
    assert first.startswith("border-security-2025 is loaded: 49 parties, 176 people, 21 sessions, 6 texts")
    assert f"password {accounts.PASSWORD}" in first
    before, kept = rows(), content()
    assert demo() == "border-security-2025 is there already: nothing was changed.\n"
    assert (rows(), content()) == (before, kept)


def test_if_empty_loads_where_nothing_is() -> None:
    assert "is loaded" in demo("--if-empty")
    assert demo("--if-empty") == "There is a summit already: nothing was loaded.\n"


def test_if_empty_does_nothing_where_another_summit_is() -> None:
    SummitFactory()
    before = rows()
    assert demo("--if-empty") == "There is a summit already: nothing was loaded.\n"
    assert rows() == before


def test_no_password_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    said = demo()
    assert accounts.PASSWORD not in said
    assert "in production none is set" in said
    assert [user.has_usable_password() for user in User.objects.all()] == [False] * 6


def test_an_account_that_is_there_keeps_its_password() -> None:
    User.objects.create_user("organiser@summit.example", "my own secret 42")
    demo()
    user = User.objects.get(email="organiser@summit.example")
    assert user.check_password("my own secret 42")
    assert user.roles.count() == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--sessions", "3"], "another --slug"),
        (["--slug", "admin"], "address of the system"),
        (["--slug", "Big Summit"], "small letters"),
        (["--slug", "big", "--people", "3"], "193 delegations need at least 386 people"),
        (["--slug", "big", "--delegations", "1"], "at least 2 delegations"),
        (["--slug", "big", "--texts", "-1"], "not negative"),
    ],
)
def test_what_cannot_be_loaded_is_refused(args: list[str], said: str) -> None:
    before = rows()
    with pytest.raises(CommandError, match=said):
        demo(*args)
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise LookupError

    monkeypatch.setattr(border_security, "_subscribers", fail)
    before = rows()
    with pytest.raises(LookupError):
        border_security.load()
    assert rows() == before


# --- any size -------------------------------------------------------------------------------------------------------
def test_sizes_are_met() -> None:
    said = demo("--slug", "big", "--delegations", "8", "--sessions", "60", "--people", "40", "--texts", "40")
    assert said.startswith("big is loaded: 8 parties, 40 people, 60 sessions, 40 texts, 20 subscribers.")
    assert demo("--slug", "big") == "big is there already: nothing was changed.\n"
    summit = Summit.objects.get()
    summit.full_clean()
    for model in (Party, Person, Membership, Session, Slot, Text, Edition, Invitation):
        for row in model._default_manager.all():
            row.full_clean()


def test_the_same_seed_gives_the_same_data() -> None:
    def made(seed: int) -> dict[str, list[dict[str, Any]]]:
        from django.db import transaction

        try:
            with transaction.atomic():
                sizes = synthetic.Sizes(delegations=8, sessions=60, people=40, texts=40, seed=seed)
                synthetic.load(slug="big", sizes=sizes)
                found = content(without=frozenset({"summit.AuditEntry", "summit.AuditChain"}))
                raise LookupError
        except LookupError:
            return found

    one, again, other = made(1), made(1), made(2)
    assert one == again
    assert one["delegations.Party"][0]["public_id"] != other["delegations.Party"][0]["public_id"]


def test_two_synthetic_summits_stand_beside_each_other() -> None:
    synthetic.load(slug="one", sizes=SMALL)
    synthetic.load(slug="two", sizes=SMALL)
    demo()
    assert Summit.objects.count() == 3


def test_every_standing_and_answer_is_there() -> None:
    summit = synthetic.load(slug="big", sizes=synthetic.Sizes(delegations=12, sessions=60, people=40, texts=60))
    standings = Counter(Edition.objects.annotate(where=standing()).values_list("where", flat=True))
    assert set(standings) == {"published", "under_embargo", "held", "in_review", "draft", "withdrawn"}
    answers = Counter(Invitation.objects.values_list("state", "answer"))
    assert answers == {
        ("answered", "attending"): 7,
        ("answered", "regrets"): 1,
        ("sent", ""): 2,
        ("draft", ""): 1,
    }
    assert list(Release.objects.filter(summit=summit).order_by("number").values_list("number", flat=True)) == [1, 2]
    assert not Edition.objects.filter(state="approved", decided_by=models.F("author")).exists()
    assert User.objects.filter(is_superuser=True).count() == 0


def test_parties_of_a_large_one_are_full_and_none_has_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    # So many that a delegation has two alternates, where the usual number is one.
    sizes = synthetic.Sizes(delegations=6, sessions=0, people=60, texts=0)
    summit = synthetic.load(slug="big", sizes=sizes)
    found = [len(quotas.with_room(summit, wanted)) for wanted in (quotas.FULL, quotas.OVER, quotas.ROOM)]
    assert found == [6, 0, 0]
    # The control: with the usual numbers none would be full.
    monkeypatch.setattr(synthetic, "_room", lambda categories, rows: None)
    summit = synthetic.load(slug="other", sizes=sizes)
    assert len(quotas.with_room(summit, quotas.FULL)) == 0


def test_what_is_out_is_not_announced_again() -> None:
    synthetic.load(slug="big", sizes=SMALL)
    announced = Announcement.objects.values("edition")
    assert public_editions().count() > 20
    assert public_editions().exclude(pk__in=announced).count() == 0
    assert Message.objects.filter(kind="publication").count() == 0


def test_nobody_is_in_two_places_of_a_large_one() -> None:
    summit = synthetic.load(slug="big", sizes=synthetic.Sizes(delegations=70, sessions=90, people=140, texts=0))
    assert releases.preview(summit=summit).warnings == []


def test_nothing_of_everything() -> None:
    summit = synthetic.load(slug="none", sizes=synthetic.Sizes(delegations=2, sessions=0, people=4, texts=0))
    assert border_security.counts(summit) == {"parties": 2, "people": 4, "sessions": 0, "texts": 0, "subscribers": 20}


def test_more_delegations_than_countries_are_numbered() -> None:
    found = world.delegations(195)
    assert len({name for name, _code in found}) == 195
    assert found[-1] == ("Delegation 195", "")
    assert len({code for _name, code in found[:193]}) == 193
    assert parties.HOST.iso_code in {code for _name, code in found}


class Terminal(io.StringIO):
    """A stream as Django's commands have it."""

    def write(self, msg: str, *, ending: str | None = None) -> None:  # type: ignore[override]
        super().write(msg if ending is None else msg + ending)


def test_progress_is_for_terminals() -> None:
    seen, hidden = Terminal(), Terminal()
    for progress in (Progress(seen, shown=True), Progress(hidden, shown=False)):
        progress.start(2)
        progress.step("one")
        progress.step("two")
        progress.finish()
    assert hidden.getvalue() == ""
    assert [part.strip() for part in seen.getvalue().split("\r") if part.strip()] == ["1/2 one", "2/2 two"]
