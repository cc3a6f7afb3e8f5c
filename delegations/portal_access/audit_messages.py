"""Names of the audited actions on portal accounts and sign-ins."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from delegations.portal_access.models import PartyProvider, PortalSession
from summit.audit.actions import actor, describe_model
from summit.single_sign_on import providers


def _provers(keys: Iterable[str]) -> dict[str, str]:
    found = PortalSession.objects.filter(public_id__in=list(keys), person__isnull=False).select_related("person")
    by_code, at_provider = _("%(person)s, by a code sent by email"), _("%(person)s, by a sign-in at %(provider)s")
    return {
        row.public_id: (at_provider if row.issuer else by_code)
        % {"person": row.person.label, "provider": providers.name_on(row)}
        for row in providers.with_names(found)
    }


actor("mailbox", _provers)
describe_model(
    PartyProvider,
    related=("party",),
    name=lambda row: str(row.party),
    shown_on=lambda row: row.party,
    deleted=lambda facts: ", ".join(facts.named("delegations.party")),
)
