"""The Django app configuration of the agenda."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "conflicts.services.blocks",
    "board.services.steps",
    "calendars.services",
    "presence.services.representation",
    "speakers.services.floor_requests",
    "speakers.services.speech_clock",
    "releases.services.cancellation_undo_limits",
    "signups.services.signups",
    "bilaterals.services",
    "membership_changes.handover_items",
    "membership_changes.services.merging",
    "privacy.services",
    "overview.dashboard",
    "overview.invitable_sessions",
    "overview.panels",
    "overview.search_sources",
    "api_errors",
    "transfer_policy",
)


class SessionsConfig(RegisteringConfig):
    """The agenda app. Its label differs from its name because Django has an app with the label sessions."""

    name = "sessions"
    label = "agenda"
    verbose_name = _("Agenda")
    registering = REGISTERING
    menu_place = "agenda"
