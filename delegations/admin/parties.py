"""Parties in the admin, and inviting them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.admin.names import KeyInline, NameInline, filled
from delegations.admin.party_filters import AnswerFilter, ComesAtFilter, GapFilter
from delegations.admin.people import FocalPointInline, MembershipInline, set_focal_points
from delegations.admin.replies import AnswersOfParty
from delegations.admin.standing import state_word
from delegations.domain import invitations, naming, overpasses, overview, parties, shown
from delegations.models import (
    ExternalId,
    FocalPoint,
    Invitation,
    InvitationState,
    Party,
    PartyKind,
    PartyName,
    Policy,
)
from delegations.permissions import check_can_invite
from delegations.templatetags.parties import line
from summit.desk import once
from summit.desk.base import SummitModelAdmin
from summit.desk.header import chosen_summit, summits_of
from summit.desk.keys import keys_of
from summit.models import Person, Summit, User
from summit.permissions import allows, check
from summit.templatetags.marks import pair


class KindFilter(admin.SimpleListFilter):
    """Parties by what they are, in the words of the summit that is worked for."""

    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Offer the kinds."""
        summit = chosen_summit(request, summits_of(request))
        says = summit is None or Policy.objects.of(summit).says_country
        return [(kind, naming.kind_word(kind, says_country=says)) for kind in PartyKind.values]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        return queryset.filter(kind=self.value()) if self.value() in PartyKind.values else queryset


# What stands together on a party's page.
PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (None, ("summit", "name", "formal_name", "sort_key", "footnote")),
    (_("What it is"), ("kind", "iso_code", "region", "is_host")),
    (_("Recognition and flag"), ("recognised", "flag")),
    (_("How it is invited"), ("level", "language", "salutation", "order_word", "answer_word", "answers_given")),
    (_("Mission"), ("mission_name", "mission_email", "mission_contact", "mission_phone", "mission_address")),
    (_("Notes"), ("notes",)),
)


@admin.register(Party)
class PartyAdmin(AnswersOfParty, SummitModelAdmin):
    """Parties."""

    place = 1
    list_display = ["party_line", "kind_word", "region", "order_word", "answer_word", "mission_email"]
    list_filter = ["summit", AnswerFilter, ComesAtFilter, GapFilter, KindFilter, "region", "level"]
    list_select_related = ["summit__policy"]
    search_fields = ["name", "formal_name", "sort_key", "iso_code", "mission_email"]
    inlines = [NameInline, FocalPointInline, MembershipInline, KeyInline]
    actions = ["invite"]
    page_shows = ("memberships", "focal_points", "mission_contact")

    def people_on_page(self, row: Any) -> Iterable[str]:
        """Return its members and focal points."""
        found = Person.objects.filter(models.Q(membership__party=row) | models.Q(focal_for__party=row))
        return found.order_by("public_id").values_list("public_id", flat=True).distinct()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the parties with where their invitations stand, by the alphabet of the reader's language."""
        rows = overview.with_standing(super().get_queryset(request))
        return naming.in_order(rows, get_language() or "").prefetch_related("names")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Order by the alphabet of the reader's language, here and where one chooses among parties."""
        return [naming.reader_key(get_language() or "").asc(), "pk"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Name the parties of a page, and number their footnotes."""
        found: Any = super().get_changelist_instance(request)
        found.footnotes = naming.Footnotes()
        for row in found.result_list:
            policy = getattr(row.summit, "policy", None) or Policy(summit=row.summit)
            row.says_country = policy.says_country
            row.named = naming.named(row, policy=policy, language=get_language() or "")
            row.line = line(row.named, found.footnotes)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of a new party's page what only one that is there has."""
        return [
            (title, {"fields": [name for name in fields if obj is not None or name != "answers_given"]})
            for title, fields in PARTS
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep a party in the summit that it was entered for."""
        return ["summit", "answer_word", "order_word", "answers_given"] if obj else ["answer_word", "order_word"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Call the kinds as the summit does."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get("kind")
        if obj is not None and field is not None:
            says = Policy.objects.of(obj.summit).says_country
            field.choices = [(kind, naming.kind_word(kind, says_country=says)) for kind in PartyKind.values]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Enter the party, or change what was changed on its page."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        given = {name: value for name, value in form.cleaned_data.items() if name in parties.FIELDS}
        if change:
            changed = {name: value for name, value in given.items() if name in form.changed_data}
            parties.change(party=obj, values=changed, by=request.user)
            return
        once.claim(request)
        made = parties.enter(summit=obj.summit, values=given, by=request.user)
        for name, value in vars(made).items():
            setattr(obj, name, value)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Set names and keys as a whole; the other rows one by one."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        if formset.model is FocalPoint:
            set_focal_points(request, form.instance, formset)
            return
        if formset.model not in (PartyName, ExternalId):
            super().save_formset(request, form, formset, change)
            overpasses.settle_parties(keys=[form.instance.pk], by=request.user)
            return
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []
        rows = filled(formset)
        if formset.model is PartyName:
            names = {row["language"]: {name: row[name] for name in parties.NAME_FIELDS} for row in rows}
            parties.set_names(party=form.instance, names=names, by=request.user)
        else:
            keys = {row["system"]: row["value"] for row in rows}
            parties.set_keys(party=form.instance, keys=keys, by=request.user)

    @admin.display(description=_("party"), ordering="reader_key")
    def party_line(self, row: Any) -> SafeString:
        """Show its flag, its name and the mark of its footnote."""
        found: SafeString = row.line
        return found

    @admin.display(description=_("kind"), ordering="kind")
    def kind_word(self, row: Any) -> str:
        """Show what it is."""
        return naming.kind_word(row.kind, says_country=row.says_country)

    @admin.display(description=_("protocol order"), ordering=models.F("protocol_order").asc(nulls_last=True))
    def order_word(self, row: Any) -> int | str:
        """Show its place in the protocol order."""
        found: int | None = row.protocol_order
        return "–" if found is None else found

    @admin.display(description=_("answer"))
    def answer_word(self, row: Any) -> SafeString | str:
        """Show where the party's invitation stands."""
        if row.pk is None:
            return "–"
        return gettext("host") if row.is_host else state_word(row.standing, row.replied)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Return whether the reader may invite anybody."""
        return allows(request.user, "delegations.invite", None)

    @admin.action(description=_("Invite the chosen parties"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: models.QuerySet[Party]) -> HttpResponse:
        """Ask before inviting."""
        return self._ask(request, list(queryset.select_related("summit")))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that invites."""
        view = self.admin_site.admin_view(self.invite_view)
        return [path("invite/", view, name="delegations_party_invite"), *super().get_urls()]

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """GET `?summit=` asks about all that aren't invited yet; POST invites the parties named by `party`."""
        self.admit(request, "view")
        check(request.user, "delegations.invite", None)
        rows = self.get_queryset(request).select_related("summit")
        if request.method == "POST":
            keys = keys_of(request.POST.getlist("party"))
            return self._invite(request, list(rows.filter(pk__in=keys)))
        slug = request.GET.get("summit", "").replace("\0", "")
        summit = Summit.objects.filter(slug=slug).first()
        if summit is None or not allows(request.user, "delegations.party.view", summit):
            raise Http404
        check_can_invite(request.user, summit)
        return self._ask(request, list(rows.filter(overview.STANDINGS["uninvited"], summit=summit)))

    def _ask(self, request: HttpRequest, parties: list[Party]) -> HttpResponse:
        for summit in {party.summit for party in parties}:
            check_can_invite(request.user, summit)
        reach = invitations.preview(parties=parties)
        self._note(request, reach)
        number = len(reach.to)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": (
                ngettext("Invite %(number)d party", "Invite %(number)d parties", number) % {"number": number}
                if number
                else gettext("No party can be invited now")
            ),
            "reaches": [(party, [box.address for box in reach.boxes[party.pk]]) for party in reach.to],
            "skipped": reach.skipped,
            "number": number,
            "letters": reach.letters,
            "summit": parties[0].summit if parties else None,
            "back": self._list_of(parties),
        }
        return TemplateResponse(request, "admin/delegations/invite.html", context)

    def _note(self, request: HttpRequest, reach: invitations.Reach) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        for summit in {party.summit for party in reach.to}:
            boxes = [box for party in reach.to if party.summit == summit for box in reach.boxes[party.pk]]
            shown.note_mailboxes(by=request.user, summit=summit, boxes=boxes)

    def _invite(self, request: HttpRequest, parties: list[Party]) -> HttpResponse:
        if not isinstance(request.user, User):
            raise PermissionDenied
        reach = invitations.invite(parties=parties, by=request.user)
        number = len(reach.to)
        if number:
            said = ngettext(
                "%(number)d party is invited; its letters are on their way (%(letters)d).",
                "%(number)d parties are invited; their letters are on their way (%(letters)d).",
                number,
            )
            messages.success(request, said % {"number": number, "letters": reach.letters})
        for party, reason in reach.skipped:
            messages.warning(request, pair(party.name, reason))
        if not number and not reach.skipped:
            messages.warning(
                request, gettext("Nobody was chosen, so nobody was invited. Choose parties in the list.")
            )
        sent = Invitation.objects.filter(party__in=reach.to[:1]).exclude(state=InvitationState.REVOKED).first()
        return redirect("admin:delegations_invitation_sent", sent.pk) if sent else redirect(self._list_of(parties))

    def _list_of(self, parties: list[Party]) -> str:
        address = reverse("admin:delegations_party_changelist")
        summits = {party.summit_id for party in parties}
        return f"{address}?{urlencode({'summit__id__exact': summits.pop()})}" if len(summits) == 1 else address
