"""Entering a person at the desk: who seems to be there already is pointed out, for a place too."""

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

# By this an address says for which place somebody is entered.
THEN = "then"
_PLACES = {"name": "admin:delegations_party_name", "replace": "admin:delegations_membership_replace"}


class AnyOf(forms.MultipleChoiceField):
    """Boxes whose choices are known only once the rest of the form is."""

    def valid_value(self, value: str) -> bool:
        """Take each: one that names nobody who is meant has no effect."""
        return True


class PersonDeskForm(SentencesForm):
    """A person; whoever seems to be entered already is pointed out before they are entered again."""

    another = AnyOf(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["another"].label = _("Entered already")
        self._offer([])

    def _offer(self, hits: Iterable[duplicates.Hit]) -> None:
        offered = [
            (
                hit.person.public_id,
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("Another person than this: %(who)s") % {"who": hit.sentence},
                    reverse("admin:summit_person_change", args=[hit.person.pk]),
                    _("The same: open their page"),
                ),
            )
            for hit in hits
        ]
        field: Any = self.fields["another"]
        field.choices = offered
        if not offered:
            field.widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        """Refuse whoever seems to be there, until it is said that they are another person."""
        cleaned = super().clean() or self.cleaned_data
        summit = cleaned.get("summit")
        if self.instance.pk is None and summit is not None:
            hits = duplicates.likely(summit=summit, values=cleaned)
            if hits:
                self.fields["another"].widget = forms.CheckboxSelectMultiple()
                self._offer(hits)
            chosen = set(cleaned.get("another", ()))
            if any(hit.person.public_id not in chosen for hit in hits):
                said = _(
                    "Somebody like this is entered already. Tick who is another person, or open who is the same."
                )
                self.add_error("another", said)
        return cleaned


def to_enter(place: Party | Membership) -> str:
    """Return the address that enters a person for a party, or in a member's place."""
    party = place if isinstance(place, Party) else place.party
    what = "name" if isinstance(place, Party) else "replace"
    query: dict[str, str | int] = {"summit": party.summit_id, THEN: f"{what}-{place.pk}"}
    return f"{reverse('admin:summit_person_add')}?{urlencode(query)}"


def _onward(request: HttpRequest, person: models.Model) -> str:
    """Return where the page goes on for which the person was entered, "" for none. That page asks who may."""
    asked = re.fullmatch(r"(name|replace)-([0-9]{1,18})", request.GET.get(THEN, ""))
    if asked is None:
        return ""
    return f"{reverse(_PLACES[asked[1]], args=[int(asked[2])])}?{urlencode({'person': person.pk})}"


class EnteringMixin:
    """Leads whoever entered a person for a place back to it, with the person chosen."""

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on where the person was looked for."""
        shown: HttpResponse = super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]
        onward = _onward(request, obj) if "_save" in request.POST else ""
        return redirect(onward) if onward else shown
