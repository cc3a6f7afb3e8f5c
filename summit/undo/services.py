"""Offering to undo an act, in the act's transaction, and undoing it once.

Several actions become one act within `grouped`:

    with undo.grouped() as act:
        bulk_changes.confirm(memberships=rows, by=user)
    act.offer  # the UndoOffer with a step for each row, or None
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import ACTION_WORDS, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.core.punctuation import pair
from summit.maintenance import heartbeats
from summit.undo.kinds import KINDS, UndoRefused, hindrance_of
from summit.undo.models import UndoOffer, UndoStep
from summit.users.models import User


def _undid(facts: Facts) -> str:
    description = ACTION_WORDS.get(str(facts.detail.get("action")))
    what = description.name if description else str(facts.detail.get("action", ""))
    return _("undid this: “%(what)s”") % {"what": what}


# Entries of earlier versions: an undo was recorded once more beside what its service records.
UNDO = audit_action("summit.undo", _undid, label=gettext_lazy("undid an action"))


@dataclass
class UndoGroup:
    """The actions that are undone together. `offer` is None as long as nothing can be undone.

    Nothing is offered while something is `undoing`: an undo is no act of its own.
    """

    key: str = ""
    offer: UndoOffer | None = None
    undoing: bool = False


_current: ContextVar[UndoGroup | None] = ContextVar("undo_group", default=None)


@contextmanager
def grouped(key: str = "", *, undoing: bool = False) -> Iterator[UndoGroup]:
    """Make what is offered within the block one act, and yield its group.

    With a `key`, several blocks of the same user are one act: that of a job, which works in several transactions.
    """
    group = UndoGroup(key, undoing=undoing)
    token = _current.set(group)
    try:
        yield group
    finally:
        _current.reset(token)


def offer(entry: AuditEntry, data: Mapping[str, Any] | None = None) -> None:
    """Offer to undo the action of an audit entry. `data` holds the keys that its undoing needs."""
    offer_many([(entry, data or {})])


def offer_many(steps: Sequence[tuple[AuditEntry, Mapping[str, Any]]]) -> None:
    """Offer to undo the actions of stored audit entries, all of one actor, in their transaction.

    Nothing is offered to actors without an account. Raises LookupError if an action isn't declared by `undoes`, and
    RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("offer() belongs into the transaction of what can be undone")
    if unknown := {entry.action for entry, _data in steps} - KINDS.keys():
        raise LookupError(f"nothing undoes {sorted(unknown)}")
    group = _current.get() or UndoGroup()
    if not steps or steps[0][0].by is None or group.undoing:
        return
    row = _offer_of(group, steps[0][0].by)
    UndoStep.objects.bulk_create([UndoStep(offer=row, entry=entry, data=dict(data)) for entry, data in steps])


def _offer_of(group: UndoGroup, by: User) -> UndoOffer:
    """Return the stored offer of a group. Its ten minutes begin with its latest action."""
    known = UndoOffer.objects.filter(by=by, key=group.key) if group.key else UndoOffer.objects.none()
    if group.offer is not None:
        # An action that was rolled back took the offer with it.
        known = UndoOffer.objects.filter(pk=group.offer.pk)
    if known.update(at=Now()):
        group.offer = known.get()
    else:
        group.offer = UndoOffer.objects.create(by=by, key=group.key)
    return group.offer


@dataclass
class UndoResult:
    """What became of an undo: sentences about what is undone, what isn't as before, and what couldn't be undone."""

    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def undo(*, public_id: str, by: User) -> UndoResult:
    """Undo an act, step by step, and return the result. An act is undone once, of two at once by one.

    Raises UndoRefused if there is nothing to undo: it is too late, it was undone before, or no step can be undone.
    """
    with transaction.atomic(), grouped(undoing=True):
        rows = UndoOffer.objects.filter(public_id=public_id)
        if not rows.open().update(undone_at=Now(), undone_by=by):
            raise UndoRefused(_why_closed(rows.first(), by))
        result, undone = UndoResult(), dict[str, int]()
        steps = list(UndoStep.objects.filter(offer__public_id=public_id).select_related("entry__by", "entry__summit"))
        about = _named if len(steps) > 1 else _unnamed
        for step in steps:
            action = step.entry.action
            try:
                with transaction.atomic():
                    note = _undo_step(step, by)
            except (UndoRefused, PermissionDenied) as problem:
                result.problems.append(about(step, str(problem)))
                continue
            undone[action] = undone.get(action, 0) + 1
            if note:
                result.notes.append(about(step, note))
        if not undone:
            raise UndoRefused(" ".join(result.problems))
    result.done = [KINDS[action].done(number) for action, number in undone.items()]
    return result


def _undo_step(step: UndoStep, by: User) -> str:
    if why := hindrance_of(step):
        raise UndoRefused(why)
    with audit.undoing(step.entry.action):
        return KINDS[step.entry.action].undo(step, by)


def _unnamed(step: UndoStep, sentence: str) -> str:
    return sentence


def _named(step: UndoStep, sentence: str) -> str:
    """Return a sentence with the name of the object of the step, or of what it was about if that is gone."""
    return pair(render([step.entry])[0].named.name, sentence)


def changed_since(step: UndoStep) -> UndoRefused:
    """Return the refusal to undo a step whose object was changed since: by whom, how, and what to do instead."""
    entry = step.entry
    same = AuditEntry.objects.filter(object_type=entry.object_type, object_key=entry.object_key, pk__gt=entry.pk)
    later = same.exclude(action=UNDO).select_related("by", "summit").order_by("-pk").first()
    instead = KINDS[entry.action].instead
    if later is None:
        return UndoRefused(_("This has since changed. %(instead)s") % {"instead": instead})
    line = render([later])[0]
    message = _("This has since changed: %(who)s %(what)s. %(instead)s")
    return UndoRefused(message % {"who": line.who, "what": line.what, "instead": instead})


def _why_closed(row: UndoOffer | None, by: User) -> str:
    if row is not None and row.undone_by is not None:
        if row.undone_by == by:
            return _("You have already undone this.")
        return _("%(who)s has already undone this.") % {"who": row.undone_by}
    step = row.steps.select_related("entry").first() if row is not None else None
    instead = KINDS[step.entry.action].instead if step else _("Change it on its own page.")
    return _("Ten minutes have passed: this can no longer be undone. %(instead)s") % {"instead": instead}


@heartbeats.clears(5)
def clear_expired() -> None:
    """Delete what can't be undone any more."""
    UndoOffer.objects.expired().delete()
