"""Services that create, find and revoke API tokens. The secret of a token is shown only once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.api_base import scopes as declared
from summit.api_base import token_secrets
from summit.api_base.models.tokens import ApiClient, Token
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.permissions.rules import check, may_everything, roles_by_summit
from summit.summits.models import Summit
from summit.users.models import User

# The shortest time between two updates of when a token was last used.
NOTED_EVERY = timedelta(minutes=1)
# Every token expires, because a token without an end could still be used if it is found in an old backup.
LONGEST = timedelta(days=366)
MOST = 50
NOT_YOURS = gettext_lazy("You have no role in this summit. Leave this blank, or choose another.")
ADD = audit_action("api.token.add", gettext_lazy("created the token"))
REVOKE = audit_action("api.token.revoke", gettext_lazy("revoked the token"))


@dataclass(frozen=True)
class NewToken:
    """A new token with its secret, which can't be shown again."""

    token: Token
    secret: str


def make(
    *, by: User, name: str, scopes: Iterable[str], summit: Summit | None = None, expires_at: datetime | None = None
) -> NewToken:
    """Create a personal token, by which a program acts as the user `by`. Raises ValidationError.

    By default the token expires after a year. The caller has to check that the user has taken the second step, if one
    is required.
    """
    if summit is not None and not may_everything(by) and summit.pk not in roles_by_summit(by):
        raise ValidationError({"summit": NOT_YOURS})
    if Token.objects.alive().filter(user=by).count() >= MOST:
        raise ValidationError(_("You already have %(most)d tokens. Revoke one you don’t use.") % {"most": MOST})
    token = Token(user=by, summit=summit, name=name.strip(), expires_at=_end(expires_at))
    return _store(token, token_secrets.PERSONAL, by, scopes)


def make_for(
    *, by: User, api_client: ApiClient, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> NewToken:
    """Create a token of an application. Raises PermissionDenied, and ValidationError if the application has ended."""
    check(by, "api.apiclient.token", api_client.summit)
    if api_client.ended_at is not None:
        raise ValidationError(_("This API client has ended. Create another."))
    token = Token(user=api_client.user, api_client=api_client, summit=api_client.summit)
    token.name, token.expires_at = name.strip(), _end(expires_at)
    return _store(token, token_secrets.OF_API_CLIENT, by, scopes)


def _store(token: Token, start: str, by: User, scopes: Iterable[str]) -> NewToken:
    secret = token_secrets.make(start)
    token.digest, token.begins = token_secrets.digest(secret), secret[: token_secrets.SHOWN]
    try:
        token.scopes = declared.checked(scopes)
    except ValidationError as refused:
        raise ValidationError({"scopes": refused.messages}) from None
    with transaction.atomic():
        token.full_clean()
        token.save()
        audit.record(
            by=by,
            action=ADD,
            target=token,
            summit=token.summit,
            fields=["scopes", "expires_at"],
            detail={"scopes": token.scopes},
            part_of=token.api_client or token.user,
        )
    return NewToken(token, secret)


def _end(wanted: datetime | None) -> datetime:
    """Return when a token expires: at `wanted`, but at most a year from now. Raises ValidationError for the past."""
    now = timezone.now()
    if wanted is not None and wanted <= now:
        raise ValidationError({"expires_at": _("This time has passed. Enter a later one.")})
    return min(wanted or now + LONGEST, now + LONGEST)


def listed(user: User) -> QuerySet[Token]:
    """Return the personal tokens of a user, the newest first. The caller must show them only to this user."""
    return Token.objects.filter(user=user, api_client=None).select_related("summit", "user", "api_client")


def find(secret: str) -> Token | None:
    """Return the valid token with a secret, with its account, or None.

    Makes one query, or none if the text doesn't have the format of a secret.
    """
    if not token_secrets.is_well_formed(secret):
        return None
    rows = Token.objects.alive().select_related("user", "summit", "api_client")
    return rows.filter(digest=token_secrets.digest(secret)).first()


def record_use(token: Token) -> None:
    """Set when a token was last used to now, unless it was set within the last minute."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=Now())


def revoke_all(*, user: User, by: User) -> int:
    """Revoke all personal tokens of an account and return their number.

    The caller has to check that `by` may do this.
    """
    with transaction.atomic():
        tokens = list(Token.objects.alive().select_for_update(of=("self",)).filter(user=user, api_client=None))
        Token.objects.filter(pk__in=[token.pk for token in tokens]).update(revoked_at=Now())
        for token in tokens:
            audit.record(by=by, action=REVOKE, target=token, summit=token.summit, part_of=user)
    return len(tokens)


def revoke(*, token: Token, by: User) -> bool:
    """Revoke a token, so that its next request is refused. Return False if it was revoked before.

    Raises PermissionDenied. Users may revoke their own tokens, and tokens of applications in a summit where they have
    the permission. Another person's token needs the permission "summit.user.change" without a summit.
    """
    if token.api_client is not None:
        check(by, "api.apiclient.token", token.api_client.summit)
    elif token.user_id != by.pk:
        check(by, "summit.user.change", None)
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=Now()):
            return False
        audit.record(
            by=by,
            action=REVOKE,
            target=token,
            summit=token.summit,
            part_of=token.api_client or token.user,
        )
    return True
