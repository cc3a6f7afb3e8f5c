"""The Django app configuration of the delegations."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "members.services.categories",
    "members.services.passport_digests",
    "members.services.undo",
    "invitations.outbound_pause",
    "badges.services.badges",
    "badges.services.transferable_pass_rules",
    "badges.services.transferable_passes",
    "portal_access.services.provider_sign_ins",
    "travel.services.declarations",
    "travel.services.visas",
    "membership_changes.services.handovers",
    "privacy.services.delegation_data_of_people",
    "privacy.services.name_mentions",
    "overview.charts",
    "overview.dashboard",
    "overview.onboarding",
    "overview.panels",
    "overview.search_sources",
    "api_errors",
    "transfer_policy",
)


class DelegationsConfig(RegisteringConfig):
    """Parties, people and invitations."""

    name = "delegations"
    label = "delegations"
    verbose_name = _("Delegations")
    registering = REGISTERING
    menu_place = "delegations"
