"""The main pages, and how many queries each takes: the same on a small summit as on a large one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest import mock

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.parties.models.parties import Party
from portal.demo import border_security
from press.published_texts.selectors import listed
from press.texts.models.texts import Text, TextKind
from sessions.agenda.models.releases import ReleasedParticipant, ReleasedRole, ReleasedSession
from sessions.agenda.selectors import released_agenda
from sessions.draft.models.sessions import Session
from summit.admin_base import dashboard
from summit.admin_base.dashboard import Phase
from summit.core.process_cache import forget_all
from summit.public_base import page_cache
from summit.summits.models import Summit

ANYBODY, FOCAL, ORGANISER = "anybody", "focal", "organiser"


@dataclass(frozen=True)
class Page:
    """A page by what it is called, who asks for it, and its address in a summit."""

    name: str
    who: str
    address: Callable[[Summit], str]


def _public(name: str, path: str) -> Page:
    return Page(name, ANYBODY, lambda summit: f"/{summit.slug}/{path}")


def _list(name: str, path: str, where: str = "summit__id__exact") -> Page:
    return Page(name, ORGANISER, lambda summit: f"/admin/{path}/?{where}={summit.pk}")


def _speech(summit: Summit) -> str:
    """The slug of a speech that everybody may read, in a session of which everybody may know."""
    public = ReleasedSession.objects.public(summit)
    places = ReleasedParticipant.objects.filter(role=ReleasedRole.SPEAKER, released_session__in=public.values("pk"))
    rows = listed(summit).filter(
        version__text__kind=TextKind.TRANSCRIPT,
        version__text__withdrawn_at=None,
        version__text__slot__public_id__in=places.values("slot_key"),
    )
    return rows.order_by("id")[0].version.text.slug


def _text(summit: Summit) -> int:
    """The key of a text of which there is an edition in the summit's language."""
    return Text.objects.filter(summit=summit, versions__language=summit.language).order_by("pk")[0].pk


def _session(summit: Summit) -> str:
    """The public id of a session with speeches, of which texts may be published."""
    rows = released_agenda.public_agenda(summit=summit).filter(participants__role=ReleasedRole.SPEAKER)
    return rows[0].session.public_id


def _full(summit: Summit) -> int:
    """The primary key of the session in which most delegations take part."""
    rows = Session.objects.filter(summit=summit).annotate(size=Count("participants")).order_by("-size", "pk")
    return rows[0].pk


def _party(summit: Summit) -> int:
    return Party.objects.filter(summit=summit, is_host=False).order_by("pk")[0].pk


def _of_delegation(rest: str) -> Page:
    """Return a page of the delegation for which the focal point of a demonstration acts."""

    def address(summit: Summit) -> str:
        acted = Party.objects.filter(summit=summit, focal_points__person__user__isnull=False)
        return f"/portal/delegation/{acted.order_by('pk')[0].public_id}/{rest}"

    return Page(f"delegation {rest}".strip(), FOCAL, address)


PAGES = (
    _public("public home", ""),
    _public("agenda", "agenda/"),
    Page("session", ANYBODY, lambda summit: f"/{summit.slug}/agenda/{_session(summit)}/"),
    _public("agenda as a grid", "agenda/grid/"),
    _public("changes of the agenda", "agenda/changes/"),
    _public("agenda.ics", "agenda.ics"),
    _public("schedule.json", "agenda/schedule.json"),
    _public("press list", "press/"),
    _public("press list narrowed", "press/?kind=transcript&language=en&since=2020-01-01"),
    _public("press search", "press/?q=text"),
    _public("press search that guesses", "press/?q=txet"),
    _public("feed narrowed", "press/feed.json?kind=transcript"),
    Page("text", ANYBODY, lambda summit: f"/{summit.slug}/press/{_speech(summit)}/"),
    Page("text as PDF", ANYBODY, lambda summit: f"/{summit.slug}/press/{_speech(summit)}.pdf"),
    _public("feed", "press/feed.atom"),
    Page("API: agenda", ANYBODY, lambda summit: f"/api/v1/summits/{summit.slug}/agenda/"),
    Page("API: changes", ANYBODY, lambda summit: f"/api/v1/summits/{summit.slug}/changes/"),
    Page("API: parties", ANYBODY, lambda summit: f"/api/v1/summits/{summit.slug}/parties/"),
    Page("API: texts", ANYBODY, lambda summit: f"/api/v1/summits/{summit.slug}/texts/"),
    Page("portal home", FOCAL, lambda summit: f"/portal/?summit={summit.slug}"),
    Page("my agenda", FOCAL, lambda summit: f"/portal/agenda/?summit={summit.slug}"),
    Page("all that I may see", FOCAL, lambda summit: f"/portal/agenda/?summit={summit.slug}&show=all"),
    Page("my changes", FOCAL, lambda summit: f"/portal/changes/?summit={summit.slug}"),
    *(_of_delegation(name) for name in ("", "people/", "people/table/", "overpasses/", "focal-points/")),
    Page("private calendars", FOCAL, lambda summit: f"/portal/calendars/?summit={summit.slug}"),
    Page("your personal data", FOCAL, lambda summit: f"/portal/held/?summit={summit.slug}"),
    Page("browsers of the portal", FOCAL, lambda summit: f"/portal/browsers/?summit={summit.slug}"),
    Page("admin home", ORGANISER, lambda summit: f"/admin/?summit={summit.slug}"),
    _list("party list", "delegations/party"),
    Page("party", ORGANISER, lambda summit: f"/admin/delegations/party/{_party(summit)}/change/"),
    Page("a party’s quotas", ORGANISER, lambda summit: f"/admin/delegations/party/{_party(summit)}/quotas/"),
    _list("parties that are full", "delegations/party", "quotas=full&summit__id__exact"),
    _list("member list", "delegations/membership", "party__summit__id__exact"),
    _list("category list", "delegations/category"),
    _list("invitation list", "delegations/invitation", "party__summit__id__exact"),
    _list("requests for focal points", "delegations/focalpointrequest", "party__summit__id__exact"),
    _list("transferable passes", "delegations/transferablepass", "party__summit__id__exact"),
    _list("uploaded tables", "delegations/delegationimportfile"),
    _list("parties as a file", "delegations/party/export"),
    _list("people as a file", "summit/person/export"),
    _list("invitations as a file", "delegations/invitation/export", "party__summit__id__exact"),
    _list("badge list", "delegations/badge", "party__summit__id__exact"),
    Page("who has no badge", ORGANISER, lambda summit: f"/admin/delegations/badge/issue/?summit={summit.slug}"),
    Page(
        "what waits to be passed on",
        ORGANISER,
        lambda summit: f"/admin/delegations/handover/waiting/?summit={summit.slug}",
    ),
    _list("session list", "agenda/session"),
    Page("board", ORGANISER, lambda summit: f"/admin/agenda/session/board/?summit={summit.slug}&day=all"),
    _list("text list", "press/text"),
    _list("outbox", "outbox/message"),
    # It asks once for each kind of row that it names: here one that both summits have.
    Page(
        "a day’s run", ORGANISER, lambda summit: f"/admin/press/text/run/?summit={summit.slug}&day={summit.starts_on}"
    ),
    Page(
        "editions compared",
        ORGANISER,
        lambda summit: f"/admin/press/text/{_text(summit)}/compare/?version={summit.language}&a=1&b=1",
    ),
    Page("calendar of embargoes", ORGANISER, lambda summit: f"/admin/press/text/embargoes/?summit={summit.slug}"),
    Page("audit", ORGANISER, lambda summit: f"/admin/summit/auditentry/?action=demo.load&summit={summit.slug}"),
    Page(
        "who saw personal data", ORGANISER, lambda summit: f"/admin/summit/auditentry/?show=seen&summit={summit.slug}"
    ),
    Page("who is invited", ORGANISER, lambda summit: f"/admin/setup/{summit.slug}/parties/"),
    Page("sessions to invite to", ORGANISER, lambda summit: f"/admin/delegations/session/{summit.slug}/"),
    Page(
        "whom to invite to a session",
        ORGANISER,
        lambda summit: f"/admin/delegations/session/{summit.slug}/?session={_session(summit)}",
    ),
    Page("next release", ORGANISER, lambda summit: f"/admin/agenda/release/prepare/{summit.slug}/"),
    Page("presence of heads today", ORGANISER, lambda summit: f"/admin/agenda/session/presence/{summit.slug}/"),
    Page("presence in a session", ORGANISER, lambda summit: f"/admin/agenda/session/{_full(summit)}/presence/"),
)


def client(who: str, summit: Summit) -> Client:
    """Return a browser in which somebody of a demonstration is signed in, or nobody."""
    browser = Client()
    if who != ANYBODY:
        domain = "summit.example" if summit.slug == border_security.SLUG else f"{summit.slug}.example"
        browser.force_login(get_user_model().objects.get(email=f"{who}@{domain}"))
    return browser


def count(page: Page, summit: Summit) -> int:
    """Return how many queries a page takes, asked for the second time: what is kept in the process is kept by then.

    Raises RuntimeError where it doesn't answer.
    """
    browser, address = client(page.who, summit), page.address(summit)
    browser.get(address)
    # What a page costs that isn't kept: the first one after each change.
    page_cache.PAGES.clear()
    forget_all()
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return len(queries)


def compare(small: Summit, large: Summit) -> Iterator[tuple[Page, int, int]]:
    """Yield each page with its queries on a small and on a large summit."""
    # The home's picture follows the phase of the summit: here both are in the same.
    with mock.patch.object(dashboard, "phase_of", return_value=Phase.COMPLETENESS):
        for page in PAGES:
            yield page, count(page, small), count(page, large)
