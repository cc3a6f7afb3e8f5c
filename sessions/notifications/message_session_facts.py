"""The facts about a session and its summit that a message about this session stores."""

from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import change_descriptions
from sessions.agenda.selectors.differences import Span
from sessions.agenda.selectors.snapshots import Snapshot
from summit.core.languages import spoken
from summit.summits.models import Summit


class SummitFacts(TypedDict):
    """The facts about a summit. `contact` is the address for questions."""

    slug: str
    name: str
    zone: str
    place: str
    contact: str


class SessionFacts(TypedDict):
    """The facts about a session, as a message's readers may know it. `texts` has its titles by language."""

    key: str
    kind: str
    kind_names: Any
    title: str
    texts: Any
    starts_at: str
    ends_at: str
    times_known: bool
    room: str


def summit_facts(summit: Summit, language: str) -> SummitFacts:
    """Return the facts about a summit that a message stores, with names in the mail's language."""
    names = summit.named(spoken(language))
    return {
        "slug": summit.slug,
        "name": names.name,
        "zone": summit.time_zone,
        "place": names.place,
        "contact": summit.contact_email,
    }


def session_facts(key: str, shown: ReleasedSession | Snapshot) -> SessionFacts:
    """Return the facts about a session that a message stores.

    `key` is the session's public id. `shown` must be reduced to what the message's readers may know.
    """
    return {
        "key": key,
        "kind": shown.kind,
        "kind_names": shown.kind_names,
        "title": shown.title,
        "texts": shown.texts,
        "starts_at": shown.starts_at.isoformat(),
        "ends_at": shown.ends_at.isoformat(),
        "times_known": shown.times_known,
        "room": ", ".join(part for part in (shown.room_name, shown.venue_name) if part),
    }


def context_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the template context of a session from a message's frozen facts, in the active language.

    Makes no query.
    """
    where = change_descriptions.Zones.of(facts["summit"]["place"], facts["summit"]["zone"])
    starts_at, ends_at = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    language = spoken(get_language() or "")
    titles = {code: title for code, title, _summary in facts["texts"]}
    kinds = dict(facts["kind_names"])
    kind = kinds.get(language) or next(iter(kinds.values()), facts["kind"])
    title = titles.get(language) or facts["title"] or capfirst(change_descriptions.kind_label(kind))
    path = f"{reverse('portal:session', args=[facts['key']])}?summit={facts['summit']['slug']}"
    return {
        **facts,
        "title": title,
        "when": change_descriptions.when(Span(starts_at, ends_at, facts["times_known"]), where),
        "url": f"{settings.BASE_URL}{path}",
    }
