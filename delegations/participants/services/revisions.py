"""Making numbered, frozen revisions of the list of participants.

A revision holds only what a list of participants prints. It has the parties that accepted, with their names in all
languages. Of each party it has the confirmed people who count towards the total, by name, form of address, office and
category. It has no mailboxes, passports or flights. Order, language and format are chosen when a file is made
(delegations.participants.selectors.listing).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.selectors.taking_part import has_accepted
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.participants.models import ParticipantList
from delegations.participants.selectors.comparison import Difference, differences
from delegations.parties.models.parties import Party, PartyKind
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.people.models import Person
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.participantlist.change"
Content = dict[str, Any]


def _listed(facts: Facts) -> str:
    numbers = {"number": int(facts.detail.get("number", 0))}
    if facts.detail.get("final"):
        return _("created revision %(number)d of the list of participants (final)") % numbers
    return _("created revision %(number)d of the list of participants (provisional)") % numbers


FREEZE_LIST = audit_action("delegations.freeze_list", _listed, label=gettext_lazy("created a list of participants"))


class NothingToFreeze(ValueError):
    """Nothing has changed since the last revision, or no party has accepted. The message is a sentence for the
    user."""


class FinalRevisionExists(ValueError):
    """A provisional revision can't follow a final one. The message is a sentence for the user."""


class ListChanged(ValueError):
    """The list has changed since the user saw it. The message is a sentence for the user."""


def latest(summit: Summit) -> ParticipantList | None:
    """Return the newest revision of a summit, or None if there is none yet."""
    return ParticipantList.objects.filter(summit=summit).order_by("-number").first()


def content_of(row: ParticipantList) -> Content:
    """Return the content of a revision."""
    found: Content = json.loads(row.content)
    return found


def listed_parties(summit: Summit) -> QuerySet[Party]:
    """Return the parties on the list: the host, and the parties that answered that they attend.

    A party with a revoked invitation isn't included.
    """
    return Party.objects.filter(summit=summit, pk__in=has_accepted().values("pk"))


# The members on the list: those who count towards the total and are confirmed. A single guest confirms by accepting.
NAMED = Q(category__counts=True) & (Q(confirmed_at__isnull=False) | Q(party__kind=PartyKind.GUEST))


@dataclass(frozen=True)
class OmittedCounts:
    """How many parties and people would be left out of a list that is made now.

    These are parties that named people and haven't answered, and people of listed parties who aren't confirmed.
    """

    parties: int
    people: int


def count_omitted(summit: Summit) -> OmittedCounts:
    """Return how many parties and people would be left out of a list that is made now. Makes two queries."""
    members = Membership.objects.filter(category__counts=True, party__summit=summit).order_by()
    open_invitations = Invitation.objects.filter(
        party__summit=summit, occasion="", state=InvitationState.SENT
    ).values("party")
    listed = members.filter(party__in=listed_parties(summit).values("pk"))
    return OmittedCounts(
        parties=members.filter(party__in=open_invitations, party__is_host=False).aggregate(
            n=Count("party", distinct=True)
        )["n"],
        people=listed.exclude(NAMED).count(),
    )


def gather(summit: Summit) -> Content:
    """Return the content of a revision that is made now. The number of queries is constant."""
    policy = Policy.objects.of(summit)
    members = Membership.objects.filter(NAMED).select_related("person")
    parties = (
        listed_parties(summit)
        .select_related("summit")
        .prefetch_related(
            "names",
            Prefetch("memberships", members.order_by("position", "category__position", "pk"), to_attr="listed"),
        )
        .order_by("sort_key", "pk")
    )
    party_rows = [_party(row, policy) for row in parties]
    codes = {member["category"] for party in party_rows for member in party["members"]}
    return {
        "summit": _called(summit),
        "categories": _categories(summit, codes),
        "parties": party_rows,
    }


def _called(summit: Summit) -> Content:
    """Return the summit's names in its first language, and in each other language in which it has names."""
    names = {code: summit.named(code) for code in summit.names if code != summit.language}
    names_by_language = {
        code: {"name": named.name, "short": named.short_name, "language": named.language}
        for code, named in names.items()
    }
    return {"name": summit.name, "short": summit.short_name, "language": summit.language, "names": names_by_language}


def _party(row: Any, policy: Policy) -> Content:
    names = {code: party_names.named(row, policy=policy, language=code) for code, _name in settings.LANGUAGES}
    return {
        "key": row.public_id,
        "kind": row.kind,
        "host": row.is_host,
        "order": row.protocol_order,
        "flag": names[row.summit.language].flag,
        "names": {
            code: {
                "name": name.name,
                "formal": name.formal_name,
                "sort": name.sort_key,
                "footnote": name.footnote,
                "language": name.language,
            }
            for code, name in names.items()
        },
        "members": [_member(member) for member in row.listed],
    }


def _member(row: Membership) -> Content:
    return {
        "key": row.person.public_id,
        "name": row.person.name,
        "address": row.person.form_of_address,
        "office": row.person.office,
        "category": row.category_id,
    }


def _categories(summit: Summit, keys: Iterable[int]) -> Content:
    """Return a dict from the categories' primary keys to their names by language.

    The keys are strings, because JSON has no other keys.
    """
    rows = list(Category.objects.filter(pk__in=list(keys), summit=summit).order_by("position", "pk"))
    names_by_key: Content = {str(row.pk): {} for row in rows}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for row in rows:
                names_by_key[str(row.pk)][code] = row.name
    return names_by_key


def digest(content: Content) -> str:
    """Return a hash of the content. `freeze` compares it with the digest that it expects."""
    packed = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def since_last(row: ParticipantList) -> Difference:
    """Return the changes of a revision from the previous one. In the first revision, everything is added."""
    previous = ParticipantList.objects.filter(summit=row.summit_id, number__lt=row.number).order_by("-number").first()
    return differences(content_of(previous) if previous else None, content_of(row))


def freeze(*, summit: Summit, by: User, final: bool = False, note: str = "", expected: str = "") -> ParticipantList:
    """Make the next revision of a summit's list and return it.

    If two users make one at once, the second waits, and then finds the revision of the first. Raises:

    - PermissionDenied,
    - FinalRevisionExists if a provisional revision would follow a final one,
    - NothingToFreeze if nothing changed since the last revision, or if no party has accepted,
    - ListChanged if `expected` is given and isn't the digest of the content.
    """
    check(by, CHANGE, summit)
    with transaction.atomic():
        lock(summit)
        last, content = latest(summit), gather(summit)
        if last and last.final and not final:
            raise FinalRevisionExists(
                _("Revision %(number)d is final, so only another final revision can follow it.")
                % {"number": last.number}
            )
        if last and last.final == final and not differences(content_of(last), content):
            raise NothingToFreeze(_("Nothing has changed since revision %(number)d.") % {"number": last.number})
        if not content["parties"]:
            raise NothingToFreeze(_("No delegation has accepted yet. Record an answer first."))
        if expected and expected != digest(content):
            raise ListChanged(_("The list changed after you opened this page. Check it, then create it."))
        revision = ParticipantList.objects.create(
            summit=summit,
            number=last.number + 1 if last else 1,
            final=final,
            note=note.strip(),
            made_by=by,
            content=json.dumps(content, ensure_ascii=False),
        )
        audit.record(
            by=by,
            action=FREEZE_LIST,
            target=revision,
            summit=summit,
            detail={"number": revision.number, "final": final, **_numbers(content)},
        )
    return revision


def _numbers(content: Content) -> dict[str, int]:
    parties = content["parties"]
    return {"parties": len(parties), "people": sum(len(party["members"]) for party in parties)}


def that_name(person: Person) -> list[ParticipantList]:
    """Return the revisions that name a person. Revisions in which the person's name is erased aren't included."""
    rows = ParticipantList.objects.filter(summit=person.summit_id).order_by("number")
    return [row for row in rows if any(member["key"] == person.public_id for member in _named(content_of(row)))]


def forget(person: Person) -> int:
    """Erase a person's name and form of address in all revisions, and return how many revisions named them.

    Revisions can't be changed, so each row is deleted and inserted again with the same other values.
    """
    revisions = that_name(person)
    for row in revisions:
        content = content_of(row)
        for member in _named(content):
            if member["key"] == person.public_id:
                member.update({"name": "", "address": "", "erased": True})
        row.content = json.dumps(content, ensure_ascii=False)
        ParticipantList.objects.filter(pk=row.pk).delete()
        ParticipantList.objects.bulk_create([row])
    return len(revisions)


def _named(content: Content) -> list[Content]:
    people = [member for party in content["parties"] for member in party["members"]]
    return [member for member in people if not member.get("erased")]


def lock(summit: Summit) -> None:
    """Lock the summit, so that others who make a revision of its list wait until the transaction ends."""
    Summit.objects.select_for_update().get(pk=summit.pk)
