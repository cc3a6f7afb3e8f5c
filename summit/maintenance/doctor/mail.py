"""Checks of mail: whether the mail server lets us in, and what others can look up about the sender's domain."""

import smtplib
from collections.abc import Callable
from email.utils import parseaddr

import dns.exception
import dns.resolver
from django.conf import settings
from django.core.mail import get_connection

from summit.maintenance.doctor.findings import Finding, fail, first_line, ok, warn

LOCAL = ("localhost", "127.0.0.1", "::1")
# Seconds for all answers about one name.
PATIENCE = 3.0


def server() -> list[Finding]:
    """The mail server lets us in. Nothing is sent."""
    if not settings.OUTBOX_TRANSPORT.endswith("smtp.EmailBackend"):
        found = "no mail leaves: it stays in the database"
        return [fail(found, "Set EMAIL_URL.") if settings.PRODUCTION else ok(found)]
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    backend = get_connection(settings.OUTBOX_TRANSPORT, timeout=settings.EMAIL_TIMEOUT)
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as problem:
        return [fail(f"{place} refuses the user: {problem.smtp_code}", "Correct user and password in EMAIL_URL.")]
    except (OSError, smtplib.SMTPException) as problem:
        return [fail(f"{place} doesn't let us in: {first_line(problem)}", "Start it, or correct EMAIL_URL.")]
    backend.close()
    plain = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) and settings.EMAIL_HOST not in LOCAL
    if plain:
        return [warn(f"{place} lets us in, without TLS", "Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.")]
    return [ok(f"{place} lets us in")]


def domain() -> list[Finding]:
    """Receivers find in DNS who may send for the sender's domain (SPF, DKIM, DMARC)."""
    name = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    if name in ("", "localhost", "localhost.localdomain"):
        return [ok("not looked up: the sender is of this machine")]
    return [_answered(label, look, name) for label, look in (("SPF", _spf), ("DKIM", _dkim), ("DMARC", _dmarc))]


def _answered(label: str, look: Callable[[str], Finding], name: str) -> Finding:
    try:
        return look(name)
    except dns.exception.DNSException as problem:
        todo = "Let this machine ask a DNS server."
        return warn(f"{label} of {name} not looked up: {type(problem).__name__}", todo)


def _texts(name: str) -> list[str]:
    """Return the TXT records of a name. Raises NXDOMAIN for an unknown name, and DNSException without an answer."""
    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE)
    except dns.resolver.NoAnswer:
        return []
    return [b"".join(row.strings).decode(errors="replace") for row in found]


def _spf(name: str) -> Finding:
    try:
        found = [text for text in _texts(name) if text.lower().split(" ")[0] == "v=spf1"]
    except dns.resolver.NXDOMAIN:
        return fail(f"there is no domain {name}", "Correct DEFAULT_FROM_EMAIL.")
    if len(found) != 1:
        said = f"SPF of {name}: {len(found)} records"
        return warn(said, "Publish one TXT record v=spf1 that names the mail server, or letters go to spam.")
    if found[0].split()[-1].lower() in ("+all", "all"):
        return warn(f"SPF of {name} lets everybody send", "End the record with -all or ~all.")
    return ok(f"SPF of {name}: {found[0]}")


def _dkim(name: str) -> Finding:
    """Which key the mail server signs with stands in its mails alone; that there is any can be asked."""
    try:
        _texts(f"_domainkey.{name}")
    except dns.resolver.NXDOMAIN:
        todo = "Let the mail server sign, and publish its key."
        return warn(f"DKIM of {name}: no key", todo)
    return ok(f"DKIM of {name}: there are keys")


def _dmarc(name: str) -> Finding:
    labels = name.split(".")
    for place in (name, ".".join(labels[-2:])):
        try:
            found = [text for text in _texts(f"_dmarc.{place}") if text.replace(" ", "").startswith("v=DMARC1")]
        except dns.resolver.NXDOMAIN:
            continue
        if found:
            return ok(f"DMARC of {place}: {found[0]}")
    return warn(f"DMARC of {name}: no record", f"Publish a TXT record v=DMARC1; p=quarantine at _dmarc.{name}.")
