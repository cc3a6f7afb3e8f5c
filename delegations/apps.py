"""The Django app configuration of the delegations."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something when imported: audit messages, permissions, kinds of message, listeners.
REGISTERING = (
    "parties.audit_messages",
    "parties.permissions",
    "zones.audit_messages",
    "zones.permissions",
    "members.audit_messages",
    "members.permissions",
    "members.services.categories",
    "members.services.passport_digests",
    "invitations.audit_messages",
    "invitations.events",
    "invitations.messages",
    "invitations.outbound_pause",
    "invitations.permissions",
    "portal_access.audit_messages",
    "portal_access.messages",
    "portal_access.permissions",
    "focal_points.audit_messages",
    "focal_points.messages",
    "focal_points.permissions",
    "badges.audit_messages",
    "badges.events",
    "badges.permissions",
    "badges.services.badges",
    "badges.services.transferable_pass_rules",
    "badges.services.transferable_passes",
    "travel.audit_messages",
    "travel.messages",
    "travel.permissions",
    "travel.services.declarations",
    "travel.services.visas",
    "membership_changes.audit_messages",
    "membership_changes.permissions",
    "membership_changes.services.handovers",
    "participants.permissions",
    "imports.definitions",
    "imports.list_definitions",
    "imports.permissions",
    "privacy.services.erasure",
    "privacy.import_definitions",
    "privacy.services.name_mentions",
    "privacy.messages",
    "privacy.permissions",
    "overview.charts",
    "overview.dashboard",
    "overview.onboarding",
    "overview.panels",
    "overview.search",
    "api_errors",
    "transfer_policy",
)


class DelegationsConfig(RegisteringConfig):
    """Parties, people and invitations."""

    name = "delegations"
    label = "delegations"
    verbose_name = _("Delegations")
    registering = REGISTERING
    desk_place = 2
