"""Declarations of a delegation's people: the list, and the page on which a person's declarations are made."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.members.models.members import Membership
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.services import declarations
from portal.delegation_access import DelegationDesk, delegation_page, saved

SIGNS = {DeclarationState.DECLARED: "wait", DeclarationState.PERMITTED: "good", DeclarationState.REFUSED: "bad"}


class DeclareForm(forms.Form):
    """The form for a declaration: its kind and its details."""

    kind = forms.ModelChoiceField(
        DeclarationKind.objects.none(),
        label=gettext_lazy("Item to declare"),
        empty_label=gettext_lazy("Choose an item"),
        error_messages={
            "required": gettext_lazy("Choose an item to declare."),
            "invalid_choice": gettext_lazy("Choose an item to declare."),
        },
    )
    details = forms.CharField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("Encrypted. Only the vetting desk can read it."),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "dir": "auto", "maxlength": declarations.DETAILS_LENGTH, "aria-required": "true"}
        ),
    )
    # Required, but not by the form: the service refuses a missing value with a sentence.
    details.depends = True  # type: ignore[attr-defined]

    def __init__(self, kinds: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]


@delegation_page("delegations.declaration.view")
def declared(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the kinds of items that have to be declared, and the declarations of each person."""
    members = Membership.objects.filter(party=delegation.party).select_related("person").order_by("position", "pk")
    by_person: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(delegation):
        by_person.setdefault(row["row"].person_id, []).append(row)
    people = [(member.person, by_person.pop(member.person_id, [])) for member in members]
    # Refused declarations of former members stay in the list.
    people += [(rows[0]["row"].person, rows) for rows in by_person.values()]
    kinds = DeclarationKind.objects.filter(summit=delegation.summit)
    return render(request, "portal/delegation/declarations.html", delegation.context(people=people, kinds=kinds))


def _rows(delegation: DelegationDesk, **filters: Any) -> list[dict[str, Any]]:
    rows = Declaration.objects.filter(party=delegation.party, **filters).select_related("person", "kind")
    return [
        {
            "row": row,
            "sign": "off" if row.state == "declared" and not row.kind.permit else SIGNS[DeclarationState(row.state)],
            "stays": row.state == DeclarationState.REFUSED,
        }
        for row in rows
    ]


@delegation_page("delegations.declare", "GET POST", row="delegations.membership")
def of_person(request: HttpRequest, delegation: DelegationDesk, person: str) -> HttpResponse:
    """Show a person's declarations. A POST adds a declaration."""
    member = delegation.member(person)
    kinds = DeclarationKind.objects.filter(summit=delegation.summit)
    if request.method != "POST":
        return _page(request, delegation, member, DeclareForm(kinds))
    form = DeclareForm(kinds, request.POST)
    if form.is_valid():
        try:
            declarations.declare(party=delegation.party, person=member.person, by=delegation.by, **form.cleaned_data)
        except declarations.DeclarationProblem as problem:
            form.add_error(problem.field, str(problem))
        except declarations.DeclarationRefused as refused:
            form.add_error("kind", str(refused))
        else:
            keys = delegation.party.public_id, member.person.public_id
            return saved(request, _("Declaration saved."), "person_declarations", *keys)
    return _page(request, delegation, member, form, status=422)


def _page(
    request: HttpRequest,
    delegation: DelegationDesk,
    member: Membership,
    form: DeclareForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    kinds = list(DeclarationKind.objects.filter(summit=delegation.summit))
    context = delegation.context(
        member=member, person=member.person, form=form, kinds=kinds, refused=refused,
        rows=_rows(delegation, person=member.person),
    )  # fmt: skip
    return render(request, "portal/delegation/declarations/person.html", context, status=status)


@delegation_page("delegations.declare", "POST", row="delegations.declaration")
def withdraw(request: HttpRequest, delegation: DelegationDesk, person: str, declaration: str) -> HttpResponse:
    """Withdraw a declaration of a person (POST). Raises Http404 if there is no such declaration."""
    member = delegation.member(person)
    rows = Declaration.objects.filter(party=delegation.party, person=member.person, public_id=declaration)
    row = rows.select_related("party__summit", "person").first()
    if row is None:
        raise Http404
    try:
        declarations.withdraw(declaration=row, by=delegation.by)
    except declarations.DeclarationRefused as refused:
        kinds = DeclarationKind.objects.filter(summit=delegation.summit)
        return _page(request, delegation, member, DeclareForm(kinds), refused=str(refused), status=409)
    keys = delegation.party.public_id, member.person.public_id
    return saved(request, _("Declaration withdrawn."), "person_declarations", *keys)
