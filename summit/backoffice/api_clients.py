"""The admin of applications, which are programs with roles of their own, and of their tokens.

Organisers create both.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from summit.accounts.token_pages import TokenForm, create_token_once, duplicate_post_response
from summit.admin_base import form_idempotency
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, SummitModelAdmin
from summit.admin_base.model_pages import model_page
from summit.api import api_client_services
from summit.api_base import token_services
from summit.api_base.models.tokens import ApiClient, Token
from summit.core.punctuation import comma
from summit.permissions.models import BY_HAND, Role
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import allows
from summit.users.models import User

SUMMIT_PATHS[ApiClient] = "summit"


def _roles() -> list[tuple[str, str]]:
    return [(role.value, capfirst(str(role.label))) for role in BY_HAND]


class ApplicationForm(SentencesForm):
    """The form of a new application: its summit, its name and its roles."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=_roles,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It has the permissions of these roles and no more."),
    )

    class Meta:
        model = ApiClient
        fields = ("summit", "name", "roles")


class ApplicationTokenForm(TokenForm):
    """The form of an application's token. It has no field for the summit, which is that of the application."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["summit"]
        self.fields["scopes"].help_text = _("It can’t exceed the roles of the API client.")


@admin.register(ApiClient)
class ApplicationAdmin(SummitModelAdmin):
    """The admin of applications. Applications are created and ended, but never changed."""

    place = 2
    menu_group = MenuGroup.SYSTEMS
    form = ApplicationForm
    actions = None
    change_form_template = "admin/api/apiclient/change_form.html"
    list_display = ["name", "acts_as", "standing", "summit"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["name"]
    nothing_yet = gettext_lazy(
        "No API clients yet. Add one for a system such as a badge printer, and create a token for it."
    )
    permissions: ClassVar[dict[str, str]] = {"change": NOBODY, "add": "api.apiclient.change"}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the names of the fields. Roles can be chosen only for a new application."""
        return ["summit", "name", "roles"] if obj is None else ["summit", "name", "acts_as", "standing"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: all fields of an existing application."""
        return [] if obj is None else ["summit", "name", "acts_as", "standing"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the applications of the user's summits, with the roles of their accounts."""
        return super().get_queryset(request).select_related("user").prefetch_related("user__roles")

    @admin.display(description=gettext_lazy("roles"))
    def acts_as(self, row: ApiClient) -> str:
        """Return the roles of the application as one text."""
        return comma().join(str(Role(each.role).label) for each in row.user.roles.all()) or "–"

    @admin.display(description=pgettext_lazy("of an application", "state"), ordering="ended_at")
    def standing(self, row: ApiClient) -> str:
        """Return a text that says whether the application is active or has ended."""
        return _("has ended") if row.ended_at else _("active")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Create the application with its account and roles. Raises AddedAlready if the form was posted before."""
        form_idempotency.claim(request)
        api_client = api_client_services.make(
            by=_user(request), summit=obj.summit, name=obj.name, given=form.cleaned_data["roles"]
        )
        obj.pk, obj.user = api_client.pk, api_client.user

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing: an application has no inline rows."""

    def response_post_save_add(self, request: HttpRequest, obj: ApiClient) -> Any:
        """Redirect to the page on which the application's first token is created."""
        return redirect(reverse("admin:api_apiclient_tokens", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the context a link to the application's tokens, and whether the user may end the application."""
        row = kwargs.get("obj")
        if isinstance(row, ApiClient):
            context["may_end"] = row.ended_at is None and allows(request.user, "api.apiclient.change", row.summit)
            context["row_tools"] = [(reverse("admin:api_apiclient_tokens", args=[row.pk]), _("Tokens"))]
        return super().render_change_form(request, context, *args, **kwargs)

    @model_page("<int:pk>/end/", "end", "POST", do="api.apiclient.change")
    def end_view(self, request: HttpRequest, row: ApiClient) -> HttpResponse:
        """End the application, which revokes all its tokens, and redirect to its page."""
        if api_client_services.end(api_client=row, by=_user(request)):
            messages.success(request, _("API client ended. Its tokens no longer work."))
        else:
            messages.warning(request, _("This API client had already ended."))
        return redirect("admin:api_apiclient_change", row.pk)

    @model_page("<int:pk>/tokens/", "tokens", post="api.apiclient.token")
    def tokens_view(self, request: HttpRequest, row: ApiClient) -> HttpResponse:
        """List the tokens of an application; a POST creates or revokes a token.

        Only the response that creates a token shows its secret.
        """
        user = _user(request)
        if "revoke" in request.POST:
            return self._revoke(request, row)
        form, new_token = ApplicationTokenForm(user, request.POST or None), None
        if request.method == "POST" and form.is_valid():
            try:
                new_token = create_token_once(request, form, lambda: _make(form, row, user))
            except form_idempotency.AddedAlready:
                return duplicate_post_response(request, redirect("admin:api_apiclient_tokens", row.pk))
            form = form if new_token is None else ApplicationTokenForm(user)
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Tokens"),
            "opts": self.opts,
            "original": row,
            "form": form,
            "made": new_token,
            "once": form_idempotency.mark_of(request) if form.is_bound else form_idempotency.new_mark(),
            "may_make": row.ended_at is None,
            "rows": [(each, each.state(now)) for each in row.tokens.select_related("summit")],
        }
        page = TemplateResponse(request, "admin/api/tokens.html", context, status=400 if form.errors else 200)
        add_never_cache_headers(page)
        return page

    def _revoke(self, request: HttpRequest, row: ApiClient) -> HttpResponse:
        token = Token.objects.filter(api_client=row, public_id=request.POST["revoke"]).first()
        if token is not None and token_services.revoke(token=token, by=_user(request)):
            messages.success(request, _("Token revoked. It no longer works."))
        else:
            messages.warning(request, _("This token was already revoked."))
        return redirect("admin:api_apiclient_tokens", row.pk)


def _make(form: forms.Form, row: ApiClient, user: User) -> token_services.NewToken:
    data = form.cleaned_data
    expires_at = timezone.now() + timedelta(days=data["days"])
    return token_services.make_for(
        by=user, api_client=row, name=data["name"], scopes=data["scopes"], expires_at=expires_at
    )


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    return request.user
