"""The changes between two revisions of the list of participants."""

from dataclasses import dataclass, field
from typing import Any

Content = dict[str, Any]


@dataclass(frozen=True)
class ComparedPerson:
    """A person in the list with their party. `before` is the person's former content, or None if nothing changed."""

    party: Content
    member: Content
    before: Content | None = None


@dataclass(frozen=True)
class Difference:
    """Parties and people that were added, removed or changed. It is false if nothing changed.

    If a party was added or removed, its people aren't listed separately.
    """

    parties_added: list[Content] = field(default_factory=list)
    parties_gone: list[Content] = field(default_factory=list)
    # Pairs of the party before and after.
    parties_changed: list[tuple[Content, Content]] = field(default_factory=list)
    people_added: list[ComparedPerson] = field(default_factory=list)
    people_gone: list[ComparedPerson] = field(default_factory=list)
    people_changed: list[ComparedPerson] = field(default_factory=list)
    # Parties with the same people in another order.
    reordered: list[Content] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)


def differences(old: Content | None, new: Content) -> Difference:
    """Return the changes from `old` to `new`. If `old` is None, everything is added."""
    found = Difference()
    before = _parties(old)
    after = _parties(new)
    found.parties_added.extend(party for key, party in after.items() if key not in before)
    found.parties_gone.extend(party for key, party in before.items() if key not in after)
    for key, party in after.items():
        if key in before:
            _compare(before[key], party, found, _category_names(old, new))
    return found


def _parties(content: Content | None) -> dict[str, Content]:
    return {party["key"]: party for party in (content or {}).get("parties", [])}


def _category_names(old: Content | None, new: Content) -> tuple[Content, Content]:
    """Return the names of the categories in each of the two revisions."""
    return (old or {}).get("categories", {}), new["categories"]


def _compare(before: Content, after: Content, found: Difference, category_names: tuple[Content, Content]) -> None:
    if {**before, "members": None} != {**after, "members": None}:
        found.parties_changed.append((before, after))
    old = {member["key"]: _with_category_names(member, category_names[0]) for member in before["members"]}
    new = {member["key"]: _with_category_names(member, category_names[1]) for member in after["members"]}
    found.people_added.extend(ComparedPerson(after, member) for key, member in new.items() if key not in old)
    found.people_gone.extend(ComparedPerson(after, member) for key, member in old.items() if key not in new)
    found.people_changed.extend(
        ComparedPerson(after, member, old[key]) for key, member in new.items() if key in old and old[key] != member
    )
    if [key for key in old if key in new] != [key for key in new if key in old]:
        found.reordered.append(after)


def _with_category_names(member: Content, category_names: Content) -> Content:
    """Return a member with the names of the category in place of its key, because readers see the names."""
    return {**member, "category": category_names.get(str(member["category"]), {})}
