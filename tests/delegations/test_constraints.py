"""Every constraint of the delegations' tables: breaking it fails in the database."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, UniqueConstraint

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.participants.models import ParticipantList
from delegations.parties.models.parties import ExternalId
from delegations.portal_access.models import PartyProvider, SignInCode
from delegations.privacy.models import Retention
from tests import factories as f
from tests import ratchets
from tests.delegations.helpers import refuses
from tests.ratchets import hold

pytestmark = pytest.mark.django_db
BEFORE = f.START - timedelta(minutes=1)
DECIDED = {"decided_at": f.START}


def twice(factory: Callable[..., Any], *same: str, **values: Any) -> None:
    """Make a row, and another one in which some columns are the same."""
    row = factory(**values)
    factory(**{**values, **{name: getattr(row, name) for name in same}})


def by() -> dict[str, Any]:
    return {**DECIDED, "decided_by": f.UserFactory()}


def answered(**changed: Any) -> None:
    f.InvitationFactory(answered=True, **changed)


def number_twice() -> None:
    summit = f.SummitFactory()
    for _each in range(2):
        f.InvitationFactory(party__summit=summit, number=1, numbered_in=summit)


def quota_twice() -> None:
    party = f.PartyFactory()
    for _each in range(2):
        f.QuotaFactory(party=party, category=Category.objects.of(party.summit)["head"])


def like_oneself() -> None:
    person = f.PersonFactory()
    f.DuplicateCandidateFactory(person=person, other=person)


def person_key(**values: Any) -> ExternalId:
    return f.ExternalIdFactory(**{"party": None, "person": values.pop("person", None) or f.PersonFactory(), **values})


def issued(**changed: Any) -> Any:
    return f.VisaLetterFactory(**{"state": "issued", "number": 1, **by(), **changed})


def passes(holder: Any = None, **values: Any) -> Any:
    party = holder.party if holder else f.PartyFactory()
    rule = {"rule": values.pop("rule", None) or f.TransferablePassRuleFactory(summit=party.summit)}
    return TransferablePass.objects.create(**{"party": party, "number": 1, "holder": holder, **rule, **values})


def carried_twice() -> None:
    first = passes(f.MembershipFactory())
    passes(first.holder, rule=first.rule, number=2)


def kept(**values: Any) -> Retention:
    return Retention.objects.create(**{"summit": f.SummitFactory(), "what": "photo", "days": 1, **values})


def kept_twice(category: str = "") -> None:
    summit = f.SummitFactory()
    for _each in range(2):
        kept(summit=summit, category=Category.objects.of(summit)[category] if category else None)


BREAKS: dict[str, Callable[[], object]] = {
    "party_name_once": partial(twice, f.PartyFactory, "summit", "name"),
    "party_provider_is_named": lambda: PartyProvider.objects.create(party=f.PartyFactory(), issuer=""),
    "party_host_once": partial(twice, f.PartyFactory, "summit", is_host=True),
    "party_kind_known": lambda: f.PartyFactory(kind="planet"),
    "party_code_is_countrys": lambda: f.PartyFactory(kind="organisation", iso_code="FR"),
    "party_flag_known": lambda: f.PartyFactory(flag="pirate"),
    "party_public_listing_known": lambda: f.PartyFactory(public_listing="both"),
    "party_level_known": lambda: f.PartyFactory(level="king"),
    "party_flag_of_recognised": lambda: f.PartyFactory(recognised=False, flag="own"),
    "party_name_in_language_once": partial(twice, f.PartyNameFactory, "party"),
    "external_id_of_one": lambda: ExternalId.objects.create(summit=f.SummitFactory(), system="registry", value="1"),
    "external_id_of_party_once": partial(twice, f.ExternalIdFactory, "summit", "value"),
    "external_id_of_person_once": partial(twice, person_key, "summit", "value"),
    "external_id_once_for_party": partial(twice, f.ExternalIdFactory, "party"),
    "external_id_once_for_person": partial(twice, person_key, "person"),
    "zone_code_once": partial(twice, f.ZoneFactory, "summit", "code"),
    "category_code_once": partial(twice, f.CategoryFactory, "summit", "code"),
    "category_capacity_known": lambda: f.CategoryFactory(capacity="ghost"),
    "category_confirmed_after_named": lambda: f.CategoryFactory(name_by=f.START, confirm_by=BEFORE),
    "quota_once": quota_twice,
    "quota_total_once": partial(twice, f.QuotaFactory, "party", category=None),
    "quota_says_why": lambda: f.QuotaFactory(reason=""),
    "party_group_name_once": partial(twice, f.PartyGroupFactory, "summit", "name"),
    "transferable_pass_name_once": partial(twice, f.TransferablePassRuleFactory, "summit", "name"),
    "transferable_pass_for_somebody": lambda: f.TransferablePassRuleFactory(people=0),
    "transferable_pass_once": partial(twice, passes, "party", "rule"),
    "transferable_pass_carried_once": carried_twice,
    "transferable_pass_numbered_from_one": lambda: passes(number=0),
    "membership_head_once": partial(twice, f.MembershipFactory, "party", code="head"),
    "membership_capacity_known": lambda: Membership.objects.filter(pk=f.MembershipFactory().pk).update(capacity="x"),
    "former_member_why_known": lambda: f.FormerMemberFactory(why="bored"),
    "former_member_successor_replaces": lambda: f.FormerMemberFactory(successor=f.PersonFactory()),
    "contact_role_known": lambda: f.ContactFactory(role="cook"),
    "contact_can_be_reached": lambda: f.ContactFactory(phone="", email=""),
    "contact_once": partial(twice, f.ContactFactory, "party", "name"),
    "focal_point_once": partial(twice, f.FocalPointFactory, "party", "person"),
    "focal_request_state_known": lambda: f.FocalPointRequestFactory(state="lost", **by()),
    "focal_request_decided_whole": lambda: f.FocalPointRequestFactory(state="approved"),
    "focal_request_refused_says_why": lambda: f.FocalPointRequestFactory(state="refused", **by()),
    "focal_request_open_once": partial(twice, f.FocalPointRequestFactory, "party", "email"),
    "badge_live_once": partial(twice, f.BadgeFactory, "party", "person"),
    "badge_dead_says_why": lambda: f.BadgeFactory(ended_at=f.START),
    "invitation_once": partial(twice, f.InvitationFactory, "party"),
    "invitation_state_known": lambda: f.InvitationFactory(state="lost"),
    "invitation_sent_has_time": lambda: f.InvitationFactory(state="sent"),
    "invitation_answered_whole": lambda: answered(answered_by=""),
    "invitation_answer_known": lambda: answered(answer="maybe"),
    "invitation_level_known": lambda: f.InvitationFactory(level="king"),
    "invitation_approved_has_approver": lambda: f.InvitationFactory(state="approved"),
    "invitation_number_once": number_twice,
    "invitation_number_of_summit": lambda: f.InvitationFactory(number=1),
    "reply_answer_known": lambda: f.ReplyFactory(answer="maybe"),
    "reply_level_known": lambda: f.ReplyFactory(level="king"),
    "reply_channel_known": lambda: f.ReplyFactory(channel="pigeon"),
    "reply_names_somebody": lambda: f.ReplyFactory(name=""),
    "call_outcome_known": lambda: f.CallNoteFactory(outcome="shouted at"),
    "link_live_once": partial(twice, f.InvitationLinkFactory, "invitation", "address"),
    "code_guessed_few_times": lambda: SignInCode.objects.create(
        mailbox="x@y.example", expires_at=f.START, attempts=6
    ),
    "portal_session_by_one_way": lambda: f.PortalSessionFactory(
        person=f.PersonFactory(), link=f.InvitationLinkFactory()
    ),
    "handover_open_once": partial(twice, f.HandoverFactory, "party", "giver", session=None, key="k"),
    "handover_state_known": lambda: f.HandoverFactory(state="lost", **by()),
    "handover_decided_whole": lambda: f.HandoverFactory(state="passed"),
    "letter_template_once": partial(twice, f.LetterTemplateFactory, "summit"),
    "letter_purpose_known": lambda: f.LetterTemplateFactory(purpose="poem"),
    "participant_list_numbered_once": partial(twice, f.ParticipantListFactory, "summit", "number"),
    "declaration_kind_once": partial(twice, f.DeclarationKindFactory, "summit", "name"),
    "declaration_state_known": lambda: f.DeclarationFactory(state="lost", **by()),
    "declaration_decided_whole": lambda: f.DeclarationFactory(state="permitted", **DECIDED),
    "declaration_refused_says_why": lambda: f.DeclarationFactory(state="refused", **by()),
    "visa_number_once": lambda: issued(party=f.PartyFactory(summit=issued().summit)),
    "visa_letter_standing_once": partial(twice, f.VisaLetterFactory, "party", "person"),
    "visa_state_known": lambda: f.VisaLetterFactory(state="lost"),
    "visa_issued_whole": lambda: issued(number=None),
    "visa_refused_says_why": lambda: f.VisaLetterFactory(state="refused"),
    "particulars_departs_after_arrival": lambda: f.ParticularsFactory(arrives_at=f.START, departs_at=BEFORE),
    "duplicate_candidate_once": partial(twice, f.DuplicateCandidateFactory, "person", "other"),
    "duplicate_candidate_of_two": like_oneself,
    "duplicate_candidate_why_known": lambda: f.DuplicateCandidateFactory(why="feeling"),
    "duplicate_candidate_decided_whole": lambda: f.DuplicateCandidateFactory(decided_at=f.START),
    "policy_confirmed_after_named": lambda: f.PolicyFactory(name_by=f.START, confirm_by=BEFORE),
    "retention_once": partial(kept_twice, "head"),
    "retention_usual_once": kept_twice,
    "retention_what_known": lambda: kept(what="soul"),
    "retention_days_at_most": lambda: kept(days=36526),
}
# What breaks two at once: PostgreSQL may look at the other first.
ALSO_REFUSED_BY = {
    "focal_request_state_known": "focal_request_decided_whole",
    "invitation_state_known": "invitation_answered_whole",
}


def constraints() -> dict[str, tuple[type[Model], Any]]:
    models = apps.get_app_config("delegations").get_models()
    return {each.name: (model, each) for model in models for each in model._meta.constraints}


def test_every_constraint_is_tried() -> None:
    hold(ratchets.constraints(apps.get_app_config("delegations").get_models(), BREAKS, f"{__file__} BREAKS"))


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    # It is this constraint that refuses, and no other. SQLite names a check, and the columns of a unique one.
    said, (model, constraint) = str(broken.value), constraints()[name]
    named = name in said or ALSO_REFUSED_BY.get(name, name) in said
    if isinstance(constraint, UniqueConstraint) and not named:
        columns = [f"{model._meta.db_table}.{model._meta.get_field(each).column}" for each in constraint.fields]
        assert said == f"UNIQUE constraint failed: {', '.join(columns)}"
    else:
        assert named, said


def refused(breaks: Callable[[], object], match: str | None = None) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        breaks()


def test_what_else_is_refused() -> None:
    for changed in ({"answer": ""}, {"answered_by": ""}, {"answered_at": None}):
        refused(partial(answered, **changed), "invitation_answered_whole")
    refused(lambda: f.DuplicateCandidateFactory(decided_by=f.UserFactory()), "duplicate_candidate_decided_whole")
    person = f.ParticularsFactory(person=f.PhotoFactory().person).person
    party = f.PartyFactory(summit=person.summit)
    # A key is of one, a person has one of each, an answer one scan, and a nonce is never drawn twice.
    refused(lambda: f.ExternalIdFactory(party=party, person=person), "external_id_of_one")
    refused(lambda: f.ParticularsFactory(person=person))
    refused(lambda: f.PhotoFactory(person=person))
    refused(partial(twice, f.ReplyScanFactory, "reply"))
    refused(partial(twice, f.InvitationLinkFactory, "nonce"))
    member = f.MembershipFactory()
    refused(lambda: f.MembershipFactory(person=member.person, party=f.PartyFactory(summit=member.party.summit)))
    row = f.ParticipantListFactory()
    for values in ({"content": "x"}, {"number": 99}, {"final": True}):
        refused(lambda values=values: ParticipantList.objects.filter(pk=row.pk).update(**values), "never changed")


def test_what_is_taken_and_that_a_person_of_another_summit_is_refused() -> None:
    assert f.ParticularsFactory(arrives_at=f.START, departs_at=f.START).pk
    # A party and a person may have one key in one system.
    key = f.ExternalIdFactory()
    person_key(person=f.PersonFactory(summit=key.summit), value=key.value)
    assert ExternalId.objects.filter(value=key.value).count() == 2
    party = f.PartyFactory()
    category = {"category": Category.objects.of(party.summit)["delegate"]}
    for model, more in ((Membership, category), (FocalPoint, {})):
        model(party=party, person=f.PersonFactory(summit=party.summit), **more).full_clean()
        caught = refuses(ValidationError, model(party=party, person=f.PersonFactory(), **more).full_clean)
        said = "This person belongs to another summit. Add them to this one first."
        assert caught.message_dict == {"person": [said]}
