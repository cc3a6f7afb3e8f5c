"""Converts changes to the JSON that a message stores, and back, so that sending the message needs no query."""

from datetime import datetime
from typing import Any

from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot

# The facts of a session in a message, besides its identity, times and participants.
_KEPT = (
    *("key", "sequence", "kind", "title", "summary", "times_known", "room_name", "venue_name", "visibility"),
    *("media", "capacity", "sign_up", "opening", "zone"),
)
_LISTS = ("kind_names", "texts", "audiences", "languages", "documents")


def to_facts(change: SessionChange) -> dict[str, Any]:
    """Return a change as a JSON object. It has participants only if they differ."""
    same_places = change.before is None or change.after is None or change.before.places == change.after.places
    return {
        "nature": change.nature.value,
        "before": change.before and _state(change.before, with_places=not same_places),
        "after": change.after and _state(change.after, with_places=not same_places),
        "waiting": change.waiting,
    }


def _state(session: Snapshot, *, with_places: bool) -> dict[str, Any]:
    return {
        **{name: getattr(session, name) for name in _KEPT},
        **{name: [list(entry) for entry in getattr(session, name)] for name in _LISTS},
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "places": [[place.role, *place.reads] for place in session.places] if with_places else [],
    }


def from_facts(facts: dict[str, Any]) -> SessionChange:
    """Return the change from a JSON object that `to_facts` returned."""
    states = _read(facts["before"]), _read(facts["after"])
    return SessionChange(Nature(facts["nature"]), *states, waiting=facts.get("waiting", False))


def _read(facts: dict[str, Any] | None) -> Snapshot | None:
    if facts is None:
        return None
    places = tuple(
        ParticipantSnapshot(role, None, None, "", label, party_label, title, minutes, *level)
        for role, label, party_label, title, minutes, *level in facts["places"]
    )
    # A message stored by an earlier version may not have newer facts.
    lists: dict[str, Any] = {name: tuple(tuple(entry) for entry in facts.get(name, ())) for name in _LISTS}
    times: dict[str, Any] = {name: datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at")}
    fields = {name: facts[name] for name in _KEPT if name in facts}
    return Snapshot(session_id=0, places=places, **fields, **lists, **times)
