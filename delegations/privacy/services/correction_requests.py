"""A person's request to have their data corrected or erased, which is sent to protocol by mail.

The request itself changes nothing; protocol decides. The text is only in the mail, not in the audit.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.errors import FieldProblem
from delegations.privacy.messages import OWN_DATA, OwnDataRequest, What
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core.validators import validate_text
from summit.people.models import Person

LENGTH = 2000
# At most this many requests of one person in a day. After that, the person is asked to write to protocol.
MOST = 5
ASK_OWN_DATA = audit_action(
    "delegations.ask_own_data", gettext_lazy("requested a correction or erasure of their data")
)


class AskProblem(FieldProblem):
    """A request can't be accepted. `field` is "what" or "words", and the message says what to do."""


def ask(*, person: Person, what: str, words: str, reply_to: str, by: By) -> bool:
    """Send protocol a person's request to correct or erase data. Return False if it was sent before.

    The caller must have checked that the request comes from this person. `reply_to` is the mailbox to which protocol
    answers. Raises AskProblem.
    """
    words = words.replace("\r\n", "\n").strip()
    _check(what, words)
    with transaction.atomic():
        # A second request at the same time waits here, and then counts the first one.
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        _check_few(person)
        summit = person.summit
        if not OWN_DATA.send(OwnDataRequest(person, what, words, reply_to)):
            return False
        audit.record(by=by, action=ASK_OWN_DATA, target=person, summit=summit, detail={"what": what})
    return True


def _check(what: str, words: str) -> None:
    if what not in What.values:
        raise AskProblem("what", _("Choose a request."))
    if what == What.CORRECT and not words:
        raise AskProblem("words", _("Enter what is wrong and what it should be."))
    if len(words) > LENGTH:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        raise AskProblem("words", message % {"long": len(words), "limit": LENGTH})
    try:
        validate_text(words)
    except ValidationError as problem:
        raise AskProblem("words", " ".join(problem.messages)) from None


def _check_few(person: Person) -> None:
    recent = AuditEntry.objects.filter(
        action=ASK_OWN_DATA, object_key=person.public_id, at__gt=Now() - timedelta(days=1)
    )
    if recent.count() >= MOST:
        message = _("You have made %(n)d requests since yesterday. For anything else, write to %(contact)s.")
        raise AskProblem("words", message % {"n": MOST, "contact": person.summit.contact_email})
