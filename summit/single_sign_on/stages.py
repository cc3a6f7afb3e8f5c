"""The step of a sign-in that asks for a second factor."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage

from summit.permissions.mfa_status import PROVIDER_KEY


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor of Summit, unless the identity provider said that it took one."""

    def handle(self) -> Any:
        """Return the response of the step, or go on."""
        user = self.login.user
        if user is not None and self.request.session.get(PROVIDER_KEY) == user.pk:
            return None, True
        return super().handle()
