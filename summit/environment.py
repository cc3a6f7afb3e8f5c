"""The environment variables of Summit, each declared once: its name, type, default and documentation.

summit/settings.py reads them. `manage.py describe_settings` writes docs/settings.md from them.
"""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from summit.core.environment_variables import (
    DATABASE,
    INTEGER,
    LIST,
    MAIL_SERVER,
    NUMBER,
    OBJECTS,
    PAIRS,
    PATH,
    SWITCH,
    Computed,
    Environment,
    Group,
    Variable,
)

# The folder of the packages: a checkout, or site-packages.
ROOT = Path(__file__).resolve().parent.parent
_IN_A_WHEEL = ROOT / "summit" / "resources"
INSTALLED = _IN_A_WHEEL.is_dir()
# The folder of templates, static files and catalogues.
RESOURCES = _IN_A_WHEEL if INSTALLED else ROOT
DEVELOPMENT_SECRET = "development only: known to everybody who can read this file"  # noqa: S105
DEVELOPMENT_FIELD_KEY = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE="
# Whoever sets one of these means production.
MARKS_OF_PRODUCTION = ("SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
YEAR = 365 * 24 * 3600


def default_var_dir(env: Environment) -> Path:
    """Return the folder in which the processes write if VAR_DIR is unset."""
    if not INSTALLED:
        return ROOT / "var"
    return Path("/var/lib/summit") if env("PRODUCTION") else Path.home() / ".local" / "share" / "summit"


def is_https(env: Environment) -> bool:
    """Return whether people use the system by https."""
    return bool(urlsplit(env("BASE_URL")).scheme == "https")


PRODUCTION = Group(
    "What production needs",
    (
        Variable(
            name="SECRET_KEY",
            secret=True,
            required=True,
            # With an empty key, Django would stop before summit/checks.py could say what to do.
            default=Computed("a known key", lambda env: "missing" if env("PRODUCTION") else DEVELOPMENT_SECRET),
            text="50 random characters or more. It signs links and sessions. [How it is "
            "changed](production.md#changing-keys).",
        ),
        Variable(
            name="FIELD_KEYS",
            kind=LIST,
            secret=True,
            required=True,
            default=Computed("a known key", lambda env: [] if env("PRODUCTION") else [DEVELOPMENT_FIELD_KEY]),
            text="Fernet keys, newest first (`manage.py generate_field_key` makes one). They encrypt passports, "
            "needs, photographs, scans and kept mail at rest. [How they are "
            "changed](production.md#changing-keys).",
        ),
        Variable(
            name="BASE_URL",
            required=True,
            default=Computed("`http://localhost:8000`", lambda env: f"http://localhost:{env('PORT')}"),
            example="https://summit.example",
            text="The address that people use.",
        ),
        Variable(
            name="ALLOWED_HOSTS",
            kind=LIST,
            required=True,
            default=Computed("this machine", lambda env: [] if env("PRODUCTION") else LOCAL_HOSTS),
            example="summit.example",
            text="The host names by which the web processes are asked.",
        ),
        Variable(
            name="DATABASE_URL",
            kind=DATABASE,
            secret=True,
            required=True,
            default=Computed(
                "SQLite in `VAR_DIR`",
                lambda env: DATABASE.parse(f"sqlite:///{env('VAR_DIR') / 'summit.sqlite3'}"),
            ),
            example="postgres://summit:password@db.example/summit",
            text="PostgreSQL 14 or later. On another machine, add `?sslmode=verify-full` "
            "([how](production.md#tls-to-the-database)). It may name several servers ([how](several-hosts.md)).",
        ),
        Variable(
            name="REDIS_URL",
            secret=True,
            required=True,
            example="redis://broker.example:6379/0",
            text="The broker: Redis or Valkey (`redis://`, or `rediss://` for TLS), or RabbitMQ (`amqp://`, or "
            "`amqps://` for TLS), whose queues are quorum queues. Without it, development has a broker of its own.",
        ),
        Variable(
            name="EMAIL_URL",
            kind=MAIL_SERVER,
            secret=True,
            required=True,
            default=Computed("mail stays in the database", lambda env: MAIL_SERVER.parse("dummymail://")),
            example="smtp+tls://user:password@mail.example:587",
            text="The mail server. `smtp+tls://` begins with STARTTLS, `smtp+ssl://` speaks TLS from the start.",
        ),
        Variable(
            name="DEFAULT_FROM_EMAIL",
            required=True,
            default="Summit <summit@localhost.localdomain>",
            example="Summit <summit@summit.example>",
            text="The sender of mail.",
        ),
        Variable(
            name="VAR_DIR",
            kind=PATH,
            default=Computed(
                "`var` in a checkout; from a wheel `/var/lib/summit` in production, and `~/.local/share/summit` in "
                "development",
                default_var_dir,
            ),
            text="The folder in which the processes write: collected static files, the description of the API, "
            "and in development the database.",
        ),
    ),
)

ADDRESS = Group(
    "Address and security",
    (
        Variable(
            name="BEHIND_PROXY",
            kind=SWITCH,
            default=False,
            text="Set it to `1` where one proxy sets `X-Forwarded-Proto` and appends to `X-Forwarded-For`, and "
            "strips the first from outside.",
        ),
        Variable(
            name="SSL_REDIRECT",
            kind=SWITCH,
            default=True,
            text="Requests by http are redirected to https, if `BASE_URL` is https. Set it to `0` where the "
            "proxy does so.",
        ),
        Variable(
            name="HSTS_SECONDS",
            kind=INTEGER,
            default=Computed("a year if `BASE_URL` is https", lambda env: YEAR if is_https(env) else 0),
            text="How long browsers insist on https (HSTS). [How to begin](production.md#https-alone).",
        ),
        Variable(
            name="HSTS_SUBDOMAINS",
            kind=SWITCH,
            default=False,
            text="Whether browsers insist on https for all hosts below that of `BASE_URL` too.",
        ),
        Variable(
            name="HSTS_PRELOAD",
            kind=SWITCH,
            default=False,
            text="Whether the site asks to be on the list of hosts that browsers bring along (hstspreload.org). "
            "It takes months to get off that list.",
        ),
        Variable(
            name="SECURITY_CONTACT",
            example="mailto:security@summit.example",
            text="Where to report a weakness in private, as a URI, for `/.well-known/security.txt` (RFC 9116). "
            "Without it, that file says so and names `security@` at the host of `BASE_URL`, and "
            "`manage.py doctor` warns.",
        ),
        Variable(
            name="REQUIRE_SECOND_FACTOR",
            kind=SWITCH,
            default=Computed("`1` in production, where it can't be `0`", lambda env: env("PRODUCTION")),
            text="Desks open only to a passkey, or to a password and a code. Set it to `1` to try that in "
            "development.",
        ),
        Variable(
            name="SSO_PROVIDERS",
            kind=OBJECTS,
            default=[],
            secret=True,
            text="Identity providers for [single sign-on](single-sign-on.md), as a list in JSON. Others can be added "
            "at the desk.",
        ),
        Variable(
            name="SAML_PRIVATE_KEY",
            secret=True,
            text="The key in PEM format with which requests to SAML providers are signed. Without it they aren’t "
            "signed, and sign-outs may be refused.",
        ),
        Variable(
            name="SAML_CERTIFICATE",
            secret=True,
            text="The certificate in PEM format for `SAML_PRIVATE_KEY`, which the metadata has.",
        ),
        Variable(
            name="SECRET_KEY_FALLBACKS",
            kind=LIST,
            default=[],
            secret=True,
            text="Former values of `SECRET_KEY`, which still verify. [How keys are "
            "changed](production.md#changing-keys).",
        ),
        Variable(
            name="METRICS_TOKEN",
            secret=True,
            text="What `/metrics` expects as `Authorization: Bearer …`. Without it, `/metrics` answers only this "
            "machine, and with `BEHIND_PROXY` nobody.",
        ),
        Variable(
            name="API_REQUESTS_A_MINUTE",
            kind=INTEGER,
            default=600,
            text="How many requests a minute the API answers to each token, and to each account in a browser.",
        ),
        Variable(
            name="KEPT_PAGES",
            kind=INTEGER,
            default=64 * 1024 * 1024,
            text="Bytes of public pages that each web process keeps in memory. With `0`, each page is made anew.",
        ),
    ),
)

DATABASE_CONNECTIONS = Group(
    "Database",
    (
        Variable(
            name="CONN_MAX_AGE",
            kind=INTEGER,
            default=60,
            text="Seconds for which a connection to the database is kept: one for each thread of a web process, "
            "and one for each process of a worker, which looks when it has its next task.",
        ),
        Variable(
            name="DATABASE_PREPARE",
            kind=INTEGER,
            default=3,
            text="After how many times PostgreSQL plans a public page's query once for a connection. Set it to "
            "`0` behind a pooler that gives each transaction another connection and keeps no prepared "
            "statements (PgBouncer before 1.21, or without `max_prepared_statements`).",
        ),
        Variable(
            name="DATABASE_STARTUP",
            default="-c jit=off -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
            "-c tcp_user_timeout=5000",
            text="The options with which each connection to PostgreSQL starts. By the default, PostgreSQL ends the "
            "transaction of a host that is cut off within about ten seconds; without, its locks last for hours. Set "
            "it to `none` behind a pooler that takes no such options.",
        ),
    ),
)

MAIL = Group(
    "Mail",
    (
        Variable(
            name="SERVER_EMAIL",
            default=Computed(
                "the address in `DEFAULT_FROM_EMAIL`", lambda env: parseaddr(env("DEFAULT_FROM_EMAIL"))[1]
            ),
            text="The sender of mail about errors.",
        ),
        Variable(
            name="EMAIL_TIMEOUT",
            kind=NUMBER,
            default=10.0,
            text="Seconds to wait for each answer of the mail server.",
        ),
        Variable(
            name="OUTBOX_SEND_DEADLINE",
            kind=NUMBER,
            default=30.0,
            text="Seconds after which the sending of a message is aborted. It must be below `OUTBOX_LEASE`.",
        ),
        Variable(
            name="OUTBOX_LEASE",
            kind=NUMBER,
            default=60.0,
            text="Seconds after which a message that a worker has taken and not sent is free for another.",
        ),
        Variable(
            name="OUTBOX_HANDED",
            kind=NUMBER,
            default=15.0,
            text="Seconds after which a message that was queued and that no worker has taken is queued again.",
        ),
        Variable(name="OUTBOX_BATCH", kind=INTEGER, default=25, text="Messages in a task."),
        Variable(
            name="OUTBOX_MAX_ATTEMPTS",
            kind=INTEGER,
            default=12,
            text="Attempts to send a message before it counts as failed.",
        ),
        Variable(
            name="MAIL_WEBHOOK_PROVIDER",
            example="mailgun",
            text="The mail provider that reports [mails that come back](production.md#mails-that-come-back) to "
            "`/webhooks/mail/`. Without it, that address doesn't exist.",
        ),
        Variable(
            name="MAIL_WEBHOOK_SECRET",
            secret=True,
            example="summit:password",
            text="The user and password that the provider sends (HTTP basic authentication), such as by the "
            "address `https://summit:password@summit.example/webhooks/mail/`.",
        ),
        Variable(
            name="MAIL_WEBHOOK_KEYS",
            kind=PAIRS,
            default={},
            secret=True,
            example="MAILGUN_WEBHOOK_SIGNING_KEY=key",
            text="The keys with which the provider signs as well, by django-anymail's names.",
        ),
    ),
)

WORK = Group(
    "Workers and webhooks",
    (
        Variable(
            name="WORKER_CONCURRENCY",
            kind=INTEGER,
            default=2,
            text="Processes of each worker ([which workers](production.md#processes)).",
        ),
        Variable(
            name="WEBHOOKS_INSIDE",
            kind=LIST,
            default=[],
            example="badges.internal,10.2.0.0/16",
            text="Hosts, addresses and networks inside that [webhooks](production.md#webhooks) may reach, also "
            "by plain HTTP and at any port. All other addresses inside are refused.",
        ),
        Variable(
            name="WEBHOOKS_SEND_DEADLINE",
            kind=NUMBER,
            default=10.0,
            text="Seconds after which a request to a webhook is aborted. It must be below `WEBHOOKS_LEASE`.",
        ),
        Variable(
            name="WEBHOOKS_LEASE",
            kind=NUMBER,
            default=30.0,
            text="Seconds after which a delivery that a worker has taken and not finished is free for another.",
        ),
        Variable(
            name="WEBSUB_HUB",
            example="https://hub.example/",
            text="The hub that is told of changed feeds and named in them ([WebSub](https://www.w3.org/TR/websub/)).",
        ),
        Variable(
            name="CLAMD_URL",
            example="unix:/run/clamav/clamd.ctl",
            text="Where clamd listens, as `unix:PATH` or `tcp://host:3310`. Uploaded files are then kept back until "
            "they are [checked for viruses](virus-scanning.md).",
        ),
        Variable(name="CLAMD_TIMEOUT", kind=INTEGER, default=60, text="Seconds that the check of one file may take."),
    ),
)

PROCESSES = Group(
    "Logs and development",
    (
        Variable(name="LOG_LEVEL", default="INFO", text="The level from which processes log."),
        Variable(
            name="LOG_FORMAT",
            default=Computed(
                "`json` in production, else `text`", lambda env: "json" if env("PRODUCTION") else "text"
            ),
            text="`json`, or `text` for lines that people read ([monitoring](monitoring.md)).",
        ),
        Variable(
            name="SENTRY_DSN",
            secret=True,
            text="Where errors are reported to by Sentry’s protocol ([monitoring](monitoring.md#errors)). "
            "Needs `requirements/sentry.txt`.",
            example="https://key@sentry.example/1",
        ),
        Variable(
            name="SENTRY_ENVIRONMENT",
            default=Computed(
                "`production` in production, else `development`",
                lambda env: "production" if env("PRODUCTION") else "development",
            ),
            text="What reports of errors call this installation.",
        ),
        Variable(
            name="PRODUCTION",
            kind=SWITCH,
            default=Computed(
                "`1` if `SECRET_KEY`, `BASE_URL` or `ALLOWED_HOSTS` is set, else `0`",
                lambda env: any(env.is_set(name) for name in MARKS_OF_PRODUCTION),
            ),
            text="Whether unsafe settings keep the processes from starting.",
        ),
        Variable(
            name="DEBUG",
            kind=SWITCH,
            default=False,
            text="Django's own error pages. Production doesn't start with `1`.",
        ),
        Variable(name="PORT", kind=INTEGER, default=8000, text="The port of `make run`."),
    ),
)

GROUPS = (PRODUCTION, ADDRESS, DATABASE_CONNECTIONS, MAIL, WORK, PROCESSES)
