"""Webhooks in the admin. Organisers add and change webhooks, see whether events arrive, and replace secrets."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base import form_idempotency
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, SummitModelAdmin
from summit.admin_base.model_pages import model_page
from summit.permissions.rules import allows
from summit.users.models import User
from summit.webhooks import endpoints
from summit.webhooks.admin import display
from summit.webhooks.endpoints import EndpointProblem
from summit.webhooks.events import choices, event_label
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint, EndpointKind

SUMMIT_PATHS[Endpoint] = "summit"
# How many of the newest deliveries an endpoint's page shows.
NEWEST = 10


class EndpointForm(SentencesForm):
    """The form for a webhook: its summit, name, URL and events."""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("Send when"), choices=choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Endpoint
        fields = ("summit", "name", "url", "events")
        widgets = {"url": forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "autocomplete": "off"})}

    def clean_url(self) -> str:
        """Return the URL without spaces around it."""
        return str(self.cleaned_data["url"]).strip()


@admin.register(Endpoint)
class EndpointAdmin(SummitModelAdmin):
    """The admin of webhooks. A secret is shown only once, when it is created."""

    place = 3
    menu_group = MenuGroup.SYSTEMS
    form = EndpointForm
    actions = None
    change_form_template = "admin/webhooks/endpoint/change_form.html"
    list_display = ["name", "standing", "host", "told", "summit"]
    list_filter = ["enabled", "summit"]
    list_select_related = ["summit"]
    search_fields = ["name", "url"]
    nothing_yet = lazy(lambda: _("No webhooks yet. Add one to notify another system of events here."), str)()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields of the form. For a hub there are no events to choose."""
        if obj is None:
            return ["summit", "name", "url", "events"]
        middle = ["url", "events"] if obj.kind == EndpointKind.WEBHOOK else ["hub"]
        return ["summit", "standing", "name", *middle]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: the summit and the state, or all fields of a hub, which the deployment sets.

        A new webhook has none.
        """
        hub = obj is not None and obj.kind == EndpointKind.HUB
        return ["summit", "standing", *(["name", "hub"] if hub else [])] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class: for a hub a plain ModelForm, without the events."""
        if obj is not None and obj.kind == EndpointKind.HUB:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=gettext_lazy("state"), ordering="enabled")
    def standing(self, row: Endpoint) -> SafeString:
        """Show whether the webhook is on, or why it is off."""
        return display.of_endpoint(row)

    @admin.display(description=gettext_lazy("address"), ordering="url")
    def host(self, row: Endpoint) -> SafeString:
        """Show the scheme and host of the URL. The rest of the URL may be a secret of the receiver."""
        return format_html('<bdi dir="ltr" translate="no">{}</bdi>', "/".join(row.url.split("/")[:3]))

    hub = host

    @admin.display(description=gettext_lazy("sent when"))
    def told(self, row: Endpoint) -> SafeString:
        """Show the webhook's events in words."""
        return format_html_join("; ", "{}", ((event_label(name),) for name in row.events)) or SafeString("–")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the webhook, or change the fields that were changed in the form."""
        user = _user(request)
        values = {name: form.cleaned_data[name] for name in endpoints.FIELDS if name in form.cleaned_data}
        if change:
            changed = {name: value for name, value in values.items() if name in form.changed_data}
            if changed:
                # `obj` has the form's values already; the service compares with the stored ones.
                endpoints.change(endpoint=Endpoint.objects.get(pk=obj.pk), values=changed, by=user)
            return
        form_idempotency.claim(request)
        obj.pk = endpoints.make(summit=obj.summit, values=values, by=user).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing: a webhook has no related rows in its form."""

    def response_post_save_add(self, request: HttpRequest, obj: Endpoint) -> HttpResponseRedirect:
        """Redirect to the new webhook's page, where its secret is requested next."""
        return HttpResponseRedirect(reverse("admin:webhooks_endpoint_change", args=[obj.pk]))

    @model_page("<int:pk>/turn-off/", "turn_off", "POST", do="webhooks.endpoint.change")
    def turn_off_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Turn a webhook off, and redirect to its page."""
        return self._do(request, row, endpoints.turn_off, _("Webhook turned off. Waiting deliveries are kept."))

    @model_page("<int:pk>/turn-on/", "turn_on", "POST", do="webhooks.endpoint.change")
    def turn_on_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Turn a webhook on, and redirect to its page."""
        return self._do(request, row, endpoints.turn_on, _("Webhook turned on. Waiting deliveries are being sent."))

    @model_page("<int:pk>/test/", "test", "POST", do="webhooks.endpoint.change")
    def test_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Send a test to a webhook, and redirect to its page."""
        message = _("Test sent. Reload the page to see the response below.")
        return self._do(request, row, endpoints.send_test, message)

    def _do(self, request: HttpRequest, row: Endpoint, function: Any, message: str) -> HttpResponse:
        try:
            function(endpoint=row, by=_user(request))
        except EndpointProblem as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, message)
        return redirect("admin:webhooks_endpoint_change", row.pk)

    @model_page("<int:pk>/secret/", "secret", "POST", do="webhooks.endpoint.change")
    def secret_view(self, request: HttpRequest, row: Endpoint) -> HttpResponse:
        """Give a webhook a new secret and show it. It can't be shown again."""
        try:
            secret = endpoints.new_secret(endpoint=row, by=_user(request))
        except EndpointProblem as problem:
            messages.warning(request, str(problem))
            return redirect("admin:webhooks_endpoint_change", row.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Signing secret"),
            "opts": self.opts,
            "original": row,
            "secret": secret,
        }
        page = TemplateResponse(request, "admin/webhooks/secret.html", context)
        add_never_cache_headers(page)
        return page

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add the newest deliveries to the page, and the buttons that the user may use."""
        row = kwargs.get("obj")
        if isinstance(row, Endpoint):
            query = urlencode({"endpoint__id__exact": row.pk})
            context |= {
                "newest": [
                    _delivery_row(each) for each in Delivery.objects.filter(endpoint=row).order_by("-pk")[:NEWEST]
                ],
                "all_url": f"{reverse('admin:webhooks_delivery_changelist')}?{query}",
                "may_change": allows(request.user, endpoints.CHANGE, row.summit),
                "is_hub": row.kind == EndpointKind.HUB,
            }
            if row.kind == EndpointKind.HUB:
                context |= {"show_save": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)


def _delivery_row(row: Delivery) -> dict[str, Any]:
    return {
        "row": row,
        "words": event_label(row.event),
        "state": display.of_delivery(row),
        "why": display.why(row.problem),
        "url": reverse("admin:webhooks_delivery_change", args=[row.pk]),
    }


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    return request.user
