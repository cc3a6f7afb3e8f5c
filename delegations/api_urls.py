"""URL patterns of the API's viewsets for parties, people and invitations, below "api/v1/"."""

from django.urls import URLPattern

from delegations.badges.api.badges import BadgeViewSet
from delegations.badges.api.transferable_pass_rules import TransferablePassRuleViewSet
from delegations.badges.api.transferable_passes import TransferablePassViewSet
from delegations.contacts.api import ContactViewSet
from delegations.focal_points.api.focal_points import FocalPointViewSet
from delegations.focal_points.api.requests import FocalPointRequestViewSet
from delegations.imports.api import DelegationImportFileViewSet
from delegations.invitations.api.answers import ReplyViewSet
from delegations.invitations.api.guests import GuestViewSet
from delegations.invitations.api.invitations import InvitationViewSet
from delegations.invitations.api.letter_templates import LetterTemplateViewSet
from delegations.invitations.api.links import InvitationLinkViewSet
from delegations.invitations.api.phone_calls import CallNoteViewSet
from delegations.liaison.api import LiaisonOfficerViewSet
from delegations.members.api.categories import CategoryViewSet
from delegations.members.api.particulars import NeedsViewSet, PassportViewSet, TravelViewSet
from delegations.members.api.quotas import PartyQuotaViewSet
from delegations.membership_changes.api.duplicates import DuplicateCandidateViewSet
from delegations.membership_changes.api.handovers import HandoverViewSet
from delegations.overview.api.members import MembershipViewSet
from delegations.overview.api.parties import PartyViewSet
from delegations.overview.api.people import PersonViewSet
from delegations.participants.api.photos import PhotoViewSet
from delegations.participants.api.revisions import ParticipantListViewSet
from delegations.parties.api.groups import PartyGroupViewSet
from delegations.parties.api.policy import PolicyViewSet
from delegations.privacy.api.own_data import own_paths
from delegations.privacy.api.retention import RetentionViewSet
from delegations.travel.api.declaration_kinds import DeclarationKindViewSet
from delegations.travel.api.declarations import DeclarationViewSet
from delegations.travel.api.visas import VisaLetterViewSet
from delegations.zones.api import ZoneViewSet
from summit.api_base.routers import register

urlpatterns: list[URLPattern] = [
    *own_paths(),
    *register(PartyViewSet),
    *register(PersonViewSet),
    *register(DuplicateCandidateViewSet),
    *register(MembershipViewSet),
    *register(PassportViewSet),
    *register(NeedsViewSet),
    *register(TravelViewSet),
    *register(PhotoViewSet),
    *register(FocalPointViewSet),
    *register(ContactViewSet),
    *register(LiaisonOfficerViewSet),
    *register(PartyQuotaViewSet),
    *register(CategoryViewSet),
    *register(ZoneViewSet),
    *register(TransferablePassRuleViewSet),
    *register(PartyGroupViewSet),
    *register(PolicyViewSet),
    *register(InvitationViewSet),
    *register(ReplyViewSet),
    *register(CallNoteViewSet),
    *register(LetterTemplateViewSet),
    *register(InvitationLinkViewSet),
    *register(BadgeViewSet),
    *register(VisaLetterViewSet),
    *register(DeclarationKindViewSet),
    *register(DeclarationViewSet),
    *register(FocalPointRequestViewSet),
    *register(HandoverViewSet),
    *register(TransferablePassViewSet),
    *register(GuestViewSet),
    *register(ParticipantListViewSet),
    *register(DelegationImportFileViewSet),
    *register(RetentionViewSet),
]
