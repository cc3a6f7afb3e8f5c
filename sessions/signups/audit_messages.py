"""Labels of the audit actions on sign-ups."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.draft.models.signups import SignUp, SignUpState
from summit.audit.actions import Facts, describe_action, describe_model


def _signed_up(facts: Facts) -> str:
    if facts.detail.get("state") == SignUpState.WAITING:
        return _("signed the person up for a session: all places were taken, so they wait")
    return _("signed the person up for a session")


describe_action("agenda.signup.add", _signed_up, label=gettext_lazy("signed somebody up for a session"))
describe_action("agenda.signup.remove", gettext_lazy("gave the place in a session back"))
describe_action("agenda.signup.move_up", gettext_lazy("gave the place that became free to who waited for it"))
describe_model(SignUp, related=("person", "session"), shown_on=lambda row: row.person)
