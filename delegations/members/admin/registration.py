"""Entering a person in the admin, with a warning if the same person seems to be entered already."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.members.services import duplicates
from delegations.parties.models.parties import Party
from summit.admin_base.forms import SentencesForm

# The query parameter with the party for which, or the member in whose place, the person is entered.
THEN = "then"
_PLACES = {"name": "admin:delegations_party_name", "replace": "admin:delegations_membership_replace"}


class AnyOf(forms.MultipleChoiceField):
    """A multiple-choice field without fixed choices, because the choices depend on the rest of the form."""

    def valid_value(self, value: str) -> bool:
        """Accept any value. An id that matches no similar person has no effect."""
        return True


class PersonDeskForm(SentencesForm):
    """A form for a person, which warns if the same person seems to be entered already."""

    another = AnyOf(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["another"].label = _("Already added")
        self._offer([])

    def _offer(self, hits: Iterable[duplicates.DuplicateHit]) -> None:
        offered = [
            (
                hit.person.public_id,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("A different person from %(who)s") % {"who": hit.sentence},
                    reverse("admin:summit_person_detail", args=[hit.person.pk]),
                    _("Same person: open their page"),
                ),
            )
            for hit in hits
        ]
        field: Any = self.fields["another"]
        field.choices = offered
        if not offered:
            field.widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        """Refuse the person if similar people are entered already, unless the user has ticked each of them as
        another."""
        cleaned = super().clean() or self.cleaned_data
        summit = cleaned.get("summit")
        if self.instance.pk is None and summit is not None:
            hits = duplicates.find_duplicates(summit=summit, values=cleaned)
            if hits:
                self.fields["another"].widget = forms.CheckboxSelectMultiple()
                self._offer(hits)
            ticked = set(cleaned.get("another", ()))
            if any(hit.person.public_id not in ticked for hit in hits):
                message = _(
                    "Someone similar is already recorded. Tick those who are different people, or open the page of "
                    "the same person."
                )
                self.add_error("another", message)
        return cleaned


def add_person_url(place: Party | Membership) -> str:
    """Return the URL of the form that enters a person for a party or for a member's place."""
    party = place if isinstance(place, Party) else place.party
    action = "name" if isinstance(place, Party) else "replace"
    query: dict[str, str | int] = {"summit": party.summit_id, THEN: f"{action}-{place.pk}"}
    return f"{reverse('admin:summit_person_add')}?{urlencode(query)}"


def _onward(request: HttpRequest, person: models.Model) -> str:
    """Return the URL of the page that follows after a person is entered, or "" if the request names none.

    That page checks the permission itself.
    """
    match = re.fullmatch(r"(name|replace)-([0-9]{1,18})", request.GET.get(THEN, ""))
    if match is None:
        return ""
    return f"{reverse(_PLACES[match[1]], args=[int(match[2])])}?{urlencode({'person': person.pk})}"


class RedirectAfterAddMixin:
    """Redirects, after a person is entered, to the page that names them for a party or puts them in a member's
    place."""

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the page from which the user came to enter the person, with the person chosen there.

        If the user came from none, return the admin's own response.
        """
        response: HttpResponse = super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]
        onward = _onward(request, obj) if "_save" in request.POST else ""
        return redirect(onward) if onward else response
