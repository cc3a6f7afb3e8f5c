"""Creating and changing parties, their names in other languages and their ids in other systems."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services.rows import store
from delegations.parties.models.parties import Party, PartyName
from delegations.parties.selectors import levels
from delegations.parties.services import external_ids
from delegations.parties.services.external_ids import Keys
from summit.audit import services as audit
from summit.audit.actions import AuditAction, row_actions
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

# The fields of a party that a desk can set. The protocol order is set for all parties together.
FIELDS = (
    *("kind", "is_host", "name", "formal_name", "sort_key", "salutation", "footnote"),
    *("recognised", "flag", "public_listing", "level", "iso_code", "language", "notes"),
    *("mission_email", "mission_name", "mission_contact", "mission_phone", "mission_address"),
)
NAME_FIELDS = ("name", "formal_name", "sort_key", "salutation", "footnote")
# A party's names and related texts: a dict from language to field values.
Names = Mapping[str, Mapping[str, str]]
PARTY_ACTIONS = row_actions(
    "delegations.party",
    add=gettext_lazy("added the delegation"),
    change=gettext_lazy("changed the delegation"),
    remove=gettext_lazy("deleted the delegation"),
)
PARTY_NAME_ACTIONS = row_actions(
    "delegations.partyname",
    add=gettext_lazy("added a name in another language"),
    change=gettext_lazy("changed the delegation’s name in another language"),
    remove=gettext_lazy("removed the delegation’s name in another language"),
)


def create(
    *, summit: Summit, values: Mapping[str, Any], names: Names | None = None, keys: Keys | None = None, by: User
) -> Party:
    """Create a party and return it.

    `names` is a dict from language to the fields of the name in this language. `keys` is a dict from system to the
    party's id in it. Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, "delegations.party.change", summit)
    party = Party(summit=summit, **_checked_values(values, FIELDS))
    with transaction.atomic():
        _lock(summit)
        party.full_clean()
        _check_level(party)
        party.save()
        audit.record(by=by, action=PARTY_ACTIONS.add, target=party, summit=summit, fields=list(values))
        _set_more(party, names, keys, by)
    return party


def change(
    *, party: Party, values: Mapping[str, Any], names: Names | None = None, keys: Keys | None = None, by: User
) -> Party:
    """Change some fields of a party and return it as it is now. Only values that differ are recorded in the audit.

    If `names` or `keys` are given, they replace all stored ones (see `set_names` and `set_keys`). Raises
    PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, "delegations.party.change", party.summit)
    with transaction.atomic():
        row = store_values(party, values, by)
        _set_more(row, names, keys, by)
    return row


def store_values(party: Party, values: Mapping[str, Any], by: By) -> Party:
    """Store some fields of a party, record those that differ in the audit, and return the party as it is now.

    The caller must have checked the permission of `by`. Raises ValidationError with the problems by field.
    """
    with transaction.atomic():
        # A second change waits here, so that the audit records the right old and new values.
        row = Party.objects.select_for_update(of=("self",)).select_related("summit").get(pk=party.pk)
        changed = _set_values(row, _checked_values(values, FIELDS))
        if changed:
            row.full_clean()
            # Only a changed level is checked: an old level that is no longer allowed mustn't prevent other changes.
            if {"kind", "level"} & set(changed):
                _check_level(row)
            row.save(update_fields=list(changed))
            audit.record(
                by=by,
                action=PARTY_ACTIONS.change,
                target=row,
                summit=row.summit,
                fields=list(changed),
                detail=audit.values(Party, changed),
            )
    return row


def _set_more(party: Party, names: Names | None, keys: Keys | None, by: User) -> None:
    if names is not None:
        set_names(party=party, names=names, by=by)
    if keys is not None:
        set_keys(party=party, keys=keys, by=by)


def set_names(*, party: Party, names: Names, by: User) -> None:
    """Set a party's names in languages other than the summit's first; `names` is a dict by language.

    Names in languages that aren't in `names` are deleted. Raises PermissionDenied, ValidationError.
    """
    check(by, "delegations.partyname.change", party.summit)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        _check_language(party, names)
        stored = {row.language: row for row in party.names.all()}
        removed = [row for language, row in stored.items() if language not in names]
        entries = [_entry(row, party, by, action=PARTY_NAME_ACTIONS.remove) for row in removed]
        PartyName.objects.filter(pk__in=[row.pk for row in removed]).delete()
        for language, values in names.items():
            row = stored.get(language) or PartyName(party=party, language=language)
            verb, fields = store(row, _checked_values(values, NAME_FIELDS))
            if verb == "add":
                entries.append(_entry(row, party, by, fields, action=PARTY_NAME_ACTIONS.add))
            elif fields:
                entries.append(_entry(row, party, by, fields, action=PARTY_NAME_ACTIONS.change))
        audit.record_many(entries)


def add_names(*, summit: Summit, language: str, names: Mapping[int, str], by: User) -> int:
    """Add short names in a language to parties that have no name in it, and return how many were added.

    `names` is a dict from the parties' primary keys to the names, which a desk has confirmed. A party that got a name
    in the meantime keeps that name. Raises PermissionDenied, ValidationError.
    """
    check(by, "delegations.partyname.change", summit)
    with transaction.atomic():
        _lock(summit)
        rows = Party.objects.filter(summit=summit, pk__in=names).exclude(names__language=language)
        unnamed = rows.select_related("summit").order_by("pk")
        new_names = [PartyName(party=party, language=language, name=names[party.pk].strip()) for party in unnamed]
        for row in new_names:
            _check_language(row.party, [language])
            # Unique checks would take a query for each party, and none of them has a name in this language.
            row.full_clean(validate_unique=False, validate_constraints=False, exclude=["party"])
        PartyName.objects.bulk_create(new_names)
        audit.record_many([_entry(row, row.party, by, action=PARTY_NAME_ACTIONS.add) for row in new_names])
    return len(new_names)


def set_keys(*, party: Party, keys: Keys, by: User) -> None:
    """Set a party's ids in other systems; `keys` is a dict from system to id.

    Ids in systems that aren't in `keys` are deleted. Raises PermissionDenied, ValidationError.
    """
    external_ids.set_keys(of=party, keys=keys, by=by)


def _check_level(party: Party) -> None:
    unfit = levels.problem(party.level, party.kind)
    if unfit:
        raise ValidationError({"level": unfit})


def _lock(summit: Summit) -> None:
    """Lock the summit, so that others who enter parties, names or ids wait, and then find the new rows."""
    Summit.objects.select_for_update().get(pk=summit.pk)


def _checked_values(values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    unknown = set(values) - set(fields)
    if unknown:
        raise ValueError(f"not a desk's to set: {', '.join(sorted(unknown))}")
    return dict(values)


def _set_values(row: models.Model, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set fields of a row without saving. Return the changed fields, as a dict from field to (old, new)."""
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_was, value) in changed.items():
        setattr(row, name, value)
    return changed


def _entry(
    row: models.Model, party: Party, by: User, fields: Iterable[str] = (), *, action: AuditAction
) -> AuditEntry:
    return audit.entry(by=by, action=action, target=row, summit=party.summit, fields=fields, part_of=party)


def _check_language(party: Party, languages: Iterable[str]) -> None:
    known = dict(settings.LANGUAGES)
    for language in languages:
        if language not in known:
            message = _("“%(language)s” is not a letter language.") % {"language": language}
            raise ValidationError({"language": message})
        if language == party.summit.language:
            message = _("This is the summit’s first language. Change the name on the delegation itself.")
            raise ValidationError({"language": message})


def lock_all(summit: Summit) -> None:
    """Lock all parties of a summit, so that nobody can be named for them until the transaction ends."""
    list(Party.objects.select_for_update().filter(summit=summit).order_by("pk").values_list("pk", flat=True))
