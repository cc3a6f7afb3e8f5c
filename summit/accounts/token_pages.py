"""The page on which people create, list and revoke their own API tokens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from summit.accounts.scope_fields import ScopesField
from summit.admin_base import form_idempotency
from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.permissions.mfa_status import must_set_up, owes_second_step
from summit.permissions.route_access import Gate, route
from summit.permissions.rules import may_everything, roles_by_summit
from summit.summits.models import Summit
from summit.users.models import User


class TokenForm(forms.Form):
    """The form for a new token: its name, scopes, summit and lifetime."""

    name = forms.CharField(
        label=gettext_lazy("Used by"),
        max_length=100,
        help_text=gettext_lazy("A name to recognise it by, such as “badge printer”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    scopes = ScopesField(
        label=gettext_lazy("Permissions"),
        help_text=gettext_lazy("It can’t exceed your own permissions."),
    )
    summit = forms.ModelChoiceField(
        label=gettext_lazy("Limit to summit"),
        queryset=Summit.objects.none(),
        required=False,
        to_field_name="slug",
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Expires after"),
        coerce=int,
        choices=[("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")), ("365", gettext_lazy("a year"))],
        initial="90",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        summits = Summit.objects.order_by("-starts_on", "slug")
        field: Any = self.fields["summit"]
        field.queryset = summits if may_everything(user) else summits.filter(pk__in=roles_by_summit(user))
        field.empty_label = _("all my summits")


@never_cache
@route(Gate.ACCOUNT, "GET POST")
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List the account's API tokens; a POST creates or revokes a token.

    Only the response that creates a token shows its secret. A user who has to take a second step first can't create
    one.
    """
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the gate has signed them in
    if "revoke" in request.POST:
        return _revoke(request, user)
    owes = owes_second_step(request)
    form, new_token = TokenForm(user, request.POST or None), None
    if request.method == "POST" and not owes and form.is_valid():
        try:
            new_token = create_token_once(request, form, lambda: _make(form, user))
        except form_idempotency.AddedAlready:
            return duplicate_post_response(request, redirect("account_tokens"))
        form = form if new_token is None else TokenForm(user)
    context = {
        "form": form,
        "made": new_token,
        "once": form_idempotency.mark_of(request) if form.is_bound else form_idempotency.new_mark(),
        "owes": owes,
        "must_set_up": must_set_up(request),
        "rows": [(row, row.state(timezone.now())) for row in token_services.listed(user)],
    }
    return render(request, "account/tokens.html", context, status=400 if form.errors else 200)


def create_token_once(
    request: HttpRequest, form: forms.Form, make: Callable[[], token_services.NewToken]
) -> token_services.NewToken | None:
    """Create a token from a posted form by calling `make`, and return it.

    If `make` raises ValidationError, its messages are added to the form and None is returned. Raises AddedAlready if
    the same form was posted before: reloading the page with the secret would otherwise create a second token.
    """
    try:
        with form_idempotency.making(request):
            return make()
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return None


def duplicate_post_response(request: HttpRequest, back: HttpResponse) -> HttpResponse:
    """Add the message that a form posted twice has created only one token. Return the response `back`."""
    message = _(
        "This was sent twice, but only one token was created. If you haven’t copied it, revoke it and create another."
    )
    messages.info(request, message)
    return back


def _make(form: TokenForm, user: User) -> token_services.NewToken:
    data = form.cleaned_data
    return token_services.make(
        by=user,
        name=data["name"],
        scopes=data["scopes"],
        summit=data["summit"],
        expires_at=timezone.now() + timedelta(days=data["days"]),
    )


def _revoke(request: HttpRequest, user: User) -> HttpResponse:
    row = Token.objects.filter(user=user, api_client=None, public_id=request.POST["revoke"]).first()
    if row is not None and token_services.revoke(token=row, by=user):
        messages.success(request, _("Token revoked. It no longer works."))
    else:
        messages.warning(request, _("This token was already revoked."))
    return redirect("account_tokens")
