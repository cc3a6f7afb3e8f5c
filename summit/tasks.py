"""Celery tasks of the ground floor."""

from summit.domain import audit, installation, sign_ins, upkeep
from summit.sweeps import sweep


@sweep("summit.tasks.chain_audit", beats="audit", every=5)
def chain_audit() -> None:
    """Record what was refused at doors and is not recorded yet, and chain what has been since the last time."""
    sign_ins.settle()
    audit.chain()


@sweep("summit.tasks.clear_expired", beats="expired", every=3600)
def clear_expired() -> None:
    """Delete sessions and cached values that have expired."""
    upkeep.clear_expired()


@sweep("summit.tasks.watch_installation", beats="installation", every=15)
def watch_installation() -> None:
    """Notice where the installation is a copy of another, and let nothing leave it then."""
    installation.watch()
