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
    "embargoes.services.speech_listeners",
    "delivery_check.audit_messages",
    "search.services",
    "subscriptions.audit_messages",
    "subscriptions.events",
    "subscriptions.messages",
    "subscriptions.services.outbound_pause",
    "subscriptions.services.withdrawals",
    "subscriptions.permissions",
    "published_texts.publication_moments",
    "public.related_session",
    "privacy.services.erasure",
    "privacy.services.merging",
    "privacy.services.retention",
    "overview.charts",
    "overview.dashboard",
    "overview.import_definitions",
    "overview.panels",
    "overview.search",
    "api_routes",
    "routes",
    "transfer_policy",
)


class PressConfig(RegisteringConfig):
    """The configuration of the press app: texts with their editions and embargoes."""

    name = "press"
    label = "press"
    verbose_name = _("Press office")
    registering = REGISTERING
    desk_place = 3
