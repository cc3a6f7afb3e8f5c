"""Registers the portions of personal data that `summit` itself stores about a person.

They are the account, the audit history, the requests to hand over the data, and the person's own row. The columns of
the libraries' models are declared here too.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from summit.accounts import browser_sessions
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.personal_data import DataSubject, ProcessingActivity, entered_columns, personal
from summit.people.models import Person
from summit.privacy.models import SubjectAccessRequest
from summit.privacy.registry import Portion, Subject, erased_name, keeps_office, portion
from summit.users.models import ACCOUNT, User

SIGNED_IN = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To show users where they are signed in."),
    stays=_("Deleted when they sign out, or when the account is erased."),
    logged=False,
    model_name=_("browsers of users"),
)
ADMIN_HISTORY = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To show users what they changed in the admin."),
    stays=_("Deleted when the account is erased."),
    logged=False,
)


personal(EmailAddress._meta.get_field("email"), ACCOUNT, logged=False)
personal(UserSession._meta.get_field("ip"), SIGNED_IN, label=_("network address"))
personal(UserSession._meta.get_field("user_agent"), SIGNED_IN, label=_("browser"))
personal(UserSession._meta.get_field("data"), SIGNED_IN, label=_("sign-in details"))
personal(Session._meta.get_field("session_data"), SIGNED_IN)
personal(LogEntry._meta.get_field("object_repr"), ADMIN_HISTORY)
personal(LogEntry._meta.get_field("change_message"), ADMIN_HISTORY)


def _account(subject: Subject) -> QuerySet[User]:
    return User.objects.filter(people=subject.person)


def _erase_account(subject: Subject) -> int:
    """Close the person's account, blank its data, and return the number of changed rows.

    The row stays, because audit entries refer to it.
    """
    user = subject.account
    if user is None:
        return 0
    browser_sessions.end_all(user=user)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    LogEntry.objects.filter(user=user).delete()
    user.email, user.name, user.is_active = f"{user.public_id}@erased.invalid", "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])
    return 1


def _entries(subject: Subject) -> QuerySet[AuditEntry]:
    name = audit.name_of(subject.person)
    about = Q(object_type=Person._meta.label_lower, object_key=subject.person.public_id) | Q(part_of=name)
    return AuditEntry.objects.filter(about).order_by("pk")


def _erase_person(subject: Subject) -> int:
    person = subject.person
    # The language stays: it says nothing of the person, and mail that still waits is written in it.
    blank: dict[str, Any] = {name: "" for name in entered_columns(Person) if name != "language"}
    blank |= {"name": erased_name(person.summit), "office": person.office if keeps_office(person) else ""}
    return Person.objects.filter(pk=person.pk).update(**blank, user=None)


portion(80)(
    Portion(
        name="account",
        title=_("Account"),
        model=User,
        rows=_account,
        erase=_erase_account,
        gone=_("Closed and cleared if it has no role and no person at another summit."),
        stays=_("An account used by staff or at another summit stays, but is no longer linked to this person."),
        columns=("email", "name", "language", "is_active", "date_joined", "last_login"),
    )
)
portion(90)(
    Portion(
        name="history",
        title=_("Record of data processing"),
        model=AuditEntry,
        rows=_entries,
        stays=_(
            "The audit log holds IDs and field names, not the person’s data. Deleting entries would break its chain."
        ),
        columns=("at", "action", "fields"),
    )
)
portion(95)(
    Portion(
        name="hand_over_requests",
        title=_("Data access requests"),
        model=SubjectAccessRequest,
        keys=("person",),
        rows=lambda subject: SubjectAccessRequest.objects.filter(person=subject.person),
        stays=_("They identify the person only by an ID."),
        columns=("asked_at", "asked_by", "agreed_at", "agreed_by", "taken_at"),
        desks=True,
    )
)
portion(99)(
    Portion(
        name="person",
        title=_("Person"),
        model=Person,
        rows=lambda subject: Person.objects.filter(pk=subject.person.pk),
        erase=_erase_person,
        gone=_("Name, salutation, rank, badge and place card names, email address and account are cleared."),
        stays=_("The empty record. The office held stays where the summit has published it."),
    )
)
