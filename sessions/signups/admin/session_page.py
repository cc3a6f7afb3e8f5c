"""The page of a session's sign-ups, on which the desk signs people up and takes them off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.selectors import party_names
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.signups.permissions import SEE_SIGN_UPS
from sessions.signups.selectors import open_sessions
from sessions.signups.services import signups
from sessions.signups.services.signups import SignUpRefused
from summit.admin_base.autocomplete import FieldChoices, find_by_typing, register_choices
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.audit import access_log
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


def _delegates(summit: Summit) -> QuerySet[Person]:
    """Return the members of a summit's delegations in the order of their names."""
    return Person.objects.filter(summit=summit, membership__isnull=False).order_by("name", "office", "pk")


def _labels(people: Any) -> dict[Any, str]:
    """Return what people are called where one of them is chosen, with their delegation. Makes two queries."""
    rows = {row.pk: row for row in people}
    parties = dict(Person.objects.filter(pk__in=rows).values_list("pk", "membership__party"))
    names = party_names.to_readers(key for key in parties.values() if key)
    return {
        key: f"{row.label} ({names[parties[key]].name})" if parties.get(key) in names else row.label
        for key, row in rows.items()
    }


register_choices(
    SignUp._meta.get_field("person"),
    FieldChoices(permission="agenda.sign_up", rows=_delegates, text=("name", "office"), labels=_labels),
)


class PersonForm(forms.Form):
    """The person to sign up."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Sign up"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a person.")),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = SignUp._meta.get_field("person")
        find_by_typing(self, "person", field, summit=session.summit, rows=_delegates(session.summit))


class SignUpsMixin(FrameMixin):
    """Adds the page of a session's sign-ups to the admin of sessions."""

    @model_page("<int:pk>/sign-ups/", "sign_ups", do=SEE_SIGN_UPS, post="agenda.sign_up")
    def sign_ups_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show who has a place in a session and who waits for one. On POST, sign a person up or take one off.

        Whoever would lose a number on the waiting list, or a place for which others wait, is asked about first.
        """
        form = PersonForm(session=session)
        if request.method == "POST" and request.POST.get("do") == "leave":
            return self._leave(request, session)
        if request.method == "POST":
            form = PersonForm(request.POST, session=session)
            if form.is_valid() and _sign_up(request, session, form.cleaned_data["person"]):
                return redirect("admin:agenda_session_sign_ups", session.pk)
        return self._sign_ups_page(request, session, form)

    def _sign_ups_page(self, request: HttpRequest, session: Session, form: PersonForm) -> HttpResponse:
        rows: list[Any] = list(
            SignUp.objects.filter(session=session)
            .select_related("person__membership")
            .order_by("state", "signed_up_at", "pk")
        )
        numbers = signups.waiting_numbers(session.pk)
        for row in rows:
            row.number = numbers.get(row.person_id)
            row.party_id = getattr(getattr(row.person, "membership", None), "party_id", None)
        _log(user_of(request), session, rows)
        found = next(iter(open_sessions(session.summit, db_now(), session)), None)
        context = {
            **self.frame(request, session, _("Sign-ups")),
            **party_names.on_page(session.summit),
            "rows": rows,
            "places": found.places if found else signups.released_places(session),
            "open": found is not None and found.released,
            "opens": found is not None and not found.released,
            "may_release": allows(request.user, "agenda.release_agenda", session.summit),
            "may_sign_up": allows(request.user, "agenda.sign_up", session.summit),
            "form": form,
        }
        return TemplateResponse(request, "admin/agenda/signups/session.html", context)

    def _leave(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Take a person off, or ask first what can't be taken back."""
        key = request.POST.get("row", "")
        row = SignUp.objects.filter(session=session, public_id=key).select_related("person__summit").first()
        if row is None:
            messages.info(request, _("This person is no longer signed up."))
        elif not request.POST.get("sure") and (loss := signups.loss(row)) is not None:
            context = {**self.frame(request, session, _("Remove sign-up")), "row": row, "loss": loss}
            return TemplateResponse(request, "admin/agenda/signups/remove.html", context)
        else:
            _remove(request, row)
        return redirect("admin:agenda_session_sign_ups", session.pk)


def _sign_up(request: HttpRequest, session: Session, person: Person) -> bool:
    """Sign a person up, and say whether they have a place or which number. Return False if it is refused."""
    try:
        made = signups.sign_up(session=session, person=person, by=user_of(request))
    except SignUpRefused as refused:
        messages.warning(request, str(refused))
        return False
    if made.state == SignUpState.PLACE:
        messages.success(request, _("%(person)s has a place.") % {"person": person.label})
    else:
        number = signups.waiting_numbers(session.pk).get(person.pk, 0)
        said = _("All places are taken. %(person)s is number %(number)d on the waiting list.")
        messages.success(request, said % {"person": person.label, "number": number})
    return True


def _remove(request: HttpRequest, row: SignUp) -> None:
    waits = row.state == SignUpState.WAITING
    signups.cancel_sign_up(session=row.session, person=row.person, by=user_of(request))
    said = _("%(person)s is no longer on the waiting list.") if waits else _("%(person)s no longer has a place.")
    messages.success(request, said % {"person": row.person.label})


def _log(by: User, session: Session, rows: list[SignUp]) -> None:
    """Record that the user saw who signed up, as the list of all sign-ups does."""
    if rows:
        access_log.record_list(
            by=by,
            label=SignUp._meta.label_lower,
            rows=[(session.summit_id, row.public_id) for row in rows],
            fields=["person"],
            people=[row.person.public_id for row in rows],
        )
