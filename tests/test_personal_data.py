"""Every column with data about people is declared, with a purpose, who sees it, and how long it is kept."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from delegations.members.models.particulars import Particulars
from delegations.privacy.services import retention
from summit.core.personal_data import (
    DataSubject,
    PersonalDataKind,
    PersonalField,
    ProcessingActivity,
    activity_of,
    declaration,
    logged_fields,
    personal,
    personal_columns,
)
from summit.people.models import Person
from summit.permissions.rules import RULES
from summit.privacy import registry
from tests.ratchets import broken, hold, table

pytestmark = pytest.mark.once

TEXTS = (
    *(models.CharField, models.TextField, models.JSONField, models.BinaryField),
    *(models.GenericIPAddressField, models.FileField),
)
KEYS = "keys of rows, digests and random values, which say nothing of anybody without what they refer to"
SECRETS = "secrets, which nobody reads"
TECHNICAL = "what the system notes about its own work: kinds, states, numbers, addresses of the system"
HOST = "facts about the summit and its venue, which the host publishes"
CATALOGUE = "what a desk sets up: categories, kinds, templates, zones, groups, topics"
AGENDA = "words about a session or a speech. Who takes part is in columns of its own"
TEXT_WORK = "what the press office notes about a text, and files that it publishes"
# The columns that hold no data about people, with the reason. Others are declared in their models.
NOT_PERSONAL: dict[str, dict[str, str]] = {
    KEYS: {
        "admin.LogEntry": "object_id",
        "sessions.Session": "session_key",
        "usersessions.UserSession": "session_key",
        "socialaccount.SocialAccount": "provider",
        "summit.RoleAssignment": "issuer",
        "summit.GroupRole": "issuer group",
        "summit.UnlinkedSignIn": "issuer code",
        "summit.AuditEntry": "previous digest",
        "summit.AuditChain": "head",
        "api.IdempotencyRecord": "who key asked",
        "api.RequestCount": "who",
        "outbox.Message": "subject_key nonce message_id request_id",
        "jobs.Job": "key params checkpoint result_params",
        "jobs.ExportedFile": "keys summits",
        "webhooks.Delivery": "subject_key",
        "delegations.InvitationLink": "nonce",
        "delegations.Particulars": "person withheld",
        "delegations.Photo": "person",
        "delegations.Handover": "key",
        "delegations.Invitation": "occasion",
        "delegations.SignInCode": "nonce",
        "delegations.PartyProvider": "issuer",
        "delegations.PortalSubject": "issuer",
        "delegations.PortalSession": "issuer",
        "summit.ImportFile": "kind party_key",
        "summit.FileScan": "kind uploader signature problem",
        "agenda.ReleasedSession": "fingerprint room_key seal",
        "agenda.ReleasedParticipant": "slot_key",
        "agenda.Retiming": "digest",
        "agenda.CalendarFeed": "digest",
        "agenda.Document": "digest",
        "agenda.BoardStep": "sitting",
        "press.Attachment": "digest",
        "press.Subscriber": "nonce",
    },
    SECRETS: {
        "account.EmailConfirmation": "key",
        "mfa.Authenticator": "data",
        "summit.User": "password",
        "api.Token": "digest begins",
        "webhooks.Endpoint": "secret former_secret",
        # Not used: providers are rows of ours, and no tokens are stored.
        "socialaccount.SocialApp": "secret key",
        "socialaccount.SocialToken": "token token_secret",
        "summit.IdentityProvider": "client_secret",
    },
    TECHNICAL: {
        "auth.Permission": "name codename",
        "auth.Group": "name",
        "contenttypes.ContentType": "app_label model",
        "summit.AuditEntry": "action object_type fields",
        "summit.Installation": "database host",
        "summit.Heartbeat": "name",
        "socialaccount.SocialApp": "client_id name provider provider_id settings",
        "summit.IdentityProvider": "certificates client_id groups_claim issuer name second_factor_values sign_in_url "
        "sign_out_url slug subject_attribute",
        "summit.UndoOffer": "key",
        "summit.SavedView": "label name query order columns",
        "api.IdempotencyRecord": "headers",
        "api.ApiClient": "name",
        "api.Token": "name scopes",
        "outbox.Message": "kind",
        "jobs.Job": "kind result problem",
        "jobs.ExportedFile": "label ending language columns",
        "webhooks.Endpoint": "name url events",
        "webhooks.Delivery": "event problem",
        "webhooks.Attempt": "problem",
        "delegations.ExternalId": "system",
        "delegations.Reply": "reference",
        "delegations.ReplyScan": "media_type",
        "delegations.Handover": "what",
        "agenda.BoardStep": "changes",
        "agenda.ConflictPolicy": "rule",
        "press.SearchWord": "language word trigrams",
    },
    HOST: {
        "summit.Summit": "slug name short_name host time_zone place names accent emblem_digest contact_email",
        "summit.Emblem": "image",
        "summit.Venue": "name address",
        "summit.Room": "name directions",
    },
    CATALOGUE: {
        "delegations.Party": "footnote iso_code",
        "delegations.PartyName": "footnote",
        "delegations.Category": "code names colour",
        "delegations.TransferablePassRule": "name",
        "delegations.LetterTemplate": "subject body",
        "delegations.Quota": "reason",
        "delegations.ParticipantList": "note",
        "delegations.PartyGroup": "name",
        "delegations.Policy": "reminder_days letter_words reference_prefix",
        "delegations.DeclarationKind": "name names asks",
        "delegations.Zone": "code name",
        "agenda.CustomKind": "name names",
        "agenda.Screen": "name digest",
        "press.Topic": "name names",
    },
    AGENDA: {
        "agenda.Session": "title summary cancellation_reason cancellation_reasons carried",
        "agenda.SessionText": "title summary",
        "agenda.Interpretation": "source target booth",
        "agenda.Slot": "title",
        "agenda.FloorRequest": "subject reason",
        "agenda.Bilateral": "purpose language counterpart_language reason",
        "agenda.Release": "note notes",
        "agenda.ReleasedSession": "kind_names title summary texts room_name venue_name audiences languages documents "
        "carried",
        "agenda.ReleasedParticipant": "party_label title",
        "agenda.PublicRemoval": "reason",
        "agenda.FixedPoint": "booth",
        "agenda.Retiming": "reason plan split accepted",
        "agenda.Document": "title file_name content_type content",
    },
    TEXT_WORK: {
        "press.Embargo": "hold_reason",
        "press.Text": "slug gather_place withdrawal_reason removal_reason",
        "press.TextVersion": "language",
        "press.Attachment": "title language file_name content_type content",
        "press.Edition": "change_note anchors decision_note emergency_reason",
        "press.PassageCheck": "anchor",
    },
}


LISTED = [
    f"{label}.{name}"
    for columns in NOT_PERSONAL.values()
    for label, names in columns.items()
    for name in names.split()
]
# All models but proxies, which have the columns of another one.
WITH_TABLES = [model for model in apps.get_models() if not model._meta.proxy]


def undeclared() -> dict[str, Any]:
    """Columns of all models that could hold data about people, and aren't declared, by their names."""
    return {
        f"{model._meta.label}.{column.name}": column
        for model in WITH_TABLES
        for column in model._meta.concrete_fields
        # A choice says nothing of anybody, unless it is one of what is entered about a person.
        if (isinstance(column, TEXTS) and (not column.choices or model in (Person, Particulars)))
        or column.related_model is Person
        if column.name != "public_id" and declaration(column) is None
    }


def declared() -> list[tuple[Any, type[models.Model], PersonalField]]:
    return [(column, model, found) for model in WITH_TABLES for column, found in personal_columns(model)]


def test_every_column_is_declared_or_holds_nothing_personal() -> None:
    todo = "Declare it with `personal(...)` (summit.core.personal_data). What says nothing of people, add to {table}."
    hold(table(undeclared(), LISTED, f"{__file__} NOT_PERSONAL", todo))


def test_control_a_column_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Person._meta.get_field("badge_name"), "personal_field")
    assert undeclared().keys() - LISTED == {"summit.Person.badge_name"}


def test_every_key_to_a_person_is_declared_or_joins_a_row_that_is() -> None:
    keys = {name: column for name, column in undeclared().items() if column.related_model is Person}
    joining = ("delegations.Particulars.person", "delegations.Photo.person")
    hold(table(keys, joining, f"{__file__} joining", "Declare it with `personal(...)` in a line below it."))


def test_each_says_what_for_who_sees_it_and_how_long() -> None:
    found = declared()
    assert len(found) > 100
    no_purpose = [column for column, _model, field in found if not str(field.purpose).endswith(".")]
    no_end = [column for column, _model, field in found if not (field.kept_as or field.activity.stays)]
    named = [(column, each) for column, _model, said in found for each in (said.activity.view, said.activity.change)]
    no_one = [(column, each) for column, each in named if each and not (RULES[each].any or RULES[each].own)]
    hold(
        broken("Give it a purpose, a sentence with its full stop.", no_purpose),
        broken("Say in its activity how long it is kept: kept_as, or why it stays.", no_end),
        broken("Give a role this permission, or name another in the activity.", no_one),
    )
    assert {field.activity.subjects for _column, _model, field in found} == set(DataSubject)
    assert {field.kept_as for _column, _model, field in found} - {None} == set(PersonalDataKind)


# Rows that go with those that a piece deletes.
FOLLOW = {"webhooks.Attempt": "webhooks.Delivery"}


def ends(model: type[models.Model], kind: PersonalDataKind) -> bool:
    """Return whether the purge ends data of this kind in a model.

    The piece of the kind does, or the erasure of the person, which ends all that is erased with them.
    """
    label = FOLLOW.get(model._meta.label, model._meta.label)
    by_piece = any(each.what == kind and each.model._meta.label == label for each in retention.pieces())
    erased = any(each.model is model and each.erase is not None for each in registry.portions())
    return by_piece or (kind == PersonalDataKind.PERSON and erased)


def test_what_a_retention_time_ends_is_purged() -> None:
    kept = [(column, model, field.kept_as) for column, model, field in declared() if field.kept_as]
    todo = "Register a Piece of it for the model (delegations.privacy.services.retention)."
    hold(broken(todo, [(column, f"declared as {kind}") for column, model, kind in kept if not ends(model, kind)]))
    assert not ends(Person, PersonalDataKind.VISA)


def test_every_portion_and_every_piece_is_of_declared_data() -> None:
    owners = {each.model for each in (*registry.portions(), *retention.pieces())}
    hold(broken("Put a ProcessingActivity above it.", [model for model in owners if activity_of(model) is None]))


def test_a_declaration_replaces_what_its_activity_says() -> None:
    activity = ProcessingActivity(subjects=DataSubject.ACCOUNTS, purpose="One.", kept_as=PersonalDataKind.MAIL)
    column: Any = personal(models.CharField(), activity)
    other: Any = personal(
        models.CharField(), activity, purpose="Two.", kept_as=PersonalDataKind.CONTACT, logged=False
    )
    found = [declaration(each) for each in (column, other)]
    assert [(each.purpose, each.kept_as, each.logged) for each in found if each is not None] == [
        ("One.", PersonalDataKind.MAIL, True),
        ("Two.", PersonalDataKind.CONTACT, False),
    ]
    assert declaration(models.CharField()) is None


def test_which_fields_of_a_person_are_logged() -> None:
    assert logged_fields(Person) == {
        *("name", "office", "form_of_address", "rank", "badge_name", "card_name", "email", "phone", "user"),
    }
