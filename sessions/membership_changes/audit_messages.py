"""Labels of the audit actions on the places of people who leave."""

from django.utils.translation import gettext_lazy

from summit.audit.actions import describe_action

describe_action("agenda.pass_on", gettext_lazy("let another take a person’s place, as protocol decided"))
describe_action("agenda.drop", gettext_lazy("took a person’s place off, as protocol decided"))
