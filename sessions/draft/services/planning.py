"""Services that save draft sessions with their rows: participants, speeches, titles in other languages,
interpretation.

Each save is one transaction with its audit entry, and becomes visible with the next release. The admin page saves a
session with all its rows at once; the API saves a session, or one of its rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.models.parties import Party
from sessions.draft.change_guards import guarded
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.permissions import check_can_edit
from sessions.draft.selectors.parties_that_left import places_of
from sessions.draft.services.add_and_remove_speeches import insert, remove_slots
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.cancel_and_move import Pinned
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.visibility.models import PARTS as KEPT_PARTS
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action, row_actions
from summit.audit.row_changes import Values, apply_values
from summit.core.languages import is_language_code
from summit.core.punctuation import comma
from summit.summits.models import Summit
from summit.users.models import User

# The fields of a session that are saved here. If `custom_kind` is set, `kind` is the standard kind that it works
# like.
FIELDS = (
    *("kind", "custom_kind", "title", "summary", "starts_at", "ends_at", "room", "set_up", "clear_down", "capacity"),
    *("pinned", "visibility", *(f"{part}_to" for part in KEPT_PARTS), "media", "sign_up", "cancellation_reason"),
    "cancellation_reasons",
)
# The models of a session's rows, with their names.
HANGING: Mapping[type[models.Model], str] = {
    SessionText: "texts",
    Interpretation: "interpretation",
    Participant: "participants",
    Slot: "slots",
}


def _numbers(facts: Facts) -> str:
    numbers = {name: int(facts.detail.get(name, 0)) for name in ("added", "changed", "removed")}
    parts = [
        ngettext("%(number)d added", "%(number)d added", numbers["added"]) % {"number": numbers["added"]},
        ngettext("%(number)d changed", "%(number)d changed", numbers["changed"]) % {"number": numbers["changed"]},
        ngettext("%(number)d removed", "%(number)d removed", numbers["removed"]) % {"number": numbers["removed"]},
    ]
    return comma().join(part for part, number in zip(parts, numbers.values(), strict=True) if number)


def _participants(facts: Facts) -> str:
    return _("changed the participants (%(rows)s)") % {"rows": _numbers(facts)}


def _slots(facts: Facts) -> str:
    return _("changed the speeches (%(rows)s)") % {"rows": _numbers(facts)}


def _texts(facts: Facts) -> str:
    return _("changed the session’s translations (%(rows)s)") % {"rows": _numbers(facts)}


def _interpretation(facts: Facts) -> str:
    return _("changed the interpretation (%(rows)s)") % {"rows": _numbers(facts)}


SESSION_ACTIONS = row_actions(
    "agenda.session",
    add=gettext_lazy("created the session"),
    change=gettext_lazy("changed the session"),
    remove=gettext_lazy("deleted the session"),
)
# The actions on the rows of a session, by the names of these rows.
SAVE_ROWS = {
    "participants": audit_action(
        "agenda.participants", _participants, fields_of=Participant, label=gettext_lazy("changed the participants")
    ),
    "slots": audit_action("agenda.slots", _slots, fields_of=Slot, label=gettext_lazy("changed the speeches")),
    "texts": audit_action(
        "agenda.texts",
        _texts,
        fields_of=SessionText,
        label=gettext_lazy("changed the session’s translations"),
    ),
    "interpretation": audit_action(
        "agenda.interpretation",
        _interpretation,
        fields_of=Interpretation,
        label=gettext_lazy("changed the interpretation"),
    ),
}


@dataclass(frozen=True)
class Rows:
    """The rows of a session to save: new rows, changed rows with the names of the changed fields,
    and rows to delete."""

    added: Sequence[Any] = ()
    changed: Sequence[tuple[Any, Iterable[str]]] = ()
    gone: Sequence[Any] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def store(
    *, by: User, session: Session, rows: Mapping[str, Rows] | None = None, move_pinned: bool = False
) -> Session:
    """Save a new or existing session with the changes to its rows.

    `rows` is a dict from relation name, such as "slots", to the changes. The session and rows must be validated.
    Raises PermissionDenied, Blocked if it makes a conflict that the summit blocks, and Pinned if the session is
    pinned and would move without `move_pinned`.
    """
    check_can_edit(by, session)
    touched = {name: changes for name, changes in (rows or {}).items() if changes}
    with transaction.atomic():
        lock(session.summit)
        # A copy that is made again has its key before it is stored.
        if session._state.adding:
            return create(by=by, session=session, rows=touched)
        with guarded(session.summit, [session.pk], [session]), watching(sessions=[session.pk], by=by):
            changed = _store_session(session, by, move_pinned=move_pinned)
            _store_rows(session, touched, by)
        if changed or touched:
            rise(session.pk)
    return session


def create(*, by: User, session: Session, rows: Mapping[str, Rows]) -> Session:
    """Save a new session with its rows, and return it.

    The caller has checked the permission, and holds the lock of the agenda in an open transaction. Raises Blocked if
    it makes a conflict that the summit blocks.
    """
    with guarded(session.summit, keys := list[int](), [session]):
        session.save(force_insert=True)
        keys.append(session.pk)
        fields = [name for name in FIELDS if getattr(session, name) != _usual(name)]
        audit.record(by=by, action=SESSION_ACTIONS.add, target=session, summit=session.summit, fields=fields)
        _store_rows(session, rows, by)
    return session


def add(*, by: User, summit: Summit, values: Values) -> Session:
    """Create a session in the draft. Raises PermissionDenied, and ValidationError for invalid values."""
    session = Session(summit=summit)
    check_can_edit(by, session)
    apply_values(session, _with_kind(values))
    _validate_session(session)
    return store(by=by, session=session)


def change(*, by: User, session: Session, values: Values, move_pinned: bool = False) -> Session:
    """Change a session in the draft. Only values that differ are saved.

    Raises PermissionDenied, ValidationError, and Pinned if the session is pinned and would move without
    `move_pinned`.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        row = Session.objects.select_related("summit", "room", "custom_kind").get(pk=session.pk)
        apply_values(row, _with_kind(values))
        _validate_session(row)
        return store(by=by, session=row, move_pinned=move_pinned)


def add_row(*, by: User, row: Any, values: Values) -> Any:
    """Add a row to a session, with these values set on the new instance `row`.

    Raises PermissionDenied and ValidationError.
    """
    check_can_edit(by, row.session)
    with transaction.atomic():
        lock(row.session.summit)
        apply_values(row, values)
        _validate_row(row)
        store(by=by, session=row.session, rows={HANGING[type(row)]: Rows(added=[row])})
    return row


def add_parties(*, session: Session, parties: Sequence[Party], level: str, by: User) -> int:
    """Add several parties to the participants of a session, all at one level, and return their number.

    `level` is an `Attendance`, or "" for whole delegations. Raises PermissionDenied, and ValidationError if no party
    is given or one takes part already.
    """
    check_can_edit(by, session)
    if not parties:
        raise ValidationError(_("Choose at least one delegation"))
    with transaction.atomic():
        lock(session.summit)
        last = session.participants.aggregate(last=models.Max("position"))["last"] or 0
        rows = [
            Participant(session=session, party=party, level=level, position=last + place)
            for place, party in enumerate(parties, start=1)
        ]
        for row in rows:
            _validate_row(row)
        store(by=by, session=session, rows={"participants": Rows(added=rows)})
    return len(rows)


def remove_parties(*, summit: Summit, parties: Sequence[Party], by: User) -> int:
    """Remove parties and their people from the participants of all sessions of the draft, and return from how many
    sessions.

    Their speeches stay. Raises PermissionDenied, and ValidationError if no party is given.
    """
    check_can_edit(by, Session(summit=summit))
    if not parties:
        raise ValidationError(_("Choose at least one delegation"))
    with transaction.atomic():
        lock(summit)
        gone: dict[Session, list[Participant]] = {}
        rows = places_of(parties).filter(session__summit=summit).select_related("session__summit")
        for row in rows.order_by("session", "pk"):
            gone.setdefault(row.session, []).append(row)
        for session, places in gone.items():
            store(by=by, session=session, rows={"participants": Rows(gone=places)})
    return len(gone)


def change_row(*, by: User, row: Any, values: Values) -> Any:
    """Change a row of a session. Raises PermissionDenied and ValidationError."""
    check_can_edit(by, row.session)
    with transaction.atomic():
        lock(row.session.summit)
        changed = apply_values(row, values)
        _validate_row(row)
        if changed:
            store(by=by, session=row.session, rows={HANGING[type(row)]: Rows(changed=[(row, list(changed))])})
    return row


def remove_row(*, by: User, row: Any) -> None:
    """Remove a row from a session. Raises PermissionDenied, and ProtectedError if other objects refer to it."""
    store(by=by, session=row.session, rows={HANGING[type(row)]: Rows(gone=[row])})


def _usual(name: str) -> Any:
    column: Any = Session._meta.get_field(name)
    return column.get_default()


def _with_kind(values: Values) -> Values:
    """Return the values with `kind` and `custom_kind` adapted to each other.

    A summit's own kind sets the standard kind that it works like; a standard kind clears the own kind.
    """
    custom_kind = values.get("custom_kind")
    if custom_kind is not None:
        return {**values, "kind": custom_kind.like}
    return {**values, "custom_kind": None} if "kind" in values else values


def _validate_session(session: Session) -> None:
    """Raise ValidationError if a field of the session is invalid."""
    if session.starts_at and session.ends_at and session.ends_at <= session.starts_at:
        raise ValidationError({"ends_at": _("Enter an end after the start.")})
    session.full_clean()


def _validate_row(row: Any) -> None:
    """Raise ValidationError if a field of the row is invalid, or if its language isn't allowed there."""
    if isinstance(row, SessionText) and row.language == row.session.summit.language:
        message = _("This is the summit’s own language. Change the session instead.")
        raise ValidationError({"language": message})
    if isinstance(row, Interpretation):
        wrong = [name for name in ("source", "target") if not is_language_code(getattr(row, name))]
        if wrong:
            raise ValidationError(dict.fromkeys(wrong, _("Enter the code of a spoken language.")))
    row.full_clean()


def _store_session(session: Session, by: User, *, move_pinned: bool) -> bool:
    """Save the changed fields of an existing session, and return whether any field changed.

    Raises Pinned if the session is pinned and would move without `move_pinned`.
    """
    stored = Session.objects.select_related("room", "custom_kind").get(pk=session.pk)
    pairs = {name: (getattr(stored, name), getattr(session, name)) for name in FIELDS}
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    moved_fields = {"starts_at", "ends_at", "room"} & changed.keys()
    if stored.pinned and session.pinned and moved_fields and not move_pinned:
        raise Pinned
    if changed:
        session.save(update_fields=[*changed, "updated_at"])
        detail = audit.values(Session, changed)
        audit.record(
            by=by,
            action=SESSION_ACTIONS.change,
            target=session,
            summit=session.summit,
            fields=changed,
            detail=detail,
        )
    return bool(changed)


def _store_rows(session: Session, rows: Mapping[str, Rows], by: User) -> None:
    """Save the rows of a session, with one audit entry for each kind of row."""
    for name, changes in rows.items():
        for row in changes.gone:
            remove_slots([row.pk]) if isinstance(row, Slot) else row.delete()
        for row, fields in changes.changed:
            row.save(update_fields=list(fields))
        for row in changes.added:
            # A new session had no primary key yet when the row was created.
            row.session = session
            insert([row]) if isinstance(row, Slot) else row.save(force_insert=True)
        audit.record(
            by=by,
            action=SAVE_ROWS[name],
            target=session,
            summit=session.summit,
            fields={field for _row, fields in changes.changed for field in fields},
            detail={"added": len(changes.added), "changed": len(changes.changed), "removed": len(changes.gone)},
        )
