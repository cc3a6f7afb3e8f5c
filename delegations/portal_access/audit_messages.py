"""Names of the audited actions on portal accounts and sign-ins."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.portal_access.models import PortalSession
from summit.audit.actions import actor, describe_action

describe_action("delegations.give_account", gettext_lazy("gave the person an account"))
describe_action("delegations.take_account", gettext_lazy("took the account away from the person"))
describe_action("delegations.sign_in", gettext_lazy("opened the portal by a code"))
describe_action("delegations.sign_out", gettext_lazy("closed the portal in a browser"))


def _provers(keys: Iterable[str]) -> dict[str, str]:
    rows = PortalSession.objects.filter(public_id__in=list(keys), person__isnull=False).select_related("person")
    message = _("%(person)s, by a code to the mailbox")
    return {row.public_id: message % {"person": row.person.label} for row in rows if row.person}


actor("mailbox", _provers)
