"""The admin page of dietary and access needs by party and day, for the conference officer."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import label
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.travel.selectors import dietary_and_access_needs
from summit.admin_base.autocomplete import FieldChoices, find_by_typing, register_choices
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.audit import access_log
from summit.core.date_formats import short_day
from summit.summits.models import Summit
from summit.users.models import User


def _with_members(summit: Summit) -> QuerySet[Party]:
    parties = Party.objects.filter(pk__in=Membership.objects.filter(party__summit=summit).values("party"))
    return party_names.in_order(parties, get_language() or "")


# Who sees needs may see no list of delegations: this filter has choices of its own.
PARTY = Particulars._meta.get_field("entered_for")
register_choices(
    PARTY,
    FieldChoices(permission=dietary_and_access_needs.SEE, rows=_with_members, labels=party_names.choice_labels),
)


class PartyForm(forms.Form):
    """The party by which the page is filtered."""

    party = forms.ModelChoiceField(Party.objects.none(), label=pgettext_lazy("label", "delegation"), required=False)

    def __init__(self, data: Any, *, summit: Summit) -> None:
        super().__init__(data, auto_id="%s")
        find_by_typing(self, "party", PARTY, summit=summit, rows=_with_members(summit))


@summit_page("needs/<slug:slug>/", "delegations_needs", "GET", see=dietary_and_access_needs.SEE)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show people with needs, filtered by `?day=` and `?party=`. The access is logged."""
    form = PartyForm(request.GET, summit=summit)
    party = form.cleaned_data["party"] if form.is_valid() else None
    day = _day(request.GET.get("day", ""))
    day = day if day in dietary_and_access_needs.days(summit) else None
    needs = dietary_and_access_needs.lines(summit=summit, day=day, party=party)
    if needs:
        access_log.record_list(
            by=user,
            label="summit.person",
            rows=[(summit.pk, line.person.public_id) for line in needs],
            fields=dietary_and_access_needs.columns(),
        )
    context = {
        **admin.site.each_context(request),
        **party_names.on_page(summit),
        "title": _("Needs"),
        "summit": summit,
        "lines": needs,
        "headings": [label(name) for name in dietary_and_access_needs.columns()],
        "counted": dietary_and_access_needs.counted(needs),
        "form": form,
        "days": [(each.isoformat(), short_day(each)) for each in dietary_and_access_needs.days(summit)],
        "day": day.isoformat() if day else "",
    }
    return TemplateResponse(request, "admin/delegations/travel/dietary_and_access_needs.html", context)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


summit_pages.register(40)(
    SummitPage(
        gettext_lazy("Needs"),
        "delegations_needs",
        dietary_and_access_needs.SEE,
        MenuPlace.ACCREDITATION,
        MenuGroup.DAILY,
    )
)
