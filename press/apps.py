"""The Django application configuration of the press app."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "embargoes.services.undelivered_speech_alarms",
    "embargoes.services.speech_listeners",
    "embargoes.retiming_effects",
    "embargoes.services.delivered_speeches",
    "search.checks",
    "search.services",
    "subscriptions.services.outbound_pause",
    "subscriptions.services.withdrawals",
    "subscriptions.services.subscribers",
    "published_texts.publication_moments",
    "public.related_session",
    "privacy.services.press_data_of_people",
    "privacy.services.merging",
    "privacy.services.retention",
    "overview.charts",
    "overview.dashboard",
    "overview.panels",
    "overview.search_sources",
    "api_errors",
    "transfer_policy",
)


class PressConfig(RegisteringConfig):
    """The configuration of the press app: texts with their editions and embargoes."""

    name = "press"
    label = "press"
    verbose_name = _("Press office")
    registering = REGISTERING
    menu_place = "press"
