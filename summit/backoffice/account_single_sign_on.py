"""The page of an account's single sign-on: its links, a code for another, and whether it is for emergencies."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.single_sign_on import links, local_sign_ins, providers
from summit.single_sign_on.models import UnlinkedSignIn
from summit.users.models import User


class CodeForm(forms.Form):
    """The code that somebody was shown who signed in for the first time."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )
    found: UnlinkedSignIn | None = None

    def clean_code(self) -> str:
        """Return the code; add an error if no sign-in waits with it."""
        self.found = links.waiting(self.cleaned_data["code"])
        if self.found is None:
            raise ValidationError(_("No sign-in waits with this code. It is good for a week, and for one account."))
        return self.found.code


def _link_of(account: User, key: str) -> SocialAccount | None:
    """Return the link of an account with a primary key; None if it has no such link, or not any more."""
    return next((each for each in links.links_of(account) if str(each.pk) == key), None) if key else None


class SingleSignOnMixin:
    """Adds the page to the admin of accounts."""

    admin_site: Any

    @model_page("<int:pk>/single-sign-on/", "single_sign_on", post="summit.roleassignment.change")
    def single_sign_on_view(self, request: HttpRequest, account: User) -> HttpResponse:
        """Show an account's links (GET); link or unlink a sign-in, or change whether it is for emergencies (POST).

        Ask before unlinking (GET with `?unlink=`, the primary key of the link).
        Raises PermissionDenied for what the user may not do.
        """
        user = user_of(request)
        form = CodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
        if request.method == "POST":
            response = self._done(request, account, user, form)
            if response is not None:
                return response
        names = providers.names_by_issuer()
        leaving = _link_of(account, request.GET.get("unlink", "")) if request.method == "GET" else None
        if leaving is not None:
            links.check_can_link(user, account)
            name = names.get(leaving.provider, leaving.provider)
            context = {
                **self.admin_site.each_context(request),
                "title": _("Unlink the sign-in of %(account)s") % {"account": account},
                "account": account,
                "link": leaving,
                "name": name,
            }
            return TemplateResponse(request, "admin/backoffice/unlink_sign_in.html", context)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Single sign-on of %(account)s") % {"account": account},
            "account": account,
            "links": [{"row": row, "name": names.get(row.provider, row.provider)} for row in links.links_of(account)],
            "may_link": links.can_link(user, account),
            "form": form,
            "found": form.found,
            "differs": form.found is not None and form.found.email.lower() not in ("", account.email.lower()),
            "provider_name": names.get(form.found.issuer, "") if form.found else "",
            "is_emergency": local_sign_ins.is_emergency_account(account),
            "may_change_emergency": local_sign_ins.can_change_emergency(user),
        }
        return TemplateResponse(request, "admin/backoffice/account_single_sign_on.html", context)

    def _done(self, request: HttpRequest, account: User, user: User, form: CodeForm) -> HttpResponse | None:
        """Do what was posted, and return the redirect; None if the page is shown again, with a form's errors."""
        here = redirect("admin:summit_user_single_sign_on", account.pk)
        if "emergency" in request.POST:
            on = request.POST["emergency"] == "on"
            try:
                local_sign_ins.set_emergency(account=account, on=on, by=user)
            except ValidationError as problem:
                messages.warning(request, " ".join(problem.messages))
                return here
            messages.success(
                request, _("This is now an emergency account.") if on else _("This is now an ordinary account.")
            )
            return here
        if "unlink" in request.POST:
            row = _link_of(account, request.POST["unlink"])
            if row is not None:
                links.unlink(link=row, by=user, browser=request.session.session_key)
                messages.success(request, _("Sign-in unlinked. We have emailed the owner."))
            return here
        links.check_can_link(user, account)
        if not form.is_valid() or form.found is None or "link" not in request.POST:
            return None
        try:
            links.link_waiting(account=account, row=form.found, by=user, browser=request.session.session_key)
        except ValidationError as problem:
            messages.warning(request, " ".join(problem.messages))
        else:
            messages.success(request, _("Sign-in linked. We have emailed the owner."))
        return here
