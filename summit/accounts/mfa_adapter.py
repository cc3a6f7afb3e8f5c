"""An allauth adapter for second steps and passkeys."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _

from summit.accounts import form_texts
from summit.core.encrypted_fields import cipher
from summit.users.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypts the secrets of second steps at rest, and binds passkeys to the host of BASE_URL."""

    error_messages = {**DefaultMFAAdapter.error_messages, **form_texts.MFA_ERRORS}

    def encrypt(self, text: str) -> str:
        """Return the secret of an app or the seed of recovery codes, encrypted with FIELD_KEYS."""
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a decrypted secret or seed.

        Raises `cryptography.fernet.InvalidToken` if the key that encrypted the text is no longer in FIELD_KEYS.
        """
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the entity that passkeys are bound to: the host of BASE_URL, whatever host the request names."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "localhost", "name": "Summit"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return a default name for the account's next passkey, such as "Passkey 2"."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}
