"""The table of the checks, in the order in which `manage.py doctor` prints them, and how they are run.

Those that packages above register (findings.further) come behind them.
"""

from collections.abc import Iterator

from summit.maintenance.doctor import broker, clocks, configuration, database, files, keys, mail
from summit.maintenance.doctor.findings import Check, Finding, further

CHECKS = (
    Check("database", database.reachable),
    Check("database TLS", database.encrypted),
    Check("migrations", database.migrated),
    Check("broker", broker.reachable),
    Check("workers", broker.queues),
    Check("mail server", mail.server),
    Check("mail domain", mail.domain),
    Check("keys", keys.read_what_is_stored),
    Check("clocks", clocks.agree),
    Check("sweeps", clocks.are_due),
    Check("backup", database.is_backed_up),
    Check("disk", files.has_room),
    Check("static files", files.are_collected),
    Check("translations", files.are_compiled),
    Check("settings", configuration.are_safe),
    Check("security contact", configuration.security_contact),
    Check("versions", configuration.versions),
    Check("processes", database.releases_agree),
    Check("virus scanner", configuration.clamd),
)


def run() -> Iterator[tuple[str, Finding]]:
    """Run all checks, and yield the name of each with each of its findings."""
    for each in (*CHECKS, *further):
        for finding in each.run():
            yield each.name, finding
