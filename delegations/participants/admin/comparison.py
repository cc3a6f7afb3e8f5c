"""The changes between two revisions of the list of participants, as rows of a table."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from delegations.participants.selectors.comparison import ComparedPerson, Difference
from summit.people.models import announced

Content = dict[str, Any]


@dataclass(frozen=True)
class ComparisonRow:
    """A row of the table of changes.

    `word` is the state ("added") and `sign` its symbol. `party` is the party's name, in the language `language`.
    `about` is the person's name, or "" if the party itself changed. `pairs` holds (label, old value, new value).
    """

    sign: str
    word: str
    party: str
    language: str
    about: str = ""
    pairs: tuple[tuple[str, str, str], ...] = ()


def rows_of(found: Difference, language: str) -> list[ComparisonRow]:
    """Return the rows for the changes in `found`, parties before people, with the parties' names in `language`."""
    added, removed = ("good", pgettext("in a list", "added")), ("bad", pgettext("in a list", "removed"))
    reordered = ("wait", _("order of people changed"))
    rows = [_row(added, party, language) for party in found.parties_added]
    rows += [_row(removed, party, language) for party in found.parties_gone]
    rows += [_changed(before, after, language) for before, after in found.parties_changed]
    rows += [_row(added, person.party, language, _name(person.member)) for person in found.people_added]
    rows += [_row(removed, person.party, language, _name(person.member)) for person in found.people_gone]
    rows += [_changed_person_row(person, language) for person in found.people_changed]
    rows += [_row(reordered, party, language) for party in found.reordered]
    return rows


def _row(
    state: tuple[str, str], party: Content, language: str, about: str = "", *, pairs: tuple[Any, ...] = ()
) -> ComparisonRow:
    name = party["names"].get(language) or next(iter(party["names"].values()))
    return ComparisonRow(*state, name["name"], name["language"], about, pairs)


def _name(member: Content) -> str:
    return announced(_("erased person") if member.get("erased") else member["name"], member["office"])


def _changed(before: Content, after: Content, language: str) -> ComparisonRow:
    """Return the row for a party with a changed name, footnote, place in the protocol order, or flag.

    Names are in the reader's language if they changed in it, or else in the first language in which they changed.
    """
    differing = [code for code in after["names"] if before["names"].get(code) != after["names"][code]]
    code = language if language in differing else next(iter(differing), language)
    labels = {"name": _("short name"), "formal": _("formal name"), "footnote": _("footnote"), "sort": _("order")}
    old, new = before["names"].get(code, {}), after["names"].get(code, {})
    pairs = [(label, old.get(key, ""), new.get(key, "")) for key, label in labels.items()]
    pairs += [(_("rank in the protocol order"), _place_label(before["order"]), _place_label(after["order"]))]
    pairs += [(_("flag"), before["flag"], after["flag"])]
    changed_pairs = tuple(pair for pair in pairs if pair[1] != pair[2])
    return _row(("wait", pgettext("in a list", "changed")), after, language, pairs=changed_pairs)


def _changed_person_row(person: ComparedPerson, language: str) -> ComparisonRow:
    labels = {"name": _("name"), "address": _("salutation"), "office": _("office held")}
    before = person.before or {}
    pairs = [(label, before.get(key, ""), person.member.get(key, "")) for key, label in labels.items()]
    old, new = (member.get("category", {}).get(language, "") for member in (before, person.member))
    pairs.append((_("category"), old, new))
    changed_pairs = tuple(pair for pair in pairs if pair[1] != pair[2])
    state = ("wait", pgettext("in a list", "changed"))
    return _row(state, person.party, language, _name(person.member), pairs=changed_pairs)


def _place_label(place: int | None) -> str:
    return "" if place is None else str(place)
