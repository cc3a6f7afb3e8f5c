"""Quotas in the admin: the page with one party's meters, and the list of all quotas that single parties have."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.admin.moment_format import moment
from delegations.members.models.categories import Category
from delegations.members.models.quotas import Quota
from delegations.members.permissions import RAISE_QUOTA, can_raise_quota, check_can_raise_quota, quota_refusal
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import Meter
from delegations.members.services import quotas as quotas_services
from delegations.members.services.quotas import QuotaProblem
from delegations.parties.admin.party_column import PartyColumn
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from delegations.parties.selectors import party_names
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.row_keys import DIGITS, key_of
from summit.admin_base.row_sources import RowSource
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows, check
from summit.summits.models import Summit
from summit.users.models import User

FIELDS: list[Any] = ["party", "of_what", "number", "usual", "reason", "set_by", "set_when", "change_it"]
VIEW = "delegations.quota.view"
# The value of the form field `category` that means the quota for the total.
IN_ALL = "all"


class RoomFilter(admin.SimpleListFilter):
    """Filters parties by whether they can name more people."""

    title = gettext_lazy("quotas")
    parameter_name = "quotas"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the results of `quotas.room` as choices, or none if the user may not see quotas."""
        if not allows(request.user, VIEW, None):
            return []
        return [
            (quotas.OVER, gettext_lazy("over the limit")),
            (quotas.FULL, gettext_lazy("full in at least one category")),
            (quotas.ROOM, gettext_lazy("places in every category")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to the current summit's parties with the chosen result of `quotas.room`.

        Only one summit is filtered, because each summit has its own categories.
        """
        summit = chosen_summit(request, summits_of(request))
        if self.value() is None or summit is None or not allows(request.user, VIEW, summit):
            return queryset
        return queryset.filter(pk__in=quotas.with_room(summit, str(self.value())))


def page(request: HttpRequest, party: Party) -> HttpResponse:
    """Show a party's meters; a POST sets a quota for the party, or removes the one named in `drop`.

    The form is for the category `?category=`, and has the number that applies now.

    Raises PermissionDenied.
    """
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    user = request.user
    check(user, VIEW, party.summit)
    meters = quotas.meters(party=party)
    category_key = request.POST.get("category", request.GET.get("category", ""))
    meters_by_key = {_written(meter.category): meter for meter in meters}
    chosen = meters_by_key.get(category_key)
    current = "" if chosen is None or chosen.allowed is None else str(chosen.allowed)
    entered = {
        "category": category_key,
        "number": request.POST.get("number", current),
        "reason": request.POST.get("reason", ""),
    }
    problem: QuotaProblem | None = None
    if request.method == "POST":
        check_can_raise_quota(user, party.summit)
        try:
            message = _store(request, party, meters, user)
        except QuotaProblem as refused:
            problem = refused
        else:
            messages.success(request, message)
            return redirect(request.path)
    party_names.call([party])
    context = {
        **admin.site.each_context(request),
        "opts": Party._meta,
        "title": _("Quotas"),
        "chosen": _("total") if category_key == IN_ALL else chosen.label if chosen else "",
        "usual": _usual(party, chosen) if chosen else "",
        "sum_note": _sum_note(meters),
        "party": party,
        "summit": party.summit,
        "meters": [(_written(meter.category), meter) for meter in meters],
        "own": [(_written(row.category), row) for row in quotas.own_numbers(party)],
        "may_raise": can_raise_quota(user, party.summit),
        "who": quota_refusal(party.summit),
        "places": _places_of_protocol(user, party.summit),
        "entered": entered,
        "problem": problem,
        "total": any(meter.category is None for meter in meters),
        "in_all": IN_ALL,
    }
    status = 422 if problem else 200
    return TemplateResponse(request, "admin/delegations/members/quotas.html", context, status=status)


def _places_of_protocol(user: User, summit: Summit) -> str:
    """Return a sentence that says how many places the user can still give, or "" for those without a limit."""
    places = Policy.objects.of(summit).protocol_places
    if places is None or allows(user, SET_DEFAULT_QUOTAS, summit) or not can_raise_quota(user, summit):
        return ""
    left = max(0, places - quotas.additional_places(summit))
    message = ngettext(
        "You can give single delegations %(n)d more place, all delegations together.",
        "You can give single delegations %(n)d more places, all delegations together.",
        left,
    )
    return message % {"n": left}


def _written(category: Category | None) -> str:
    return IN_ALL if category is None else str(category.pk)


def _store(request: HttpRequest, party: Party, meters: list[Meter], user: User) -> str:
    """Set or remove the quota that the POST names, and return the message to show. Raises QuotaProblem."""
    category_key = request.POST.get("drop") or request.POST.get("category", "")
    categories_by_key = {_written(meter.category): meter.category for meter in meters}
    if category_key not in categories_by_key and category_key != IN_ALL:
        raise QuotaProblem("category", _("Choose a category, or the total."))
    category = categories_by_key.get(category_key)
    if request.POST.get("drop"):
        quotas_services.remove_quota(party=party, category=category, by=user)
        return f"{_('The default applies again.')} {_numbers(party, category)}"
    written_number = request.POST.get("number", "").strip()
    number = key_of(written_number) if len(written_number) <= DIGITS else None
    if number is None:
        raise QuotaProblem("number", _("Enter a number between 0 and 10,000."))
    quotas_services.set_quota(
        party=party, category=category, number=number, reason=request.POST.get("reason", "")[:300], by=user
    )
    return _numbers(party, category)


def _numbers(party: Party, category: Category | None) -> str:
    """Return what holds now for a category, or for the total if it is None: its places, and how that fits in all."""
    meters = quotas.meters(party=party)
    total = next((meter for meter in meters if meter.category is None), None)
    meter = next((each for each in meters if each.category == category), None)
    sentences = []
    if meter is None or meter.allowed is None:
        label = _("total") if category is None else str(category)
        sentences.append(_("%(category)s: no limit.") % {"category": capfirst(label)})
    else:
        message = ngettext("%(category)s: %(n)d place.", "%(category)s: %(n)d places.", meter.allowed)
        sentences.append(message % {"category": capfirst(meter.label), "n": meter.allowed})
    if total is not None:
        params = {"allowed": total.allowed, "named": total.named}
        sentences.append(_("The delegation has %(allowed)d in all, %(named)d named.") % params)
    return " ".join([*sentences, _sum_note(meters)]).strip()


def _sum_note(meters: list[Meter]) -> str:
    """Return the sentence that a party's categories have more places than its total allows, or ""."""
    total = next((meter.allowed for meter in meters if meter.category is None), None)
    counted = quotas.places_in_categories(meters)
    if total is None or counted <= total:
        return ""
    return _("The categories add up to %(sum)d places; the total still applies.") % {"sum": counted}


def _usual(party: Party, meter: Meter) -> str:
    """Return the number of places that applies to parties without a quota of their own."""
    number = meter.category.quota if meter.category is not None else Policy.objects.of(party.summit).total
    return _("no limit") if number is None else str(number)


@admin.register(Quota)
class QuotaAdmin(PartyColumn, ReadOnlyAdmin):
    """The read-only list of quotas that are set for single parties."""

    place = 2
    menu_group = MenuGroup.PARTICIPATION
    summit_path = "party__summit"
    leads = ("change_it",)
    list_display = ["party_name", "of_what", "number", "usual", "reason", "set_by", "set_when"]
    row_source = RowSource(
        gettext_lazy("To change the numbers for one delegation, open its page."),
        gettext_lazy("Choose a delegation"),
        RAISE_QUOTA,
        model="delegations.party",
    )
    list_filter = ["party__summit"]
    list_select_related = ["party__summit__policy", "category", "set_by"]
    search_fields = ["party__name", "reason"]
    fields = readonly_fields = FIELDS
    nothing_yet = gettext_lazy("All delegations have the same quotas. To change a delegation’s quota, open its page.")

    @admin.display(description=gettext_lazy("category"), ordering="category__position")
    def of_what(self, row: Quota) -> str:
        """Show the quota's category, or “in all” for a quota for the total."""
        return _("total") if row.category is None else str(row.category)

    @admin.display(description=gettext_lazy("default quota"))
    def usual(self, row: Quota) -> str:
        """Show the general quota, which applies to parties without a quota of their own."""
        policy = getattr(row.party.summit, "policy", None)
        number = row.category.quota if row.category is not None else policy.total if policy is not None else None
        return _("no limit") if number is None else str(number)

    @admin.display(description=gettext_lazy("set on"), ordering="set_at")
    def set_when(self, row: Quota) -> str:
        """Show when the quota was set, in the summit's time zone."""
        return moment(row.set_at, row.party.summit)

    @admin.display(description=gettext_lazy("change"))
    def change_it(self, row: Quota) -> SafeString:
        """Show a link to the page on which the party's quotas are changed."""
        url = reverse("admin:delegations_party_quotas", args=[row.party_id])
        return format_html('<a href="{}">{}</a>', url, _("Show the delegation’s quotas"))
