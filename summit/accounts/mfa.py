"""Second steps and passkeys: what allauth keeps of them, and by which names."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _

from summit.accounts import form_texts
from summit.core.encrypted_fields import cipher
from summit.users.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted at rest; passkeys belong to the host of BASE_URL."""

    error_messages = {**DefaultMFAAdapter.error_messages, **form_texts.MFA_ERRORS}

    def encrypt(self, text: str) -> str:
        """Encrypt the secret of an app or the seed of recovery codes with FIELD_KEYS."""
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt it. Raises `cryptography.fernet.InvalidToken` where the key that wrote it is gone."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the host that people use, whatever host a request names."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "localhost", "name": "Summit"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Propose a name for the next passkey."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}
