"""The desk's search for parties and people."""

from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from delegations.parties.models.parties import Party, PartyName
from summit.admin_base.search import SearchHit, Source, register
from summit.core.text_normalisation import Fold
from summit.people.models import Person


def _person(row: Person) -> SearchHit:
    membership: Any = getattr(row, "membership", None)
    note = [row.office if row.name else "", membership.party.name if membership else ""]
    url = reverse("admin:summit_person_detail", args=[row.pk])
    return SearchHit(row.name or row.office, " · ".join(part for part in note if part), url)


def _in_any_language(words: list[str]) -> Q:
    folded = Fold(Concat("name", Value(" "), "formal_name", output_field=TextField()))
    names = PartyName.objects.annotate(folded=folded).filter(*(Q(folded__contains=word) for word in words))
    return Q(pk__in=names.values("party"))


def _party(row: Party) -> SearchHit:
    return SearchHit(row.name, row.formal_name, reverse("admin:delegations_party_detail", args=[row.pk]))


register(
    10,
    Source(
        model=Person,
        title=_("People"),
        permission="summit.person.view",
        rows=lambda: Person.objects.select_related("membership__party"),
        head="name",
        text=("name", "office", "email", "membership__party__name"),
        hit=_person,
        personal=("name", "office"),
    ),
)
register(
    20,
    Source(
        model=Party,
        title=_("Parties"),
        permission="delegations.party.view",
        rows=lambda: Party.objects.select_related("summit"),
        head="name",
        text=("name", "formal_name", "sort_key", "iso_code", "mission_email"),
        also=_in_any_language,
        hit=_party,
    ),
)
