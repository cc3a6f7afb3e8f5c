"""Labels of the audit actions on private calendars."""

from django.utils.translation import gettext_lazy

from summit.audit.actions import describe_action

describe_action("agenda.open_feed", gettext_lazy("made a private calendar address"))
describe_action("agenda.end_feed", gettext_lazy("ended a private calendar address"))
