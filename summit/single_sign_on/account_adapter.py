"""django-allauth's adapter for accounts, with what identity providers change: who signs in how, and out where."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from summit.accounts.account_adapter import AccountAdapter
from summit.permissions.mfa_status import PROVIDER_KEY
from summit.single_sign_on import facts as sign_in_facts
from summit.single_sign_on import group_roles, local_sign_ins, refusals, social_adapter
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.refusals import SignInRefused
from summit.users.models import User

OURS, LIBRARY = "summit.single_sign_on.stages.SecondFactorStage", "allauth.mfa.stages.AuthenticateStage"


class SingleSignOnAccountAdapter(AccountAdapter):
    """The adapter of accounts that may sign in at identity providers."""

    def get_login_stages(self) -> list[str]:
        """Return the steps of a sign-in. The second factor is left out where the provider took one."""
        return [OURS if stage == LIBRARY else stage for stage in super().get_login_stages()]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Keep what the provider said, or refuse a password or passkey where the account's provider is required."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is not None:
            return response
        # Of a former sign-in in this browser.
        request.session.pop(PROVIDER_KEY, None)
        for key in (sign_in_facts.ACCOUNT, sign_in_facts.LEAVING):
            sign_in_facts.forget(request.session, key)
        login = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None:
            facts: SignInFacts = login.summit_facts
            sign_in_facts.keep(request.session, facts)
            if facts.second_factor:
                request.session[PROVIDER_KEY] = user.pk
        elif local_sign_ins.must_use_provider(user):
            return social_adapter.refuse(request, None, SignInRefused(refusals.USE_PROVIDER))
        return None

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Give the account the roles of its groups, and return the redirect that follows a sign-in."""
        facts = sign_in_facts.of_session(request.session)
        if facts is not None:
            group_roles.apply(user=user, issuer=facts.issuer, groups=facts.groups)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign out here, and remember where else the browser is signed in by this sign-in."""
        facts = sign_in_facts.of_session(request.session)
        super().logout(request)
        if facts is not None:
            sign_in_facts.add(request.session, facts, sign_in_facts.LEAVING)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return where the browser goes after signing out: to the sign-out at the provider, if it signed in there.

        allauth asks before it signs out.
        """
        if sign_in_facts.of_session(request.session) is not None:
            return reverse("sso_signed_out")
        address: str = super().get_logout_redirect_url(request)
        return address
