"""The pages of a user's own personal data: show it, download it, and ask protocol to correct or erase it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members import access_log
from delegations.members.person_field_groups import PASSPORT
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.privacy.messages import What
from delegations.privacy.services import correction_requests
from portal.browser_session import sign_ins
from portal.personal_data import PersonalDataCollector
from portal.visitor_identity import Viewer, portal_page, viewer_of
from summit.audit.services import By, Mailbox
from summit.people.models import Person
from summit.privacy import data_export
from summit.privacy.registry import Subject, subject_of
from summit.users.models import User

RELATED = ("summit", "user", "membership__party", "particulars__entered_for", "photo__entered_for")


@dataclass(frozen=True)
class Self:
    """The person of the user of the portal.

    `mailbox` is the mailbox that opened the portal. `alone` is False if others may share this mailbox. Then the page
    lists which data is stored, but not the values.
    """

    subject: Subject
    by: By
    mailbox: str
    alone: bool

    @property
    def person(self) -> Person:
        """The person of the user."""
        return self.subject.person


def find_own_person(request: HttpRequest, viewer: Viewer) -> Self | None:
    """Return the viewer's own person. Return None if the portal was opened by a letter's link, or has been closed.

    Makes at most seven queries.
    """
    if viewer.me is None:
        return None
    person = Person.objects.select_related(*RELATED).get(pk=viewer.me.pk)
    subject = subject_of(person)
    user = request.user
    if isinstance(user, User) and person.user_id == user.pk:
        return Self(subject, user, user.email, alone=True)
    rows = PortalSession.objects.live().filter(public_id__in=sign_ins(request), person=person)
    row = rows.order_by("pk").first()
    if row is None:
        return None
    return Self(subject, Mailbox(row.public_id), row.mailbox, alone=is_own(row.mailbox, subject))


def is_own(mailbox: str, subject: Subject) -> bool:
    """Return whether a mailbox belongs to the person of `subject` only, and isn't a mission's mailbox.

    Makes at most five queries.
    """
    mission = Party.objects.filter(summit=subject.summit, mission_email__iexact=mailbox)
    return mailbox in subject.mailboxes and not mission.exists()


class AskForm(forms.Form):
    """The form to ask protocol to correct or erase data. The service, not the form, refuses missing values."""

    what = forms.ChoiceField(label=gettext_lazy("Request"), choices=What.choices, required=False)
    words = forms.CharField(
        label=gettext_lazy("Details"),
        help_text=gettext_lazy("Say what is wrong and what is correct, or why to erase it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "maxlength": correction_requests.LENGTH}),
    )
    what.depends = words.depends = True  # type: ignore[attr-defined]


@portal_page("GET POST")
def own_data(request: HttpRequest) -> HttpResponse:
    """Show the viewer's own personal data. A POST asks protocol to correct or erase the data."""
    viewer = viewer_of(request)
    own = find_own_person(request, viewer)
    form = AskForm(request.POST if request.method == "POST" and own else None)
    if own is not None and request.method == "POST" and form.is_valid():
        try:
            new = correction_requests.ask(person=own.person, reply_to=own.mailbox, by=own.by, **form.cleaned_data)
        except correction_requests.AskProblem as problem:
            form.add_error(problem.field, str(problem))
        else:
            message = (
                _("Request sent. Protocol will reply to %(mailbox)s.")
                if new
                else _("You have already sent this request.")
            )
            messages.success(request, message % {"mailbox": own.mailbox})
            return redirect("portal:held")
    parts = list(PersonalDataCollector(own.subject).parts()) if own else []
    if own is not None and own.alone:
        access_log.record_passport(by=own.by, person=own.person, fields=PASSPORT.fields)
    common: dict[str, Any] = {"viewer": viewer, "summit": viewer.summit}
    context = {**common, "found": own, "parts": parts, "form": form}
    return render(request, "portal/personal_data.html", context, status=422 if form.is_bound else 200)


@portal_page("POST")
def download(request: HttpRequest) -> HttpResponse:
    """Return the viewer's own data as a ZIP file, if nobody else shares the mailbox that opened the portal.

    Otherwise redirect to the page of personal data, with a message that says whom to contact.
    """
    viewer = viewer_of(request)
    own = find_own_person(request, viewer)
    if own is None or not own.alone:
        message = _("Other people may use this email address. To get your data, contact protocol: %(contact)s.")
        messages.warning(request, message % {"contact": viewer.summit.contact_email})
        return redirect("portal:held")
    packed = data_export.export_own_data(person=own.person, by=own.by)
    access_log.record_passport(by=own.by, person=own.person, fields=PASSPORT.fields)
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "private, no-store"}
    return HttpResponse(packed, content_type="application/zip", headers=headers)
