"""The Django app configuration of the agenda."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register audit messages, permissions, messages or listeners with registries of lower layers.
REGISTERING = (
    "draft.audit_messages",
    "draft.permissions",
    "documents.audit_messages",
    "documents.permissions",
    "agenda.permissions",
    "calendars.services",
    "notifications.messages.agenda_changes",
    "notifications.messages.public_removals",
    "speakers.audit_messages",
    "speakers.messages",
    "speakers.permissions",
    "speakers.services.floor_requests",
    "signups.audit_messages",
    "signups.messages",
    "signups.permissions",
    "signups.services.signups",
    "releases.audit_messages",
    "releases.events",
    "releases.permissions",
    "exchange.definitions",
    "exchange.permissions",
    "membership_changes.handover_items",
    "membership_changes.services.merging",
    "privacy.services",
    "overview.dashboard",
    "overview.import_definitions",
    "overview.invitable_sessions",
    "overview.panels",
    "overview.search",
    "api_errors",
    "transfer_policy",
)


class SessionsConfig(RegisteringConfig):
    """The agenda app. Its label differs from its name because Django has an app with the label sessions."""

    name = "sessions"
    label = "agenda"
    verbose_name = _("Agenda")
    registering = REGISTERING
    desk_place = 1
