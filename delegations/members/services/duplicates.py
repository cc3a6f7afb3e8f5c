"""Finding people who may be entered already, before the same person is entered twice.

A focal point must not learn of another party's people, not even that such a person exists. Hits among those people
only go to protocol's list (`record`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.duplicates import DuplicateCandidate, DuplicateReason
from delegations.members.permissions import can_act
from delegations.members.person_field_groups import party_of
from delegations.members.services import passport_digests
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By, System
from summit.core.text_normalisation import Fold, fold
from summit.people.models import Person
from summit.permissions.rules import allows, check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.duplicatecandidate.change"
# At most this many hits are returned: a longer list doesn't help anybody to choose.
MOST = 20
# Parts of a name shorter than this, such as "al" and "de", don't make two names similar.
SHORTEST = 3
# Han, kana and hangul.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
TELL_APART = audit_action("delegations.tell_apart", gettext_lazy("marked two people as not duplicates"))


@dataclass(frozen=True)
class DuplicateHit:
    """An entered person who may be the same as the person to be entered, with their party and the reason."""

    person: Person
    party: Party | None
    why: DuplicateReason

    @property
    def sentence(self) -> str:
        """A sentence that names the person, their party and the reason."""
        facts = {"person": self.person.label, "party": self.party.name if self.party else "", "why": self.why.label}
        if self.party is None:
            return _("%(person)s already exists, in no delegation: %(why)s.") % facts
        return _("%(person)s already exists in %(party)s: %(why)s.") % facts


def name_words(name: Any) -> frozenset[str]:
    """Return the words of a name in lower case and without accents, in no order."""
    return frozenset(re.findall(r"\w+", fold(str(name or ""))))


def is_single(name: frozenset[str]) -> bool:
    """Return whether a name is a single word, which many people share.

    Names in scripts that put no spaces between words don't count as single.
    """
    return len(name) == 1 and not _UNSPACED.search(next(iter(name)))


def similar(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two names share a word of at least `SHORTEST` letters."""
    return any(len(word) >= SHORTEST for word in one & other)


def find_duplicates(
    *, summit: Summit, values: Mapping[str, Any], exclude: Person | None = None
) -> list[DuplicateHit]:
    """Return the people of a summit who may be the person described by `values`, the most likely first.

    People are compared by their name, in any order and without accents and capitals, and by their passport number.
    The date of birth and the mailbox count only together with a part of the name. `exclude` is never returned. Makes
    one query, whatever the summit's size. The query reads the names of the whole summit, which takes some
    milliseconds for some thousand people.
    """
    words = name_words(values.get("name"))
    passports = passport_digests.possible_digests("passport", summit.pk, values.get("passport_number"))
    births = passport_digests.possible_digests("birth", summit.pk, values.get("birth_date"))
    email = str(values.get("email") or "").strip().lower()
    rows = _candidates(summit, words, passports, births, email)
    if exclude is not None:
        rows = rows.exclude(pk=exclude.pk)
    candidates = [(row, _why(row, words, passports, births, email)) for row in rows[: MOST * 5]]
    hits = [DuplicateHit(row, party_of(row), reason) for row, reason in candidates if reason is not None]
    order = list(DuplicateReason)
    return sorted(hits, key=lambda hit: (order.index(hit.why), hit.person.pk))[:MOST]


def _candidates(
    summit: Summit, words: frozenset[str], passports: list[str], births: list[str], email: str
) -> QuerySet[Person]:
    folded = Fold("name")
    rows = Person.objects.filter(summit=summit).alias(folded=folded)
    condition = Q(pk__in=[])
    shared = Q(pk__in=[])
    for word in words:
        shared |= Q(folded__contains=word) if len(word) >= SHORTEST else Q(pk__in=[])
    if words:
        condition |= Q(*(Q(folded__contains=word) for word in sorted(words)))
    if passports:
        condition |= Q(particulars__passport_digest__in=passports)
    if births:
        condition |= Q(particulars__birth_digest__in=births) & shared
    if email:
        condition |= Q(email__iexact=email) & shared
    related = ("membership__party", "particulars__entered_for")
    return rows.filter(condition).select_related(*related).order_by("pk")


def _why(
    row: Person, words: frozenset[str], passports: list[str], births: list[str], email: str
) -> DuplicateReason | None:
    particulars: Any = getattr(row, "particulars", None)
    other_words = name_words(row.name)
    if particulars is not None and particulars.passport_digest in passports:
        return DuplicateReason.PASSPORT
    if particulars is not None and particulars.birth_digest in births and similar(words, other_words):
        return DuplicateReason.BIRTH
    if words and words == other_words:
        return DuplicateReason.NAME
    if email and row.email.lower() == email and similar(words, other_words):
        return DuplicateReason.EMAIL
    return None


def split_by_visibility(
    by: By, hits: Iterable[DuplicateHit], party: Party | None
) -> tuple[list[DuplicateHit], list[DuplicateHit]]:
    """Return two lists: the hits that `by` may learn of, and the other hits.

    A desk that may see people learns of all hits. A focal point of `party` learns only of hits among that party's
    people.
    """
    all_hits = list(hits)
    desk = isinstance(by, User) and all(allows(by, "summit.person.view", hit.person.summit_id) for hit in all_hits)
    if isinstance(by, System) or desk:
        return all_hits, []
    acts_for_party = party is not None and can_act(by, "delegations.enter_person", party)
    visible = [
        hit
        for hit in all_hits
        if acts_for_party and party is not None and hit.party is not None and hit.party.pk == party.pk
    ]
    return visible, [hit for hit in all_hits if hit not in visible]


def record(*, person: Person, hits: Iterable[DuplicateHit]) -> None:
    """Add pairs of a person and each hit to protocol's list. Pairs that are on the list already aren't added
    again."""
    hits_by_person = {hit.person.pk: hit for hit in hits}
    if hits_by_person:
        # The pair may be stored the other way round.
        stored = set(
            DuplicateCandidate.objects.filter(person__in=hits_by_person, other=person).values_list(
                "person", flat=True
            )
        )
        rows = [DuplicateCandidate(person=person, other=hit.person, why=hit.why) for hit in hits_by_person.values()]
        DuplicateCandidate.objects.bulk_create(
            [row for row in rows if row.other_id not in stored], ignore_conflicts=True
        )


def waiting(summit: Summit) -> QuerySet[DuplicateCandidate]:
    """Return the undecided pairs of a summit's people who may be the same person."""
    return DuplicateCandidate.objects.filter(person__summit=summit, decided_at__isnull=True)


def sentence(number: int) -> str:
    """Return a sentence that says how many people may be entered twice."""
    message = ngettext(
        "%(n)d possible duplicate to check.",
        "%(n)d possible duplicates to check.",
        number,
    )
    return message % {"n": number}


def decide(*, rows: Iterable[DuplicateCandidate], by: User) -> int:
    """Mark pairs as two different people, and return how many of the pairs were undecided.

    The caller fetches the rows with their persons. Raises PermissionDenied.
    """
    decided = 0
    for row in rows:
        check(by, CHANGE, row.person.summit_id)
        open_rows = DuplicateCandidate.objects.filter(pk=row.pk, decided_at__isnull=True)
        if open_rows.update(decided_at=Now(), decided_by=by):
            decided += 1
            audit.record(
                by=by,
                action=TELL_APART,
                target=row.person,
                summit=row.person.summit,
                detail={"rows": [audit.name_of(row.other)]},
            )
    return decided
