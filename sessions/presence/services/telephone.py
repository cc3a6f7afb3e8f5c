"""Telling a delegation by telephone what has changed, so that it leaves the list of those who aren't reached."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release, ReleaseEntry
from sessions.draft.permissions import check_can_run_day
from sessions.presence.models import ToldByTelephone
from sessions.presence.services.marks import PresenceRefused
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.people.models import Person
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.undo.kinds import undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User


def _told(facts: Facts) -> str:
    sessions = facts.named("agenda.session")
    if not sessions:
        return _("told by telephone what has changed in the agenda")
    return _("told by telephone what has changed in “%(session)s”") % {"session": sessions[0]}


TELL = audit_action(
    "agenda.telephone.tell", _told, label=gettext_lazy("told by telephone what has changed in the agenda")
)
UNTELL = audit_action("agenda.telephone.take_back", gettext_lazy("took back that a change was told by telephone"))


def record_told(
    *, summit: Summit, to: Party | Person, news: Collection[tuple[int, int]], by: User
) -> list[ToldByTelephone]:
    """Record that a party, or a person without one, was told of changes. Return the rows that are new.

    `news` are pairs of the primary keys of a session and of the release that changed it. What is recorded already
    isn't recorded again. Raises PermissionDenied, and PresenceRefused if nothing is left to record.
    """
    check_can_run_day(by, summit)
    whom = {"party": to} if isinstance(to, Party) else {"person": to}
    sessions = {session for session, _release in news}
    releases = Release.objects.filter(summit=summit, pk__in={release for _session, release in news})
    known = set(releases.values_list("pk", flat=True))
    had = set(
        ReleaseEntry.objects.filter(release__summit=summit, session__in=sessions).values_list("session_id", flat=True)
    )
    with transaction.atomic():
        rows = [
            ToldByTelephone(session_id=session, release_id=release, by=by, **whom)
            for session, release in sorted(set(news))
            if session in had and release in known
        ]
        told = ToldByTelephone.objects.filter(taken_back_at=None, **whom)
        before = set(told.values_list("session_id", "release_id"))
        rows = [row for row in rows if (row.session_id, row.release_id) not in before]
        # Of two who tell it at once, one records it.
        ToldByTelephone.objects.bulk_create(rows, ignore_conflicts=True)
        keys = [(row.session_id, row.release_id) for row in rows]
        stored = [
            row
            for row in told.filter(by=by).select_related("session").order_by("pk")
            if (row.session_id, row.release_id) in keys
        ]
        if not stored:
            raise PresenceRefused(_("This is already recorded as told. Reload the page."))
        entry = audit.record(
            by=by,
            action=TELL,
            target=to,
            summit=summit,
            detail={"rows": [audit.name_of(row.session) for row in stored]},
        )
        undo.offer(entry, {"rows": [row.pk for row in stored]})
    return stored


def take_back(*, rows: Sequence[ToldByTelephone], by: User) -> int:
    """Take back that a party or person was told, and return how many rows that ended. All rows are of one of them.

    Raises PermissionDenied.
    """
    if not rows:
        return 0
    summit = rows[0].release.summit
    check_can_run_day(by, summit)
    with transaction.atomic():
        live = ToldByTelephone.objects.filter(pk__in=[row.pk for row in rows], taken_back_at=None)
        number = live.update(taken_back_at=Now(), taken_back_by=by)
        to = rows[0].party or rows[0].person
        if number and to is not None:
            audit.record(by=by, action=UNTELL, target=to, summit=summit)
    return number


@undoes(
    TELL,
    permission="agenda.run_day",
    done=lambda n: ngettext("%(n)d call taken back.", "%(n)d calls taken back.", n) % {"n": n},
    instead=gettext_lazy("Call again if the delegation doesn’t know."),
)
def _undo_told(step: UndoStep, by: User) -> str:
    rows = ToldByTelephone.objects.filter(pk__in=step.data["rows"])
    if not take_back(rows=list(rows.select_related("release__summit", "party", "person")), by=by):
        raise changed_since(step)
    return ""
