"""Checks that keep production from starting with unsafe settings. Every process runs them (see `enforce`)."""

import logging
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import DatabaseError

from summit.maintenance.doctor import findings
from summit.uploads import clamd

logger = logging.getLogger(__name__)
BROKERS = ("redis", "rediss", "redis+socket", "sentinel", "amqp", "amqps")
# The requirements of Django's own check for a key (security.W009).
KEY_LENGTH, KEY_CHARACTERS = 50, 5
WEBHOOK_LENGTH = 20
# The modes of libpq in which the server's certificate is verified.
VERIFYING_MODES = ("verify-ca", "verify-full")
# A year, as hstspreload.org requires.
PRELOAD_SECONDS = 31_536_000

LOCKED_OUT = "An identity provider is required, and no system administrator could sign in while it is down."
LET_IN = (
    "Run `manage.py createsuperuser` for an account with a password that is linked at no provider, or make one with "
    "a password or passkey an emergency account at the desk. Or unset is_required in SSO_PROVIDERS."
)

# (whether there is the problem, id, what is wrong, what to do)
Finding = tuple[bool, str, str, str]


def production_problems() -> list[tuple[str, str, str]]:
    """Return the problems of unsafe settings as (id, what is wrong, what to do), sorted by id.

    In development, the only possible problems are a BASE_URL with https, and identity providers that aren't complete.
    """
    if not settings.PRODUCTION:
        return _exposed() + _identity_providers()
    findings = [*_secrets(), *_services(), *_addresses()]
    return _identity_providers() + sorted((code, wrong, todo) for applies, code, wrong, todo in findings if applies)


def _secrets() -> list[Finding]:
    return [
        (
            not all(_is_secret(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)),
            "summit.E001",
            "SECRET_KEY, or one of SECRET_KEY_FALLBACKS, is missing, short, monotonous or the one of development.",
            "Set it to 50 random characters.",
        ),
        (
            not settings.FIELD_KEYS
            or not all(_is_key(key) for key in settings.FIELD_KEYS)
            or settings.DEVELOPMENT_FIELD_KEY in settings.FIELD_KEYS,
            "summit.E002",
            "FIELD_KEYS has no key, or one that isn't a Fernet key.",
            "Make one with `manage.py generate_field_key` and put the newest first.",
        ),
        (settings.DEBUG, "summit.E003", "DEBUG is on.", "Unset DEBUG."),
        (
            not settings.REQUIRE_SECOND_FACTOR,
            "summit.E012",
            "REQUIRE_SECOND_FACTOR is off: a password alone would open the desks.",
            "Unset it.",
        ),
    ]


def _services() -> list[Finding]:
    sqlite = "sqlite" in settings.DATABASES["default"]["ENGINE"]
    broker = urlsplit(settings.REDIS_URL).scheme in BROKERS
    return [
        (sqlite, "summit.E004", "The database is SQLite.", "Set DATABASE_URL to PostgreSQL."),
        (
            bool(settings.MAIL_WEBHOOK_PROVIDER) and len(settings.MAIL_WEBHOOK_SECRET) < WEBHOOK_LENGTH,
            "summit.E013",
            "MAIL_WEBHOOK_PROVIDER is set, and MAIL_WEBHOOK_SECRET is missing or short.",
            f"Set it to user:password, {WEBHOOK_LENGTH} characters or more, and give the provider the same.",
        ),
        (not broker, "summit.E005", "There is no broker.", "Set REDIS_URL (Redis, Valkey or AMQP)."),
        (
            not settings.OUTBOX_TRANSPORT.endswith("smtp.EmailBackend"),
            "summit.E006",
            "Mail would not leave the system.",
            "Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
        ),
        (
            settings.OUTBOX_SEND_DEADLINE >= settings.OUTBOX_LEASE,
            "summit.E010",
            "OUTBOX_SEND_DEADLINE is not below OUTBOX_LEASE.",
            "Make the lease longer, or two may send.",
        ),
        (
            settings.WEBHOOKS_SEND_DEADLINE >= settings.WEBHOOKS_LEASE,
            "summit.E014",
            "WEBHOOKS_SEND_DEADLINE is not below WEBHOOKS_LEASE.",
            "Make the lease longer, or two may send.",
        ),
        (
            bool(settings.CLAMD_URL) and not _is_clamd(settings.CLAMD_URL),
            "summit.E016",
            "CLAMD_URL is no address of clamd: uploaded files would wait for ever.",
            "Write unix:/run/clamav/clamd.ctl or tcp://host:3310, or unset it.",
        ),
        (
            any(not path.with_suffix(".mo").exists() for path in _catalogues()),
            "summit.E015",
            "The texts in other languages are not compiled.",
            "Run `manage.py compile_catalogues` with each version of the program.",
        ),
    ]


def _catalogues() -> list[Path]:
    return [path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")]


def _addresses() -> list[Finding]:
    https = urlsplit(settings.BASE_URL).scheme == "https"
    return [
        (not https, "summit.E007", "BASE_URL is not https.", "Set BASE_URL to the address that people use."),
        (
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            "summit.E008",
            "ALLOWED_HOSTS is empty or allows any host.",
            "List the host names, by commas.",
        ),
        (
            "localhost" in settings.DEFAULT_FROM_EMAIL,
            "summit.E009",
            "DEFAULT_FROM_EMAIL is missing.",
            "Set it to the summit's own sender.",
        ),
    ]


def _identity_providers() -> list[tuple[str, str, str]]:
    """Return the problem that SSO_PROVIDERS can't be used: every page to sign in would fail, also for passwords."""
    if not apps.ready:
        return []  # a worker that begins: it signs nobody in
    from summit.single_sign_on import providers  # noqa: PLC0415 - its models are there once the apps are

    try:
        providers.of_environment()
    except ImproperlyConfigured as problem:
        return [("summit.E017", str(problem), "Correct SSO_PROVIDERS (docs/single-sign-on.md).")]
    return []


def _exposed() -> list[tuple[str, str, str]]:
    """Return the problem that development has a BASE_URL with https. Return an empty list if it has not.

    Development shows every mail, with the links in it, to anybody. So it must not run at a public URL.
    """
    if urlsplit(settings.BASE_URL).scheme != "https":
        return []
    return [
        ("summit.E011", "PRODUCTION is off, and BASE_URL is https.", "Unset PRODUCTION, or use http on localhost.")
    ]


def _is_secret(key: str) -> bool:
    weak = len(key) < KEY_LENGTH or len(set(key)) < KEY_CHARACTERS
    return not weak and key != settings.DEVELOPMENT_SECRET


def _is_clamd(url: str) -> bool:
    try:
        clamd.address_of(url)
    except ImproperlyConfigured:
        return False
    return True


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register()
def check_production(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Return the problems of unsafe settings as errors, for `manage.py check` and every command that runs checks."""
    return [Error(wrong, hint=todo, id=code) for code, wrong, todo in production_problems()]


@register()
def check_variables(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Return a warning for each environment variable that is set and looks like one that is read."""
    return [Warning(wrong, hint=todo, id="summit.W004") for wrong, todo in misspelt_variables()]


def misspelt_variables() -> list[tuple[str, str]]:
    """Return (what is wrong, what to do) for each variable that is set, read by nobody, and looks like another."""
    return [
        (f"{written} is set, and nothing reads it.", f"Rename it to {meant}, or unset it.")
        for written, meant in getattr(settings, "MISSPELT_VARIABLES", {}).items()
    ]


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Return warnings about settings that production starts with all the same, for `manage.py check --deploy`."""
    findings = [_database_tls(), _preload()]
    return [Warning(wrong, hint=todo, id=code) for applies, code, wrong, todo in findings if applies]


def _database_tls() -> Finding:
    """Return the finding that the connection to a database on another machine may be read or answered by others.

    Without a mode, libpq takes TLS if the server offers it, and checks no certificate.
    """
    database = settings.DATABASES["default"]
    mode = database.get("OPTIONS", {}).get("sslmode", "prefer")
    remote = not all(_is_local(host) for host in str(database.get("HOST", "")).split(","))
    return (
        "postgresql" in database["ENGINE"] and remote and mode not in VERIFYING_MODES,
        "summit.W001",
        f"The database is on another machine, and its certificate isn't checked (sslmode={mode}).",
        "Add ?sslmode=verify-full&sslrootcert=/path/to/ca.pem to DATABASE_URL.",
    )


def _is_local(host: str) -> bool:
    """Return whether a host of a database is this machine: a socket's folder, or a loopback address or name."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _preload() -> Finding:
    listed = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS and settings.SECURE_HSTS_SECONDS >= PRELOAD_SECONDS
    return (
        settings.SECURE_HSTS_PRELOAD and not listed,
        "summit.W002",
        "HSTS_PRELOAD is on, and browsers' list takes only hosts with HSTS_SUBDOMAINS and a year of HSTS_SECONDS.",
        "Set these, or unset HSTS_PRELOAD.",
    )


@register(Tags.database)
def check_required_providers(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Warning]:
    """Return a warning if everybody is locked out while the required identity providers are down.

    For `manage.py check --database default` and `migrate`: it asks the database, as other checks don't. Returns []
    where no database is named: a worker checks at its start, when there may be none.
    """
    if not databases:
        return []
    try:
        locked_out = _is_locked_out()
    except (DatabaseError, ImproperlyConfigured):
        # The tables aren't there yet, or SSO_PROVIDERS can't be used (summit.E017).
        return []
    return [Warning(LOCKED_OUT, hint=LET_IN, id="summit.W003")] if locked_out else []


def required_providers() -> list[findings.Finding]:
    """No required identity provider locks everybody out while it is down."""
    if _is_locked_out():
        return [findings.warn(LOCKED_OUT, LET_IN)]
    return [findings.ok("no required identity provider locks everybody out")]


def replaced_providers() -> list[findings.Finding]:
    """No identity provider of the desk is replaced by one of SSO_PROVIDERS."""
    from summit.single_sign_on import providers  # noqa: PLC0415 - its models are there once the apps are
    from summit.single_sign_on.models import IdentityProvider  # noqa: PLC0415 - as above

    rows = IdentityProvider.objects.order_by("name", "pk")
    names = ", ".join(row.name for row in rows if providers.is_replaced(row))
    if not names:
        return [findings.ok("SSO_PROVIDERS replaces no identity provider of the desk")]
    wrong = f"SSO_PROVIDERS replaces identity providers of the desk: {names}."
    return [findings.warn(wrong, "Delete them at the desk, or take them out of SSO_PROVIDERS.")]


findings.further.register(20)(
    findings.Check("single sign-on", lambda: [*required_providers(), *replaced_providers()])
)


def _is_locked_out() -> bool:
    from summit.single_sign_on import local_sign_ins  # noqa: PLC0415 - its models are there once the apps are

    try:
        local_sign_ins.check_way_round()
    except ValidationError:
        return True
    return False


def enforce() -> None:
    """Raise ImproperlyConfigured, with all problems in its message, if a setting is unsafe.

    This is for processes that don't run Django's checks (gunicorn, the worker, beat). Variables that are misspelt are
    logged.
    """
    for wrong, todo in misspelt_variables():
        logger.warning("%s %s", wrong, todo)
    problems = production_problems()
    if problems:
        raise ImproperlyConfigured("\n".join(f"{code}: {wrong} {todo}" for code, wrong, todo in problems))
