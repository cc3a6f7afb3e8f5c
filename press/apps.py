"""The Django application configuration of the press app."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# The modules that register something when they are imported, such as audit messages, permissions and listeners. The
# registries are in lower layers, which can't import these modules.
REGISTERING = (
    "texts.audit_messages",
    "texts.permissions",
    "embargoes.audit_messages",
    "embargoes.messages",
    "embargoes.permissions",
    "embargoes.services.alarms",
    "embargoes.services.speech_listeners",
    "search.services",
    "subscriptions.audit_messages",
    "subscriptions.events",
    "subscriptions.messages",
    "subscriptions.services.outbound_pause",
    "subscriptions.services.withdrawals",
    "subscriptions.permissions",
    "subscriptions.services.subscribers",
    "published_texts.publication_moments",
    "imports.definitions",
    "imports.permissions",
    "public.related_session",
    "privacy.services.erasure",
    "privacy.services.merging",
    "privacy.services.retention",
    "overview.charts",
    "overview.dashboard",
    "overview.import_definitions",
    "overview.panels",
    "overview.search",
    "api_errors",
    "transfer_policy",
)


class PressConfig(RegisteringConfig):
    """The configuration of the press app: texts with their editions and embargoes."""

    name = "press"
    label = "press"
    verbose_name = _("Press office")
    registering = REGISTERING
    desk_place = 3
