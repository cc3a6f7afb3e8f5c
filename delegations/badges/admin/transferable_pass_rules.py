"""The admin of the rules that say how many transferable passes a party gets."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_pass_rules
from delegations.core.admin.service_row_admin import ServiceRowAdmin
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.messages import written
from summit.core.punctuation import comma


class TransferablePassRuleForm(SentencesForm):
    """The form of a kind of transferable pass."""

    class Meta:
        model = TransferablePassRule
        fields = ("summit", *transferable_pass_rules.FIELDS, "zones")
        widgets = {"zones": forms.CheckboxSelectMultiple}

    said_at = {"transferable_pass_name_once": "name", "transferable_pass_for_somebody": "people"}

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, with an error on `zones` if one of them belongs to another summit."""
        cleaned_data: dict[str, Any] = super().clean() or self.cleaned_data
        summit = cleaned_data.get("summit") or getattr(self.instance, "summit", None)
        if summit is not None and any(zone.summit_id != summit.pk for zone in cleaned_data.get("zones", ())):
            self.add_error("zones", _("One of these zones belongs to another summit. Choose zones of this summit."))
        return cleaned_data


@admin.register(TransferablePassRule)
class TransferablePassRuleAdmin(ServiceRowAdmin):
    """The admin of kinds of transferable passes."""

    place = 4
    menu_group = MenuGroup.PARTICIPATION
    form = TransferablePassRuleForm
    services = transferable_pass_rules
    called = "rule"
    permissions = {"delete": transferable_pass_rules.CHANGE}
    list_display = ["name", "summit", "numbers", "opens", "given"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["name"]
    fields = ["summit", *transferable_pass_rules.FIELDS, "zones"]
    nothing_yet = gettext_lazy("No transferable passes yet. Add one if a delegation’s members share passes.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the kinds of passes with their zones. `number` is how many passes of the kind somebody carries."""
        rows: models.QuerySet[Any] = super().get_queryset(request).annotate(number=Count("passes_given__holder"))
        return rows.prefetch_related("zones")

    @admin.display(description=gettext_lazy("quantity"))
    def numbers(self, row: TransferablePassRule) -> str:
        """Return the rule as a phrase: how many passes a party gets for how many people."""
        facts = {"passes": row.passes, "n": row.people, "most": row.most}
        if row.most is None:
            return ngettext("%(passes)d for %(n)d person", "%(passes)d for every %(n)d people", row.people) % facts
        message = ngettext(
            "%(passes)d for %(n)d person, %(most)d at most",
            "%(passes)d for every %(n)d people, %(most)d at most",
            row.people,
        )
        return message % facts

    @written
    @admin.display(description=gettext_lazy("zones"))
    def opens(self, row: TransferablePassRule) -> str:
        """Return the codes of the zones that the passes open, or a dash."""
        return comma().join(zone.code for zone in row.zones.all()) or "–"

    @admin.display(description=gettext_lazy("in use"), ordering="number")
    def given(self, row: Any) -> int:
        """Return how many of the passes somebody carries."""
        number: int = row.number
        return number
