"""Admin actions that decide about many texts at once. A confirmation page shows each text before the decision."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from press.embargoes import bulk_decision_job
from press.embargoes.admin.schedule_form import MomentOfManyForm
from press.embargoes.services import bulk_decisions
from press.embargoes.services.bulk_decisions import BULK_DECISIONS, MOST, BulkDecision
from press.texts.models.texts import Text
from press.texts.selectors import workflow_queries
from summit.admin_base import selections
from summit.admin_base.model_pages import ModelPage, model_pages
from summit.admin_base.summit_scope import chosen_summit
from summit.core.punctuation import pair
from summit.permissions.rules import allows, summits_for
from summit.summits.models import Summit

# More editions than these are decided by a job, whose page shows the progress and the result for each.
FEW = 20
# The most skipped texts that are listed with their reasons after a decision. The others are only counted.
TOLD = 20


@dataclass(frozen=True)
class ConfirmationMessages:
    """The messages of an action and its confirmation page.

    The action decides about the texts of the list that is filtered by `todo`. `all` is the label of the link above
    this list, and `lede` the introduction of the page. `title` and `done` contain a number.
    """

    todo: str
    all: Promise
    lede: Promise
    title: Promise
    done: Promise


ASKED: dict[str, ConfirmationMessages] = {
    "submit": ConfirmationMessages(
        "submit",
        gettext_lazy("Submit all"),
        gettext_lazy("A press approver reviews each text next."),
        ngettext_lazy("Submit %(n)d text for review", "Submit %(n)d texts for review", "n"),
        ngettext_lazy("%(n)d text submitted.", "%(n)d texts submitted.", "n"),
    ),
    "approve": ConfirmationMessages(
        "review",
        gettext_lazy("Approve all"),
        gettext_lazy(
            "You are the second person to check these texts, so read each one first. Scheduled texts are published "
            "at their time; overdue texts are published now."
        ),
        ngettext_lazy("Approve %(n)d text", "Approve %(n)d texts", "n"),
        ngettext_lazy("%(n)d text approved.", "%(n)d texts approved.", "n"),
    ),
    "set_moment": ConfirmationMessages(
        "schedule",
        gettext_lazy("Schedule all at the same time"),
        gettext_lazy("Texts not approved by then are published on approval."),
        ngettext_lazy("Schedule %(n)d text", "Schedule %(n)d texts at the same time", "n"),
        ngettext_lazy("%(n)d text scheduled.", "%(n)d texts scheduled.", "n"),
    ),
}


class ManyMixin:
    """Adds actions for many texts to the admin of texts, with confirmation pages and links above the list."""

    admin_site: Any

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list of texts. If it is filtered by a task, a link above it decides about all texts at once."""
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        for name, labels in ASKED.items():
            if (
                request.GET.get("todo") == labels.todo
                and changelist.result_count > 1
                and self._decides(request, name)
            ):
                summit = chosen_summit(request, _summits(request, BULK_DECISIONS[name]))
                query = {"todo": labels.todo} | ({"summit": summit.slug} if summit else {})
                changelist.tools = [(f"{_address(name)}?{urlencode(query)}", labels.all), *changelist.tools]
        return changelist

    def _decides(self, request: HttpRequest, name: str) -> bool:
        return allows(request.user, BULK_DECISIONS[name].permission, None)

    def has_submit_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may submit texts of any summit."""
        return self._decides(request, "submit")

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may approve texts of any summit."""
        return self._decides(request, "approve")

    def has_set_moment_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may set moments at any summit."""
        return self._decides(request, "set_moment")

    @admin.action(description=gettext_lazy("Submit for review"), permissions=["submit"])
    def submit_chosen(self, request: HttpRequest, queryset: QuerySet[Text]) -> HttpResponse:
        """Redirect to the page on which the user confirms that the chosen texts are submitted."""
        return _ask("submit", request, queryset)

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet[Text]) -> HttpResponse:
        """Redirect to the page on which the user confirms that the chosen texts are approved."""
        return _ask("approve", request, queryset)

    @admin.action(description=gettext_lazy("Schedule"), permissions=["set_moment"])
    def set_moment_of_chosen(self, request: HttpRequest, queryset: QuerySet[Text]) -> HttpResponse:
        """Redirect to the page on which the user sets one moment for the chosen texts."""
        return _ask("set_moment", request, queryset)

    @model_pages(
        *(
            ModelPage(f"many/{name}/", f"{name}_many", do=action.permission, more={"name": name})
            for name, action in BULK_DECISIONS.items()
        )
    )
    def many_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show the confirmation page with each text (GET), or decide about the texts (POST).

        The parameters `row` select single texts by primary key, `chosen` a stored selection.
        The parameter `todo` selects all texts with an open task instead.
        """
        desk: Any = self
        action, user = BULK_DECISIONS[name], desk._user(request)
        texts = self._texts(request, action)
        form = MomentOfManyForm(request.POST or None, summit=texts[0].summit) if texts and not action.each else None
        if request.method == "POST" and (form is None or form.is_valid()):
            moment = form.decided if form else None
            targets = bulk_decisions.find_targets(action=action, texts=texts, by=user)
            if len(targets.to) > FEW:
                _warn_about_skipped(request, targets)
                job = bulk_decision_job.ask(action=action, editions=targets.to, by=user, moment=moment)
                return redirect("admin:jobs_job", job.public_id)
            return _done(request, name, bulk_decisions.decide(action=action, texts=texts, by=user, moment=moment))
        targets = bulk_decisions.find_targets(action=action, texts=texts, by=user)
        number, labels = len(targets.to), ASKED[name]
        keys = {row.version.text_id for row in targets.to}
        context = {"title": str(labels.title % {"n": number}), "lede": labels.lede, "reach": targets}
        # For approvals the form is below the texts, so that users read the texts first.
        context |= {
            "form": form,
            "last": name == "approve",
            "row_inputs": selections.inputs_of(request, sorted(keys)),
        }
        page: HttpResponse = desk._page(
            request, "admin/press/overview/bulk_decisions.html", context, 400 if form and form.errors else 200
        )
        return page

    def _texts(self, request: HttpRequest, action: BulkDecision) -> list[Text]:
        """Return the selected texts, or the texts with the open task `todo`; at most MOST.

        They are texts of one summit, since a moment is entered in the time zone of the venue.
        """
        desk: Any = self
        params = request.POST if request.method == "POST" else request.GET
        rows = desk.get_queryset(request)
        condition = workflow_queries.todo(request.user).get(params.get("todo", ""))
        if condition is not None:
            summit = chosen_summit(request, _summits(request, action))
            rows = rows.filter(condition, summit=summit)
        else:
            rows = rows.filter(pk__in=selections.chosen_keys(request)[:MOST])
        texts = list(rows.order_by("pk")[: MOST + 1])
        if len(texts) > MOST:
            _warn_about_limit(request)
        return [text for text in texts[:MOST] if text.summit_id == texts[0].summit_id]


def _address(name: str) -> str:
    return reverse(f"admin:press_text_{name}_many")


def _summits(request: HttpRequest, action: BulkDecision) -> list[Summit]:
    keys = summits_for(request.user, action.permission)
    return list(Summit.objects.all() if keys is None else Summit.objects.filter(pk__in=keys))


def _ask(name: str, request: HttpRequest, queryset: QuerySet[Text]) -> HttpResponse:
    keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        _warn_about_limit(request)
    return redirect(f"{_address(name)}?{selections.query_of(request, keys[:MOST])}")


def _warn_about_limit(request: HttpRequest) -> None:
    message = _("You can change %(n)d texts at a time. These are the first %(n)d; repeat for the others.")
    messages.warning(request, message % {"n": MOST})


def _done(request: HttpRequest, name: str, targets: bulk_decisions.DecisionTargets) -> HttpResponse:
    if targets.to:
        messages.success(request, str(ASKED[name].done % {"n": len(targets.to)}))
    _warn_about_skipped(request, targets)
    return redirect("admin:press_text_changelist")


def _warn_about_skipped(request: HttpRequest, targets: bulk_decisions.DecisionTargets) -> None:
    for edition, reason in targets.skipped[:TOLD]:
        messages.warning(request, pair(edition.title, reason))
    unlisted = len(targets.skipped) - TOLD
    if unlisted > 0:
        message = ngettext("%(n)d other not changed.", "%(n)d others not changed.", unlisted)
        messages.warning(request, message % {"n": unlisted})
