"""Admin pages that issue, reissue, check and print badges."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.badges import badge_pdf as paper
from delegations.badges.models.badges import Badge
from delegations.badges.permissions import can_issue_badges
from delegations.badges.selectors import badge_check, badge_sheet
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.services import badges
from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Photo
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of, keys_of
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.file_names import disposition
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.permissions.rules import allows
from summit.summits.models import Summit

# The most badges that a page shows, or that the URL of a page names.
MOST = 300
# For at most this many skipped people, a page gives the reason one by one.
TOLD = 5


def _to_confirm(summit: Summit, **party: int) -> str:
    """Return the URL of the list of a summit's unconfirmed members. With `party` (a primary key), the list only has
    the members of this party."""
    query = {"party__summit__id__exact": summit.pk, "confirmed_at__isempty": 1, **party}
    return f"{reverse('admin:delegations_membership_changelist')}?{urlencode(query)}"


@dataclass(frozen=True)
class Scope:
    """Whose badges the page issues: those of everyone in the summit, of one `party`, or of one `member` alone."""

    summit: Summit
    party: Party | None = None
    member: Membership | None = None

    @classmethod
    def of(cls, request: HttpRequest, summit: Summit) -> "Scope":
        """Return what the URL names by `?member=` or `?party=`. Raises Http404 if there is none in this summit."""
        member_pk, party_pk = (key_of(request.GET.get(name, "")) for name in ("member", "party"))
        if member_pk is not None:
            rows = Membership.objects.filter(party__summit=summit).select_related("person", "party")
            return cls(summit, member=get_object_or_404(rows, pk=member_pk))
        if party_pk is not None:
            return cls(summit, party=get_object_or_404(Party, summit=summit, pk=party_pk))
        return cls(summit)

    @property
    def address(self) -> str:
        """The URL of the page."""
        query: dict[str, Any] = {"summit": self.summit.slug}
        if self.party is not None:
            query["party"] = self.party.pk
        if self.member is not None:
            query["member"] = self.member.pk
        return f"{reverse('admin:delegations_badge_issue')}?{urlencode(query)}"

    @property
    def back(self) -> str:
        """The URL of the page to which one returns once the badges are issued."""
        if self.member is not None:
            return reverse("admin:summit_person_detail", args=[self.member.person_id])
        if self.party is not None:
            return reverse("admin:delegations_party_detail", args=[self.party.pk])
        return reverse("admin:delegations_badge_changelist")

    def narrow(self, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        """Return the members among `rows` whose badges the page issues."""
        if self.member is not None:
            return rows.filter(pk=self.member.pk)
        return rows if self.party is None else rows.filter(party=self.party)


def _with_photo(rows: QuerySet[Membership]) -> QuerySet[Any]:
    """Annotate members with `lacks_photo`, the boolean whether their badge has no photograph to print."""
    return rows.annotate(lacks_photo=~Exists(Photo.objects.filter(person=OuterRef("person"))))


def add_print_message(request: HttpRequest, sentence: str, issued: Sequence[Badge]) -> None:
    """Add the message that badges are issued, with a link to the document that prints them."""
    url = f"{reverse('admin:delegations_badge_paper')}?{selections.query_of(request, [row.pk for row in issued])}"
    label = ngettext("Print the badge", "Print %(n)d badges", len(issued)) % {"n": len(issued)}
    messages.success(request, format_html('{} <a href="{}">{}</a>', sentence, url, label))


class BadgePagesMixin:
    """Adds the pages that issue, reissue, check and print badges to the admin of badges."""

    admin_site: Any
    opts: Any

    @model_page("issue/", "issue", do="delegations.issue_badge")
    def issue_view(self, request: HttpRequest) -> HttpResponse:
        """Show on GET the members of the summit `?summit=` who have no badge. On POST, issue a badge to each member
        with a primary key in `row` or, with `all`, to each who can have one.

        With `?party=` or `?member=` (primary keys), it is about this party's people, or this member alone. Raises
        Http404 if there is no summit in which the user may issue badges.
        """
        user = user_of(request)
        summits = [row for row in summits_of(request) if can_issue_badges(user, row)]
        summit = chosen_summit(request, summits)
        if summit is None:
            raise Http404
        scope = Scope.of(request, summit)
        if request.method != "POST":
            return self._ask(request, scope)
        members = Membership.objects.filter(pk__in=keys_of(request.POST.getlist("row"))[:MOST], party__summit=summit)
        if "all" in request.POST:
            members = scope.narrow(badges_selectors.able(summit, Policy.objects.of(summit)))
        issued = badges.issue(members=members, by=user)
        for _row, why in issued.skipped[:TOLD]:
            messages.warning(request, why)
        if len(issued.skipped) > TOLD:
            further = len(issued.skipped) - TOLD
            message = ngettext(
                "%(n)d more person did not get a badge.", "%(n)d more people did not get a badge.", further
            )
            messages.warning(request, message % {"n": further})
        number = len(issued.done)
        message = ngettext("%(n)d badge issued.", "%(n)d badges issued.", number) % {"n": number}
        if not number:
            messages.success(request, message)
            return redirect(scope.address)
        add_print_message(request, message, issued.done)
        return redirect(scope.back)

    def _ask(self, request: HttpRequest, scope: Scope) -> HttpResponse:
        user, summit = user_of(request), scope.summit
        policy = Policy.objects.of(summit)
        able = scope.narrow(badges_selectors.able(summit, policy))
        waiting = scope.narrow(badges_selectors.waiting(summit, policy))
        able_rows, waiting_rows = list(_with_photo(able)[:MOST]), list(waiting[:MOST])
        named_in = badges_selectors.without(summit).order_by("party__sort_key", "party")
        counts = dict(named_in.values_list("party").annotate(n=Count("pk"))) if scope.member is None else {}
        keys = {row.party_id for row in (*able_rows, *waiting_rows)} | set(counts)
        names = party_names.to_readers(keys | ({scope.party.pk} if scope.party else set()))
        number, able_count, waiting_count = len(able_rows), able.count(), waiting.count()
        button = ngettext("Issue %(n)d badge", "Issue %(n)d badges", number) % {"n": number}
        may_confirm = allows(user, "delegations.name", summit)
        title = _("People without a badge")
        if scope.member is not None:
            title = _("Issue a badge to %(person)s") % {"person": scope.member.person.label}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "summit": summit,
            "scope": scope,
            "party": names.get(scope.party.pk) if scope.party else None,
            "offered": [(key, names[key], count) for key, count in counts.items()],
            "everyone": Scope(summit).address,
            "able": [(row, names[row.party_id]) for row in able_rows],
            "without_photo": sum(row.lacks_photo for row in able_rows),
            "further": able_count - number,
            "button_for_all": ngettext("Issue all %(n)d badges", "Issue all %(n)d badges", able_count)
            % {"n": able_count},
            "waits": waiting_count,
            "waiting": [
                (names[key], list(rows), _to_confirm(summit, party=key))
                for key, rows in groupby(waiting_rows, key=lambda row: row.party_id)
            ],
            "may_confirm": may_confirm,
            "unshown": waiting_count - len(waiting_rows),
            "confirming": _to_confirm(summit),
            "button": button,
            "address": scope.address,
        }
        return TemplateResponse(request, "admin/delegations/badges/issue.html", context)

    @model_page("<int:pk>/reissue/", "reissue", do="delegations.issue_badge")
    def reissue_view(self, request: HttpRequest, row: Badge) -> HttpResponse:
        """Ask for confirmation on GET. On POST, end the lost badge and issue another to the same person."""
        back = reverse("admin:delegations_badge_change", args=[row.pk])
        if request.method == "POST":
            try:
                new_badge = badges.reissue(badge=row, by=user_of(request))
            except badges.BadgeRefused as refused:
                messages.warning(request, str(refused))
                return redirect(back)
            message = _("Badge %(old)s is cancelled and no longer opens anything. Badge %(new)s replaces it.")
            numbers = {"old": badge_check.spaced(row.public_id), "new": badge_check.spaced(new_badge.public_id)}
            add_print_message(request, message % numbers, [new_badge])
            return redirect("admin:delegations_badge_change", new_badge.pk)
        title = _("Issue a new badge to %(person)s") % {"person": row.person.label}
        return confirm(
            request,
            self.admin_site,
            title=title,
            sentence=_(
                "Use this when a badge is lost. The old badge stops working at once and a new one replaces it."
            ),
            button=_("Cancel this badge and issue a new one"),
            action=reverse("admin:delegations_badge_reissue", args=[row.pk]),
            back=back,
            rows=[row] if row.ended_at is None else [],
            names=[RowName(row.person.label, party_names.to_reader(row.party))] if row.ended_at is None else [],
            nothing=_("This badge is already cancelled. Check whether the person has another."),
        )

    @model_page("check/", "check", "GET", see=badge_check.SEE)
    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Show whether the badge with the number `?number=` opens anything, and why not if it doesn't."""
        user = user_of(request)
        typed = request.GET.get("number", "")
        checked = badge_check.check_badge(typed=typed, by=user) if typed.strip() else None
        badge = checked.badge if checked else None
        summit = badge.party.summit if badge else None
        book = party_names.book(summit) if summit else None
        sees = all(allows(user, action, summit) for action in ("delegations.photo.view", "summit.person.view"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Check a badge"),
            "typed": typed,
            "found": checked,
            "badge": badge,
            "number": badge_check.spaced(checked.number) if checked else "",
            "summit": summit,
            "party": book.of(badge.party) if book and badge else None,
            "face": bool(badge and sees and hasattr(badge.person, "photo")),
        }
        return TemplateResponse(request, "admin/delegations/badges/check.html", context)

    @model_page("badges.pdf", "paper", "GET", do="delegations.issue_badge")
    def paper_view(self, request: HttpRequest) -> HttpResponse:
        """Return a PDF of the chosen badges, or of those of the party `?party=`, that are live: one badge to a page.

        More badges than one document holds are printed in several: without `?part=`, the page has a link to each. If
        the badges can't be printed, redirect to the list with a warning. The access log records that the user has
        seen the photographs.
        """
        user = user_of(request)
        party = key_of(request.GET.get("party", ""))
        chosen = {"pk__in": selections.chosen_keys(request)} if party is None else {"party": party}
        live = self.get_queryset(request).filter(**chosen, ended_at__isnull=True)  # type: ignore[attr-defined]
        # The order in which a document has them, so that a delegation's badges lie together.
        rows = list(live.order_by("party__sort_key", "party", "person__membership__position", "pk"))
        part = key_of(request.GET.get("part", ""))
        if len(rows) > badge_sheet.MOST and part is None:
            return self._parts(request, rows)
        if part is not None:
            rows = rows[part * badge_sheet.MOST :][: badge_sheet.MOST]
        if not rows:
            messages.warning(request, _("None of these badges is valid. Only valid badges are printed."))
            return redirect("admin:delegations_badge_changelist")
        try:
            cards = badge_sheet.cards(badges=rows, by=user)
            pdf = paper.write(cards)
        except badge_sheet.TooManyBadges as refused:
            messages.warning(request, str(refused))
        except MissingFontError as problem:
            messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
        else:
            shown = disposition(paper.name_of(cards), attached=False)
            headers = {"Content-Disposition": shown, "Cache-Control": "private, no-store"}
            return HttpResponse(pdf, content_type="application/pdf", headers=headers)
        return redirect("admin:delegations_badge_changelist")

    def _parts(self, request: HttpRequest, rows: list[Badge]) -> HttpResponse:
        """Return the page with a link to each of the documents that hold these badges."""
        number, query = len(rows), selections.query_of(request, [row.pk for row in rows])
        starts = range(0, number, badge_sheet.MOST)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": ngettext("Print %(n)d badge", "Print %(n)d badges", number) % {"n": number},
            "parts": [
                (f"{request.path}?{query}&part={part}", start + 1, min(start + badge_sheet.MOST, number))
                for part, start in enumerate(starts)
            ],
        }
        return TemplateResponse(request, "admin/delegations/badges/parts.html", context)
