"""The form of a contact, for the desk and the portal."""

from typing import ClassVar

from delegations.contacts.models import Contact
from summit.admin_base.forms import SentencesForm


class ContactForm(SentencesForm):
    """The form of a contact. Its instance has the party."""

    class Meta:
        model = Contact
        fields = ("role", "name", "office", "phone", "email", "note")

    said_at: ClassVar[dict[str, str]] = {"contact_can_be_reached": "phone", "contact_once": "name"}
