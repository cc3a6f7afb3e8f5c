"""The admin of people, with the party, particulars, badges and accounts that `delegations` adds to them."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core import table_writers
from delegations.core.admin.list_tools import ToolsMixin
from delegations.imports.models import TableKind
from delegations.members.admin.particulars import PagesMixin
from delegations.members.admin.person_filters import CategoryFilter, PartyFilter
from delegations.members.admin.registration import PersonDeskForm, RedirectAfterAddMixin
from delegations.members.person_field_groups import LOGGED, PERSON
from delegations.members.selectors import exports
from delegations.members.services import people
from delegations.overview.admin import person_detail
from delegations.overview.admin.person_filters import ArrivesFilter, LacksFilter
from delegations.overview.admin.person_sections import shown_fields
from delegations.parties.admin.party_column import PartyOfMember
from delegations.portal_access.services import accounts
from summit.admin_base import selections
from summit.admin_base.detail_pages import DetailPageMixin, Section
from summit.admin_base.form_idempotency import claim
from summit.admin_base.model_pages import model_page
from summit.audit.services import By
from summit.backoffice.accounts import PersonAdmin
from summit.core.punctuation import pair
from summit.people.models import Person
from summit.permissions.rules import allows, check
from summit.users.models import User

ACCOUNTS, CHANGE = "delegations.give_account", "summit.person.change"


@admin.action(description=gettext_lazy("Create accounts"), permissions=["give_account"])
def give_accounts(desk: Any, request: HttpRequest, queryset: models.QuerySet[Person]) -> HttpResponse:
    """Redirect to the page that asks whether to give the chosen people accounts."""
    return _redirect_to_confirmation(request, "admin:summit_person_accounts", queryset)


@admin.action(description=gettext_lazy("Remove accounts"), permissions=["give_account"])
def take_accounts(desk: Any, request: HttpRequest, queryset: models.QuerySet[Person]) -> HttpResponse:
    """Redirect to the page that asks whether to remove the accounts of the chosen people."""
    return _redirect_to_confirmation(request, "admin:summit_person_take_accounts", queryset)


@admin.action(description=gettext_lazy("Set language"), permissions=["change"])
def mark_language(desk: Any, request: HttpRequest, queryset: models.QuerySet[Person]) -> HttpResponse:
    """Redirect to the page that asks in which language the chosen people are written to."""
    return _redirect_to_confirmation(request, "admin:summit_person_language", queryset)


# At most this many accounts are given or removed in one transaction. The page asks again for the others.
MOST = 300
# For at most this many people who are left out, a message gives the reason.
TOLD = 20


def _redirect_to_confirmation(request: HttpRequest, name: str, queryset: models.QuerySet[Person]) -> HttpResponse:
    keys = queryset.order_by("pk").values_list("pk", flat=True)
    return redirect(f"{reverse(name)}?{selections.query_of(request, keys)}")


class BulkMixin:
    """Adds pages that give or remove accounts, or set the language, of many people. Each asks for confirmation
    first."""

    admin_site: Any
    opts: Any

    def _chosen(self, request: HttpRequest, action: str) -> tuple[list[Person], User]:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        rows = self.get_queryset(request).filter(pk__in=selections.chosen_keys(request))  # type: ignore[attr-defined]
        persons = list(rows.select_related("summit").order_by("name", "office", "pk"))
        for summit in {row.summit for row in persons}:
            check(request.user, action, summit)
        return persons, request.user

    def _list(self) -> str:
        return reverse("admin:summit_person_changelist")

    def _after(self, request: HttpRequest, name: str, others: list[Person]) -> HttpResponse:
        """Redirect to the list or, for the people whose turn comes next, to the page that asks."""
        if not others:
            return redirect(self._list())
        return redirect(f"{reverse(name)}?{selections.query_of(request, [row.pk for row in others])}")

    def _ask(self, request: HttpRequest, rows: list[Person], **context: Any) -> HttpResponse:
        full_context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "rows": rows[: selections.NAMED],
            "further": len(rows[selections.NAMED :]),
            "row_inputs": selections.inputs_of(request, [row.pk for row in rows]),
            "back": self._list(),
            "skipped": [],
            **context,
        }
        return TemplateResponse(request, "admin/delegations/overview/confirm_people_action.html", full_context)

    @model_page("accounts/", "accounts", do=ACCOUNTS)
    def accounts_view(self, request: HttpRequest) -> HttpResponse:
        """Show which of the people in `?row=` would get an account; a POST gives them their accounts."""
        rows, user = self._chosen(request, ACCOUNTS)
        if request.method != "POST":
            recipients = accounts.preview(people=rows)
            number = len(recipients.to)
            title = ngettext("Create %(n)d account", "Create %(n)d accounts", number) % {"n": number}
            sentence = _(
                "Each person gets an email with a link to the portal. If needed, it also has a link to choose a "
                "password."
            )
            return self._ask(
                request, recipients.to, title=title, sentence=sentence, button=title, skipped=recipients.skipped
            )
        recipients = accounts.give(people=rows[:MOST], by=user)
        number = len(recipients.to)
        if number:
            message = ngettext(
                "%(n)d account created and emailed.",
                "%(n)d accounts created and emailed.",
                number,
            )
            messages.success(request, message % {"n": number})
        for person, reason in recipients.skipped[:TOLD]:
            messages.warning(request, pair(person.label, reason))
        return self._after(request, "admin:summit_person_accounts", rows[MOST:])

    @model_page("take-accounts/", "take_accounts", do=ACCOUNTS)
    def take_accounts_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether to remove the accounts of the people in `?row=`; a POST removes them and ends the sessions."""
        rows, user = self._chosen(request, ACCOUNTS)
        account_holders = [row for row in rows if row.user_id is not None]
        if request.method != "POST":
            title = ngettext("Remove %(n)d account", "Remove %(n)d accounts", len(account_holders)) % {
                "n": len(account_holders)
            }
            sentence = _(
                "These people are signed out at once and can’t sign in to this summit’s portal with an account."
            )
            return self._ask(request, account_holders, title=title, sentence=sentence, button=title, danger=True)
        number = accounts.withdraw_accounts(people=account_holders[:MOST], by=user)
        message = ngettext("%(n)d account removed.", "%(n)d accounts removed.", number)
        messages.success(request, message % {"n": number})
        return self._after(request, "admin:summit_person_take_accounts", account_holders[MOST:])

    @model_page("language/", "language", do=CHANGE)
    def language_view(self, request: HttpRequest) -> HttpResponse:
        """Ask in which language the people in `?row=` are written to; a POST stores the language."""
        rows, user = self._chosen(request, CHANGE)
        language = request.POST.get("language", "")
        if request.method == "POST" and language in dict(settings.LANGUAGES):
            number = people.mark_language(people=rows, language=language, by=user)
            message = ngettext(
                "Language changed for %(n)d person.",
                "Language changed for %(n)d people.",
                number,
            )
            messages.success(request, message % {"n": number})
            return redirect(self._list())
        number = len(rows)
        title = ngettext("Set the language of %(n)d person", "Set the language of %(n)d people", number)
        sentence = _("Emails to these people use this language.")
        button = _("Set language")
        return self._ask(
            request, rows, title=title % {"n": number}, sentence=sentence, button=button, offered=settings.LANGUAGES
        )


admin.site.unregister(Person)


# The sections of a person's page that are edited there. Particulars and the account have pages of their own.
CONTACT = ("email", "phone", "language", "time_zone")
SECTIONS = (
    Section("person", gettext_lazy("Person"), tuple(name for name in PERSON if name not in CONTACT)),
    Section("contact", gettext_lazy("Contact"), CONTACT),
)


@admin.register(Person)
class PersonDesk(
    DetailPageMixin, RedirectAfterAddMixin, ToolsMixin, PartyOfMember, PagesMixin, BulkMixin, PersonAdmin
):
    """The admin of people, with a page for each that shows their party, particulars, badges and account."""

    uploads = str(TableKind.PEOPLE.value)
    upload_label = gettext_lazy("Upload people")

    form = PersonDeskForm
    list_display = ["who", "party_name", "category", "email", "summit"]
    list_filter = ["summit", PartyFilter, CategoryFilter, LacksFilter, ArrivesFilter, *PersonAdmin.list_filter[1:]]
    list_select_related = ["summit", "membership__party", "membership__category"]
    actions = [give_accounts, take_accounts, mark_language]
    page_shows = (*LOGGED, "user")
    detail_template = "admin/summit/person/detail.html"
    sections = SECTIONS

    def table(self, rows: models.QuerySet[Any], by: By) -> table_writers.ExportedTable:
        """Return the table of these people for an export, with the values that `by` may see."""
        return exports.people(rows, by=by)

    def has_give_account_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may give accounts in any summit."""
        return allows(request.user, ACCOUNTS, None)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns. Users who may not see members don't get party and category."""
        columns = super().get_list_display(request)
        if allows(request.user, "delegations.membership.view", None):
            return columns
        return [name for name in columns if name not in ("party_name", "category")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields. The summit of a stored person can't be changed."""
        read_only = list(super().get_readonly_fields(request, obj))
        return [*read_only, "summit"] if obj else read_only

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields. Only the form for a new person has `another`, which asks about similar people."""
        names = ["summit", *PERSON, "user"]
        return names if obj else [*names[:-1], "another"]

    @admin.display(description=gettext_lazy("category"), ordering="membership__category__position")
    def category(self, row: Any) -> str:
        """Show the category in which the person is a member."""
        membership = getattr(row, "membership", None)
        return str(membership.category) if membership else "–"

    def fields_on_detail(self, request: HttpRequest, row: Any) -> tuple[str, ...]:
        """Return the names of the personal fields that the page shows, including needs and travel."""
        return (*self.page_shows, *shown_fields(request, row))

    def detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the variables of a person's page: their party, and the parts that the user may see."""
        related = ("summit", "particulars__entered_for", "photo", "membership__party", "membership__category")
        return person_detail.context(request, Person.objects.select_related(*related).get(pk=row.pk))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form and store its values.

        If somebody enters a similar person after the form was checked, the form is shown again with a warning.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except people.PossibleDuplicate:
            # The form finds the similar people when it is validated again.
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Create the person, or store only the changed fields and the changed account."""
        assert isinstance(obj, Person)  # noqa: S101 - this is its admin
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        values = {name: form.cleaned_data[name] for name in PERSON if name in form.cleaned_data}
        if not change:
            another = form.cleaned_data.get("another", ())
            claim(request)
            created = people.create_without_party(summit=obj.summit, values=values, by=request.user, another=another)
            obj.pk, obj.public_id = created.pk, created.public_id
            return
        changed = {name: values[name] for name in form.changed_data if name in values}
        if changed:
            people.change(person=obj, values=changed, by=request.user)
        if "user" in form.changed_data:
            accounts.assign(person=obj, user=form.cleaned_data["user"], by=request.user)
