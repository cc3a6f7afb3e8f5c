"""Find out who uses the portal: by account, by a letter's link followed in this browser, or by a code sent by mail.

Everything is read from the database again for every request, so that revoked and disabled access ends at once.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from delegations.invitations.models.invitations import IN_FORCE, Invitation, InvitationLink
from delegations.liaison import selectors as liaison
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.permissions import people_with_access
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.parties.selectors import party_names
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import provider_sign_ins
from portal.browser_session import SUMMIT_KEY, log_access, sign_ins
from sessions.visibility.viewers import Members
from summit.audit.services import By, Link, Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.route_access import Access, Gate, attach, restrict_methods
from summit.permissions.rules import allows_own
from summit.summits.models import Summit
from summit.users.models import User

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Viewer:
    """A user of the portal in one summit.

    - `parties` are the parties that the viewer belongs to or acts for.
    - `people` are the viewer and the members of parties that the viewer acts for. The viewer sees their places in the
      agenda.
    - `invitations` are the open invitations of `parties`.
    - `assists` are the parties that the viewer looks after as a liaison officer of the host. The viewer may only open
      the page of each (`portal.views.liaison`).
    - `acts` has the parties that the viewer acts for: a dict from the party's primary key to the actor, in whose name
      an action is recorded. Only invitations of these parties may be answered.
    """

    summit: Summit
    parties: tuple[Party, ...]
    people: tuple[Person, ...]
    invitations: tuple[Invitation, ...]
    by: By
    acts: dict[int, By] = field(default_factory=dict)
    assists: tuple[Party, ...] = ()
    # The viewer's own name, if it is known, for use in forms.
    name: str = ""
    # The viewer's own person; None if the portal was opened by a letter's link.
    me: Person | None = None

    def may(self, action: str, party_id: int) -> bool:
        """Return whether the viewer may do `action` for one of `parties`.

        The viewer has the role of focal point for a party that they act for, otherwise the role of delegate.
        """
        return allows_own(action, [Role.FOCAL_POINT if party_id in self.acts else Role.DELEGATE])

    @property
    def reads_for(self) -> tuple[Party, ...]:
        """Those of `parties` whose places in the agenda the viewer may see."""
        return tuple(party for party in self.parties if self.may("agenda.agenda.view", party.pk))

    @property
    def members(self) -> Members:
        """The parties and people whose places in the agenda the viewer may see."""
        return Members.of(self.reads_for, self.people)

    def may_answer(self, invitation: Invitation) -> bool:
        """Return whether the viewer may answer the invitation: whether they act for the invited party."""
        return self.may("delegations.answer", invitation.party_id)


@dataclass
class _ViewerData:
    """The data about a user in one summit that was collected so far."""

    summit: Summit
    parties: dict[int, Party] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    acts: dict[int, By] = field(default_factory=dict)
    assists: list[Party] = field(default_factory=list)
    by: By | None = None
    name: str = ""
    me: Person | None = None
    # The person whose work as a liaison officer the user does here.
    officer: Person | None = None

    def act_for(self, party: Party, by: By) -> None:
        self.parties.setdefault(party.pk, party)
        self.acts.setdefault(party.pk, by)
        self.by = self.by or by


def viewers(request: HttpRequest) -> list[Viewer]:
    """Return a Viewer for each summit in which the user of the request has access, the newest summit first.

    Makes at most seven queries, whatever the number of summits, parties and people. Makes none for a browser without
    a session.
    """
    cached: list[Viewer] | None = getattr(request, "_portal_viewers", None)
    if cached is None:
        cached = _find_viewers(request)
        request._portal_viewers = cached  # type: ignore[attr-defined]
    return cached


def _find_viewers(request: HttpRequest) -> list[Viewer]:
    by_summit: dict[int, _ViewerData] = {}
    if isinstance(request.user, User) and request.user.is_active:
        _gather_account(by_summit, request.user)
    keys = sign_ins(request)
    if keys:
        _gather_sign_ins(by_summit, keys)
    if not by_summit:
        return []
    _leave_out_parties_that_left(by_summit.values())
    open_invitations = _open_invitations(by_summit.values())
    _gather_members(by_summit)
    _gather_assisted(by_summit)
    gathered = [_viewer(entry, open_invitations) for entry in by_summit.values()]
    listed = [viewer for viewer in gathered if viewer is not None]
    return sorted(listed, key=lambda viewer: (viewer.summit.starts_on, viewer.summit.pk), reverse=True)


def _gather_account(by_summit: dict[int, _ViewerData], user: User) -> None:
    people = people_with_access().filter(user=user).select_related("summit", "membership__party", "liaison_officer")
    for person in people:
        _gather_person(by_summit, person, user)
    if by_summit:
        rows = FocalPoint.objects.filter(person__user=user).select_related("party")
        for row in rows.order_by("party__sort_key", "pk"):
            if row.party.summit_id in by_summit:
                by_summit[row.party.summit_id].act_for(row.party, user)


def _gather_sign_ins(by_summit: dict[int, _ViewerData], keys: list[str]) -> None:
    rows = PortalSession.objects.live().filter(public_id__in=keys)
    related = (
        *("link__invitation__party__summit", "link__person"),
        *("person__summit", "person__membership__party", "person__liaison_officer"),
    )
    sessions_by_person: dict[int, PortalSession] = {}
    found = list(rows.select_related(*related).order_by("pk"))
    issuers = {row.issuer for row in found} - {""}
    # A provider opens the portal of its own delegations alone, whatever else its people belong to.
    parties = provider_sign_ins.parties_by_issuer(issuers) if issuers else {}
    for row in found:
        if row.link is not None:
            _gather_link(by_summit, row.link)
        elif row.person is not None:
            former = sessions_by_person.setdefault(row.person.pk, row)
            # A code opens everything that the person has, so it goes before a provider.
            if former.issuer and not row.issuer:
                sessions_by_person[row.person.pk] = row
    for row in sessions_by_person.values():
        assert row.person is not None  # noqa: S101 - those of links were left out
        membership = getattr(row.person, "membership", None)
        in_delegation = membership is not None and membership.party_id in parties.get(row.issuer, ())
        if not row.issuer or in_delegation:
            _gather_person(by_summit, row.person, Mailbox(row.public_id), elsewhere=not row.issuer)
    if sessions_by_person:
        points = FocalPoint.objects.filter(person__in=sessions_by_person).select_related("party")
        for point in points.order_by("party__sort_key", "pk"):
            row = sessions_by_person[point.person_id]
            if row.issuer and point.party_id not in parties.get(row.issuer, ()):
                continue
            entry = by_summit.setdefault(point.party.summit_id, _ViewerData(point.party.summit))
            entry.act_for(point.party, Mailbox(row.public_id))


def _gather_link(by_summit: dict[int, _ViewerData], link: InvitationLink) -> None:
    party = link.invitation.party
    entry = by_summit.setdefault(party.summit_id, _ViewerData(party.summit))
    entry.act_for(party, Link(link.public_id))
    if link.person is not None:
        entry.people.setdefault(link.person.pk, link.person)
        entry.name = entry.name or link.person.label


def _gather_person(by_summit: dict[int, _ViewerData], person: Person, by: By, *, elsewhere: bool = True) -> None:
    """Add a person, and the party that the person belongs to, to the data of the person's summit.

    Without `elsewhere`, what the person does for other parties as a liaison officer is left out.
    """
    entry = by_summit.setdefault(person.summit_id, _ViewerData(person.summit))
    entry.by = entry.by or by
    entry.people.setdefault(person.pk, person)
    entry.name = entry.name or person.label
    entry.me = entry.me or person
    entry.officer = entry.officer or (person if elsewhere else None)
    membership = getattr(person, "membership", None)
    if membership is not None:
        entry.parties.setdefault(membership.party_id, membership.party)


def _gather_members(by_summit: dict[int, _ViewerData]) -> None:
    """Add the members of the parties that the user acts for, because the user may see their places in the agenda."""
    by_party = {key: entry for entry in by_summit.values() for key in entry.acts}
    if by_party:
        rows = Membership.objects.filter(party__in=by_party).select_related("person")
        for row in rows.order_by("party_id", "position", "pk"):
            by_party[row.party_id].people.setdefault(row.person_id, row.person)


def _gather_assisted(by_summit: dict[int, _ViewerData]) -> None:
    """Add the parties that the user looks after as a liaison officer. Makes no query for other users."""
    found = [entry.officer for entry in by_summit.values() if entry.officer]
    officers = [officer for officer in found if hasattr(officer, "liaison_officer")]
    for party in liaison.assigned_parties(officers) if officers else ():
        entry = by_summit[party.summit_id]
        party.summit = entry.summit
        entry.assists.append(party)


def _leave_out_parties_that_left(entries: Iterable[_ViewerData]) -> None:
    """Remove the parties that have left their summit from the data. Makes one query."""
    keys = [key for entry in entries for key in entry.parties]
    standing = set(standing_parties().filter(pk__in=keys).values_list("pk", flat=True))
    for entry in entries:
        entry.parties = {key: party for key, party in entry.parties.items() if key in standing}
        entry.acts = {key: by for key, by in entry.acts.items() if key in standing}


def _open_invitations(entries: Iterable[_ViewerData]) -> dict[int, list[Invitation]]:
    """Return a dict from the primary keys of the entries' parties to their sent invitations in force."""
    parties = {key: party for entry in entries for key, party in entry.parties.items()}
    listed: dict[int, list[Invitation]] = {}
    for row in Invitation.objects.filter(party__in=parties, state__in=IN_FORCE).order_by("pk"):
        row.party = parties[row.party_id]
        listed.setdefault(row.party_id, []).append(row)
    return listed


def _viewer(entry: _ViewerData, open_invitations: dict[int, list[Invitation]]) -> Viewer | None:
    """Return the Viewer with the data that was collected in one summit. Return None if no access is left."""
    if entry.by is None or not (entry.parties or entry.people):
        return None
    return Viewer(
        summit=entry.summit,
        parties=tuple(entry.parties.values()),
        people=tuple(entry.people.values()),
        invitations=tuple(row for key in entry.parties for row in open_invitations.get(key, ())),
        by=entry.by,
        acts=entry.acts,
        assists=tuple(entry.assists),
        name=entry.name,
        me=entry.me,
    )


def choose(request: HttpRequest, listed: list[Viewer]) -> Viewer:
    """Return the viewer of the summit in `?summit=`, and store this choice in the browser's session.

    Without the parameter, return the viewer of the summit chosen before, otherwise of the newest summit. Raises
    Http404 if the user has no access to the summit in `?summit=`.
    """
    by_slug = {viewer.summit.slug: viewer for viewer in listed}
    slug = request.GET.get("summit", "")
    if slug:
        if slug not in by_slug:
            raise Http404
        if request.session.get(SUMMIT_KEY) != slug:
            request.session[SUMMIT_KEY] = slug
        return by_slug[slug]
    return by_slug.get(request.session.get(SUMMIT_KEY, ""), listed[0])


def portal_page(
    methods: str = "GET", *, kind: str = "", see: str = "", do: str = "", post: str = ""
) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Return a decorator for a page of the portal. It declares the page's route (`summit.permissions.route_access`).

    The view gets `request.viewer` and `request.viewers`. A request with another method than `methods` gets a 405. The
    view itself checks `see`, `do` and `post`, because they depend on the party of the object in the URL.
    """
    access = Access.of(Gate.PORTAL, methods, kind=kind, see=see, do=do, post=post)
    return lambda view: attach(restrict_methods(_viewer_required(view), access), access)


def _viewer_required(view: View) -> View:
    """Decorate a view so that it gets `request.viewer` and `request.viewers`.

    A stranger is redirected to sign in. A user gets a page that says whom to contact if the link has been closed, or
    if the account belongs to no person at a summit.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        listed = viewers(request)
        if listed:
            request.viewers = listed  # type: ignore[attr-defined]
            request.viewer = choose(request, listed)  # type: ignore[attr-defined]
            log_access(request)
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Summit-Reader", reader_of(listed))
        else:
            response = _nobody(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return wrapped


def reader_of(listed: Iterable[Viewer]) -> str:
    """Return a hash that identifies the user of the viewers without revealing who it is.

    The service worker (static/js/worker.js) stores pages for offline use, and deletes them when the hash changes.
    """
    return salted_hmac("portal.reader", " ".join(sorted({str(viewer.by) for viewer in listed}))).hexdigest()[:16]


def viewer_of(request: HttpRequest) -> Viewer:
    """Return the viewer that `portal_page` has found."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _nobody(request: HttpRequest) -> HttpResponse:
    keys = sign_ins(request)
    if keys and not request.user.is_authenticated:
        rows = PortalSession.objects.filter(public_id__in=keys).select_related("person__summit")
        last_session = rows.select_related("link__invitation__party__summit").order_by("pk").last()
        if last_session is not None and last_session.link is not None and last_session.ended_at is None:
            party = last_session.link.invitation.party
            context = {"reason": "closed", "party": party, "summit": party.summit, **party_names.alone_on_page(party)}
            return render(request, "portal/letter_links/problem.html", context, status=410)
        if last_session is not None and last_session.person is not None and last_session.ended_at is None:
            context = {"reason": "no longer", "summit": last_session.person.summit}
            return render(request, "portal/letter_links/problem.html", context, status=410)
    if request.user.is_authenticated:
        return render(request, "portal/no_delegation.html", status=403)
    return redirect_to_login(request.get_full_path())
