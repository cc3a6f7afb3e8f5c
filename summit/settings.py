"""Settings, read from environment variables. summit/environment.py declares the variables.

Without any variable, the settings are for development: SQLite in `var/`, the embedded broker, mail stored in the
database. If SECRET_KEY, BASE_URL or ALLOWED_HOSTS is set, they are for production. Then, if a setting is unsafe,
`manage.py check --deploy` fails and every process refuses to start (summit/checks.py).
"""

import hashlib
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from celery.schedules import crontab
from kombu import Queue

from summit import __version__
from summit.core.environment_variables import Environment
from summit.environment import DEVELOPMENT_FIELD_KEY, DEVELOPMENT_SECRET, GROUPS, INSTALLED, RESOURCES, ROOT, is_https

__all__ = ["DEVELOPMENT_FIELD_KEY", "DEVELOPMENT_SECRET", "INSTALLED"]

BASE_DIR = ROOT
env = Environment(GROUPS, os.environ)
MISSPELT_VARIABLES = env.misspelt()

DEFAULT_VAR_DIR: Path = env.default("VAR_DIR")
VAR_DIR: Path = env("VAR_DIR")
PRODUCTION = env("PRODUCTION")
# Tests use neither hashed static files nor slow password hashes, and see nothing of what a run left.
TESTING = "pytest" in sys.modules
if TESTING:
    VAR_DIR = VAR_DIR / "tests" / "files"
DEBUG = env("DEBUG")
VERSION = __version__

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS")
FIELD_KEYS = env("FIELD_KEYS")

DEFAULT_PORT: int = env.default("PORT")
PORT: int = env("PORT")
BASE_URL: str = env("BASE_URL").rstrip("/")
ALLOWED_HOSTS = env("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "summit.public.error_pages.csrf_failure"

INSTALLED_APPS = [
    "summit.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_countries",
    "django_htmx",
    "summit.apps.SummitConfig",
    "summit.api_base.apps.ApiConfig",
    "summit.outbox.apps.OutboxConfig",
    "summit.jobs.apps.JobsConfig",
    "summit.webhooks.apps.WebhooksConfig",
    "delegations.apps.DelegationsConfig",
    "sessions.apps.SessionsConfig",
    "press.apps.PressConfig",
    "portal.apps.PortalConfig",
]

MIDDLEWARE = [
    # The id of a request is known to everything below.
    "summit.public.request_log.RequestLogMiddleware",
    "summit.public.probes.ProbeMiddleware",
    "summit.public.unread_bodies.UnreadBodyMiddleware",
    "summit.public.page_cache_headers.PageCacheHeadersMiddleware",
    # The next two set headers, so they come before middleware that returns responses itself (files, redirects).
    "summit.public.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "summit.public.language_middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "summit.accounts.last_activity.LastSeenMiddleware",
    "summit.accounts.mfa_middleware.SecondStepMiddleware",
    "summit.public.nul_characters.NulMiddleware",
    "summit.public.error_pages.MethodMiddleware",
    "summit.public.error_pages.BusyMiddleware",
]

ROOT_URLCONF = "summit.urls"
WSGI_APPLICATION = "summit.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RESOURCES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "summit.public.context.page",
            ],
        },
    },
]


# --- Database ---------------------------------------------------------------------------------------------------
def _database() -> dict[str, Any]:
    """Return the settings of the database that DATABASE_URL names.

    Without DATABASE_URL, it is SQLite in a file that the web process, workers and beat can share.
    """
    config: dict[str, Any] = env("DATABASE_URL")
    config["ATOMIC_REQUESTS"] = False
    # Opening a connection costs more than answering with a cached page, on SQLite too.
    config["CONN_MAX_AGE"] = env("CONN_MAX_AGE")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a transaction takes the write lock at its start, so it can't fail later because another
        # connection wrote between its read and its write. WAL: readers don't wait for the writer.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
        # Tests use a file, since threads lock each other out of a database in memory.
        config["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
        VAR_DIR.mkdir(parents=True, exist_ok=True)
    else:
        config["CONN_HEALTH_CHECKS"] = True
        # A host that is cut off from the database notices within seconds. Otherwise a connection would be attempted
        # for two minutes, and an answer waited for until the kernel gives up, after a quarter of an hour or never.
        limits = {
            "connect_timeout": 3,
            "tcp_user_timeout": 5000,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }
        config["OPTIONS"] = {**limits, **config.get("OPTIONS", {}), "pool": False}
        # By it the database knows which releases run (summit.maintenance.upgrades.connected_releases).
        config["OPTIONS"]["application_name"] = f"summit {VERSION}"
        # The number of executions after which a compiled query (summit.core.compiled_query) is prepared on its
        # connection; 0 for never, as behind a pooler that gives each transaction another connection.
        config["OPTIONS"]["prepare_threshold"] = env("DATABASE_PREPARE") or None
        # JIT compilation would take longer than any of our queries; it only pays off for long reports.
        startup = env("DATABASE_STARTUP")
        config["OPTIONS"]["options"] = "" if startup == "none" else startup
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The web process connects to neither Redis nor SMTP, so its cache and rate limits are in the database.
CACHES = {
    "default": {
        "BACKEND": "summit.core.database_cache.DatabaseCache",
        "LOCATION": "summit_cache",
        "TIMEOUT": 300,
        # With Django's limit of 300 entries, anybody could evict the counts of others' sign-in attempts, by attempts
        # under many names.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- People and sign-in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "summit.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/portal/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "summit.single_sign_on.account_adapter.SingleSignOnAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# A session ends with the browser, and after SESSION_COOKIE_AGE at the latest, since computers at desks are shared.
ACCOUNT_SESSION_REMEMBER = False
# No mail to addresses without an account: allauth's mail invites to sign up, and there is no sign-up.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Summit] "
# The key of a failed sign-in is the mailbox and the client's address (summit.accounts.sign_in_limits: 0009).
# Beyond a limit, the answer is the form with an error message, or "429.html".
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/h/key",
}
# Accounts at desks sign in with a passkey, or with a password and an app (summit.accounts.mfa_middleware).
REQUIRE_SECOND_FACTOR = env("REQUIRE_SECOND_FACTOR")
ACCOUNT_FORMS = {
    "login": "summit.accounts.forms.SignIn",
    "change_password": "summit.accounts.forms.ChangePassword",
    "set_password": "summit.accounts.forms.SetPassword",
    "reset_password": "summit.accounts.forms.ResetPassword",
    "reset_password_from_key": "summit.accounts.forms.PasswordFromLink",
    "reauthenticate": "summit.accounts.forms.PasswordAgain",
}
# Identity providers (summit.single_sign_on): those declared here; others are added at the desk.
SSO_PROVIDERS = env("SSO_PROVIDERS")
SAML_PRIVATE_KEY, SAML_CERTIFICATE = env("SAML_PRIVATE_KEY"), env("SAML_CERTIFICATE")
SOCIALACCOUNT_ADAPTER = "summit.single_sign_on.social_adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# Seconds that a web process waits for a provider: for its configuration, its keys and a token.
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MFA_ADAPTER = "summit.accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
# Organisers make accounts, and the link for the first password goes to the address: nobody signs up with another's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Summit"
# The codes just before and after are accepted too: for slow typing, and telephones that are half a minute off.
MFA_TOTP_TOLERANCE = 1
# A passkey verifies its owner by a fingerprint, a face or a PIN, so it replaces both password and second step.
MFA_PASSKEY_LOGIN_ENABLED = True
# Signatures of passkeys can't be guessed; the limit keeps one client from occupying the server.
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
MFA_FORMS = {
    "authenticate": "summit.accounts.forms.SecondStep",
    "reauthenticate": "summit.accounts.forms.CodeAgain",
    "activate_totp": "summit.accounts.forms.SetUpApp",
    "deactivate_totp": "summit.accounts.forms.TurnAppOff",
    "generate_recovery_codes": "summit.accounts.forms.MakeCodes",
    "add_webauthn": "summit.accounts.forms.AddPasskey",
    "edit_webauthn": "summit.accounts.forms.RenamePasskey",
    "login_webauthn": "summit.accounts.forms.PasskeySignIn",
    "authenticate_webauthn": "summit.accounts.forms.PasskeySecondStep",
    "reauthenticate_webauthn": "summit.accounts.forms.PasskeyAgain",
}

# --- Languages and time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [RESOURCES / "locale"]
FORMAT_MODULE_PATH = ["summit.formats"]
# Texts may be written in all LANGUAGES; pages and mails are translated into those that have a catalogue.
INTERFACE_LANGUAGES = [
    code
    for code, _name in LANGUAGES
    if code == LANGUAGE_CODE or (RESOURCES / "locale" / code / "LC_MESSAGES" / "django.mo").exists()
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
if TESTING:
    # Tests collect no static files, and WhiteNoise warns if the directory is missing.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [RESOURCES / "static"]
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if TESTING
    else "summit.core.static_files.ReleaseStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
WHITENOISE_MAX_AGE = 3600

# --- Security ---------------------------------------------------------------------------------------------------
_https = is_https(env)
SECURE_SSL_REDIRECT = _https and env("SSL_REDIRECT")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
BEHIND_PROXY = env("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Rate limits count by the client's address; without this, all clients behind the proxy would be counted as one.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_HSTS_SECONDS = env("HSTS_SECONDS")
SECURE_HSTS_INCLUDE_SUBDOMAINS = env("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env("HSTS_PRELOAD")
# Django would have both switched on. Hosts below ours may be somebody else's, and cookies with __Host- need neither.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
if _https:
    # With this prefix, browsers accept the cookie only over TLS, from this host and for its whole site.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
X_FRAME_OPTIONS = "DENY"
# No page uses any of these features, except passkeys on our own pages.
PERMISSIONS_POLICY = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), display-capture=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
SECURITY_CONTACT = env("SECURITY_CONTACT")
# No inline scripts or styles and no nonce, so that pages are the same bytes for everybody: one header for all pages.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'"
)
METRICS_TOKEN = env("METRICS_TOKEN")

# --- Mail -------------------------------------------------------------------------------------------------------
# All mail that this project or a library sends by django.core.mail is stored in the outbox. Only the worker connects
# to the mail server of EMAIL_URL. Without one, mail stays in the database and is shown at /dev/mail/.
EMAIL_BACKEND = "summit.outbox.mail_backend.OutboxBackend"
_mail = env("EMAIL_URL")
OUTBOX_TRANSPORT = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = env("SERVER_EMAIL")
# Seconds. Sending is aborted at the deadline, which is shorter than the lease, so that no other worker can claim a
# message while it is still being sent.
OUTBOX_SEND_DEADLINE = env("OUTBOX_SEND_DEADLINE")
OUTBOX_LEASE = env("OUTBOX_LEASE")
OUTBOX_HANDED = env("OUTBOX_HANDED")
OUTBOX_BATCH = env("OUTBOX_BATCH")
OUTBOX_MAX_ATTEMPTS = env("OUTBOX_MAX_ATTEMPTS")
MAIL_WEBHOOK_PROVIDER = env("MAIL_WEBHOOK_PROVIDER")
MAIL_WEBHOOK_SECRET = env("MAIL_WEBHOOK_SECRET")
ANYMAIL = {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRET, **env("MAIL_WEBHOOK_KEYS")}

# --- Webhooks ---------------------------------------------------------------------------------------------------
WEBHOOKS_INSIDE = env("WEBHOOKS_INSIDE")
# Seconds, as for the outbox: a request is aborted before its lease ends.
WEBHOOKS_SEND_DEADLINE = env("WEBHOOKS_SEND_DEADLINE")
WEBHOOKS_LEASE = env("WEBHOOKS_LEASE")
WEBSUB_HUB = env("WEBSUB_HUB")

# --- Celery -----------------------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL")


def _broker_socket() -> Path | None:
    """Return the path of the embedded broker's socket, or None if REDIS_URL names another broker.

    The path of a socket may have 107 bytes at most. If the path below VAR_DIR is too long, the socket is in a folder
    of the temporary directory. The folder has a hash of VAR_DIR in its name.
    """
    if REDIS_URL:
        return None
    path = VAR_DIR / "broker" / "broker.sock"
    if len(os.fsencode(path)) <= 100:
        return path
    name = hashlib.sha256(os.fsencode(VAR_DIR)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"summit-{os.getuid()}-{name}" / "broker.sock"


BROKER_SOCKET = _broker_socket()
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{quote(str(BROKER_SOCKET))}"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env("WORKER_CONCURRENCY")
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Seconds, for any broker. The timeouts for Redis are in CELERY_BROKER_TRANSPORT_OPTIONS.
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
# Celery never closes database connections itself: summit.celery does, by CONN_MAX_AGE.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
_queue_arguments: dict[str, str] = {}
if CELERY_BROKER_URL.startswith("redis"):
    _broker_on_network = not CELERY_BROKER_URL.startswith("redis+socket")
    # The tasks of a killed worker are delivered again after the visibility timeout, which is checked every two
    # seconds. They are safe to run twice, since the claim in the database decides.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 10,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        # A connection on which an answer is late by more than this many seconds is opened anew.
        "health_check_interval": 5,
        "socket_timeout": 2.0,
        "socket_connect_timeout": 2.0,
        "socket_keepalive": _broker_on_network,
    }
    if _broker_on_network:
        # A worker waits for its next task without sending anything, so that only the kernel can notice a broker that
        # doesn't answer any more.
        CELERY_BROKER_TRANSPORT_OPTIONS["socket_keepalive_options"] = {
            socket.TCP_KEEPIDLE: 5,
            socket.TCP_KEEPINTVL: 2,
            socket.TCP_KEEPCNT: 3,
            # No keepalives go while something that was sent isn't confirmed.
            socket.TCP_USER_TIMEOUT: 5000,
        }
if CELERY_BROKER_URL.startswith("amqp"):
    # RabbitMQ keeps quorum queues on several nodes. A task counts as sent once the queue has it. The worker and
    # RabbitMQ notice within some 20 seconds that the other has gone.
    _queue_arguments = {"x-queue-type": "quorum"}
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_BROKER_HEARTBEAT = 10
# Tasks that wait for other systems (mail servers, receivers of webhooks) or take long (imports, exports) have queues
# of their own, so that they can have their own workers and don't delay other tasks. By default, a worker takes tasks
# from all queues.
CELERY_TASK_QUEUES = [
    Queue(name, queue_arguments=_queue_arguments) for name in ("celery", "mail", "webhooks", "jobs")
]
CELERY_TASK_ROUTES = {
    "*.tasks.deliver": {"queue": "mail"},
    "*.tasks.deliver_*": {"queue": "mail"},
    "webhooks.tasks.work": {"queue": "webhooks"},
    "jobs.tasks.run": {"queue": "jobs"},
    "summit.tasks.scan": {"queue": "jobs"},
}
# The scheduler without a file: nothing depends on beat's memory of the last run.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
# Each second, a task runs the sweeps that are due by the database (summit.maintenance.sweeps). The tasks don't
# expire: the database, and no other clock, decides whether a late task still has something to do.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "summit.tasks.sweep", "schedule": 1.0},
    # Every night. The next night does what a missed one would have done.
    "purge": {"task": "delegations.tasks.purge", "schedule": crontab(hour=2, minute=20)},
}

# Without it, no uploaded file is kept back (docs/virus-scanning.md).
CLAMD_URL = env("CLAMD_URL")
CLAMD_TIMEOUT = env("CLAMD_TIMEOUT")

KEPT_PAGES = env("KEPT_PAGES")

# --- API --------------------------------------------------------------------------------------------------------
API_REQUESTS_A_MINUTE = env("API_REQUESTS_A_MINUTE")
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "summit.api_base.problems.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["summit.api_base.permission_classes.DenyAll"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["summit.api_base.parsers.BodyParser"],
    "DEFAULT_SCHEMA_CLASS": "summit.api_base.schema.ApiSchema",
    "DEFAULT_PAGINATION_CLASS": "summit.api_base.pagination.ByNewest",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Summit",
    "VERSION": "1",
    "DESCRIPTION": "What is public of a summit, for everybody; and below me/ and desk/ what people work with, for "
    "whoever has a token or is signed in.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "summit.api_base.schema_closed_objects.close",
        "summit.api_base.schema_links.add_links",
        "summit.api_base.schema_sharing.share",
        "summit.webhooks.schema.add_webhooks",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    # deepLinking puts links into buttons, which keyboards can't reach. Without docExpansion, hundreds of operations
    # would be expanded at once and take seconds to show.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False, "docExpansion": "none", "defaultModelsExpandDepth": 0},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Fields with the same name and different choices: each enum gets a name of its own in the OpenAPI document.
    "ENUM_NAME_OVERRIDES": {
        "ConflictKindEnum": "sessions.conflicts.models.CONFLICT_KINDS",
        "SessionKindEnum": "sessions.draft.models.kinds.SessionKind",
        "FixedPointKindEnum": "sessions.delays.models.FixedPointKind",
        "RetimingStateEnum": "sessions.delays.models.RetimingState",
        "TextKindEnum": "press.texts.models.texts.TextKind",
        "LevelEnum": "delegations.parties.models.parties.Level",
        "AskedLevelEnum": "delegations.invitations.api.invitations.LEVELS",
        "RoleEnum": "summit.models.Role",
        "ContactRoleEnum": "delegations.contacts.models.ContactRole",
        "MarkingKindEnum": "press.delivery_check.models.PassageCheckKind",
        "ChangeKindEnum": "press.texts.models.editions.ChangeKind",
        "EditionStateEnum": "press.texts.models.editions.EditionState",
        "StandingEnum": "press.overview.api.serializers.STANDINGS",
        "TokenStateEnum": ["alive", "expired", "revoked"],
        "MediaAccessEnum": "sessions.draft.models.sessions.MediaAccess",
        "PartyKindEnum": "delegations.parties.models.parties.PartyKind",
        "GivenRoleEnum": "summit.api.role_assignments.ROLES",
        "InvitationStateEnum": "delegations.invitations.models.invitations.InvitationState",
        "VisibilityEnum": "sessions.visibility.models.Visibility",
        "ParticipantRoleEnum": "sessions.draft.models.participants.ParticipantRole",
        "ReleasedRoleEnum": "sessions.agenda.models.releases.ReleasedRole",
        "AttendanceEnum": "sessions.draft.models.participants.Attendance",
        "CallOutcomeEnum": "delegations.invitations.models.letters.CallOutcome",
        "KeptEnum": "summit.core.personal_data.PersonalDataKind",
        "RowOutcomeEnum": "summit.imports.report.Outcome",
        "TableKindEnum": "delegations.imports.models.TableKind",
        "LetterPurposeEnum": "delegations.invitations.models.letters.Purpose",
    },
}

# --- Errors -----------------------------------------------------------------------------------------------------
# Where errors are reported to by Sentry's protocol (summit.core.error_reports); nowhere by default.
SENTRY_DSN = env("SENTRY_DSN")
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT")

# --- Logging ----------------------------------------------------------------------------------------------------
# docs/monitoring.md describes both formats.
LOG_FORMAT = env("LOG_FORMAT")
LOG_LEVEL = "WARNING" if TESTING and not env.is_set("LOG_LEVEL") else env("LOG_LEVEL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # The messages of exceptions may quote personal data. In development there is none.
        "text": {"()": "summit.core.log_formats.TextFormat", "values": not PRODUCTION},
        "json": {"()": "summit.core.log_formats.JsonFormat", "values": not PRODUCTION},
    },
    # Tokens and personal data are never logged.
    "filters": {
        "personal": {"()": "summit.core.log_filters.PersonalDataFilter"},
        "tokens": {"()": "summit.core.log_filters.TokenFilter"},
        "idle": {"()": "summit.core.log_filters.IdleFilter"},
        "broker": {"()": "summit.core.log_filters.BrokerFilter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["broker", "personal", "tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would log addresses with their tokens, and send them by mail.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # The line of each request is our own: this one has its path and query.
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},
        # Anybody can send a request for another host. The answer is a 400, without a traceback in the log.
        "django.security.DisallowedHost": {"level": "CRITICAL", "handlers": [], "propagate": False},
        # gunicorn's own handlers know no filters. gunicorn.conf.py sets up its main process, which loads no settings.
        "gunicorn.error": {"handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": [], "propagate": False},
        # Logs each task that did something, with how much. `celery.worker.strategy` would log each task received.
        "celery.app.trace": {"level": "INFO", "filters": ["idle"]},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # With quorum queues, warns at each start of tasks with a time, of which there are none.
        "kombu.transport.native_delayed_delivery": {"level": "ERROR"},
    },
}
