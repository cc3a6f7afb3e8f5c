"""The registry of the audited actions that can be undone, and of what stands in the way.

A package declares beside its service how an action is undone, and offers it when it records the action:

    @undoes(CANCEL, permission="agenda.edit", done=..., instead=...)
    def _undo_cancel(step: UndoStep, by: User) -> str:
        reinstate(session=..., by=by, expected=step.data["revision"])
        return ""
    ...
    undo.offer(audit.record(by=by, action=CANCEL, ...), {"revision": row.revision})

The function undoes one step by the ordinary service, which checks permissions and records it. It returns a sentence
about what isn't as before, or "". It raises UndoRefused, with a sentence, if the object isn't as the action left it.
A package above declares by `hinders` what it has sent since: once a mail has left, only a new act helps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from summit.audit.actions import AuditAction
from summit.undo.models import UndoStep
from summit.users.models import User

# Undoes a step, and returns a sentence about what isn't as before, or "".
Undo = Callable[[UndoStep, User], str]
# Returns a sentence that says why a step can't be undone and what to do instead, or "".
Hindrance = Callable[[UndoStep], str]


class UndoRefused(Exception):
    """Raised if something can't be undone. The message is a sentence that says why, and what to do instead."""


@dataclass(frozen=True)
class UndoKind:
    """How an action is undone.

    `permission` is needed to do the action, and to undo it. `done` returns what to say once so many steps are undone,
    `instead` is a sentence on the new act that has the same effect later.
    """

    undo: Undo
    permission: str
    done: Callable[[int], str]
    instead: Any


KINDS: dict[str, UndoKind] = {}
_hindrances: dict[str, list[Hindrance]] = {}


def undoes(
    action: AuditAction, *, permission: str, done: Callable[[int], str], instead: Any
) -> Callable[[Undo], Undo]:
    """Return a decorator that registers how an action is undone. The arguments are those of UndoKind."""

    def add(undo: Undo) -> Undo:
        KINDS[action] = UndoKind(undo, permission, done, instead)
        return undo

    return add


def hinders(action: AuditAction) -> Callable[[Hindrance], Hindrance]:
    """Return a decorator that registers a reason why an action may not be undone any more."""

    def add(hindrance: Hindrance) -> Hindrance:
        _hindrances.setdefault(action, []).append(hindrance)
        return hindrance

    return add


def hindrance_of(step: UndoStep) -> str:
    """Return the first reason why a step can't be undone, or ""."""
    return next((why for hindrance in _hindrances.get(step.entry.action, ()) if (why := hindrance(step))), "")
