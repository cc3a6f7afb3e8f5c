"""Checks of the settings, of the versions, and of the virus scanner."""

import platform
import socket
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core import checks

from summit.maintenance.doctor.findings import Finding, fail, first_line, ok, warn

OLDEST = (3, 11)
PATIENCE = 5.0
# In deploy/summit.env.example.
EXAMPLE_CONTACT = "mailto:security@summit.example"


def are_safe() -> list[Finding]:
    """Nothing that `manage.py check --deploy` would say."""
    if not settings.PRODUCTION:
        unread = [each for each in checks.run_checks() if each.id == "summit.W004"]
        return [warn(each.msg, each.hint or "") for each in unread] or [ok("those of development")]
    silenced = set(settings.SILENCED_SYSTEM_CHECKS)
    messages = [each for each in checks.run_checks(include_deployment_checks=True) if each.id not in silenced]
    found = [
        (fail if each.level >= checks.ERROR else warn)(f"{each.id}: {each.msg}", each.hint or "")
        for each in messages
        if each.level >= checks.WARNING
    ]
    return found or [ok("check --deploy finds nothing")]


def security_contact() -> list[Finding]:
    """Others learn where to report a weakness."""
    contact = settings.SECURITY_CONTACT
    todo = "Set SECURITY_CONTACT to an address that somebody reads: /.well-known/security.txt names it."
    if not contact:
        # Nobody looks for the contact of an installation of development.
        return [warn("none is set", todo) if settings.PRODUCTION else ok("none is set (SECURITY_CONTACT)")]
    if contact == EXAMPLE_CONTACT and urlsplit(settings.BASE_URL).hostname != "summit.example":
        return [warn(f"still that of the example: {contact}", todo)]
    return [ok(contact)]


def versions() -> list[Finding]:
    """The versions of what runs here."""
    text = f"Summit {settings.VERSION}, Python {platform.python_version()}, Django {django.get_version()}"
    if sys.version_info[:2] < OLDEST:
        return [fail(text, f"Update Python to {OLDEST[0]}.{OLDEST[1]} or later.")]
    return [ok(text)]


def clamd() -> list[Finding]:
    """The virus scanner answers, if there is to be one."""
    address = getattr(settings, "CLAMD_URL", "")
    if not address:
        return [ok("none is set (CLAMD_URL)")]
    try:
        answer = _ping(address)
    except OSError as problem:
        todo = "Start clamd, or correct CLAMD_URL. Uploads wait in quarantine meanwhile."
        return [fail(f"clamd doesn't answer: {first_line(problem)}", todo)]
    if answer != b"PONG\0":
        return [fail("what answers at CLAMD_URL isn't clamd", "Correct CLAMD_URL.")]
    return [ok("clamd answers")]


def _ping(address: str) -> bytes:
    """Return what clamd answers to a ping at an address: "tcp://host:3310" or "unix:/run/clamav/clamd.ctl"."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(PATIENCE)
            there.connect(parts.path)
            return _say(there)
    with socket.create_connection((parts.hostname or "", parts.port or 3310), PATIENCE) as there:
        return _say(there)


def _say(there: socket.socket) -> bytes:
    there.sendall(b"zPING\0")
    return there.recv(100)
