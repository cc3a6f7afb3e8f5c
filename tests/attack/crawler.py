"""Every address of the project, filled with what there is, and all that an answer tells."""

import io
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import pypdf
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from delegations.parties.models.parties import Party
from press.published_texts.selectors import FORMATS
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from sessions.draft.models.sessions import Session
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import MembershipFactory, PersonFactory, UserFactory

# The letters after it are the state, the field and the language. Long, since tokens hold short words by chance.
CANARY = re.compile(rb"zqcanary[a-z]{3}")
NOBODY = "0000000000000000"
PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")
# Addresses below these pick rows of their own: they are filled for one session and for none, all others for each.
OF_OTHERS = (
    *("accounts/", "admin/api/", "admin/delegations/", "admin/webhooks/", "admin/outbox/", "admin/press/"),
    *("admin/summit/", "admin/jobs/", "portal/delegation/"),
)
# Variables that pick something of a text; addresses that have one are filled for each text.
OF_TEXTS = {"language", "ending", "number", "name", "file"}
KNOWN = {*OF_TEXTS, "slug", "summit", "public_id", "object_id", "pk", "key", "app_label"}
Binding = dict[str, list[str]]


def routes() -> dict[str, Any]:
    """Return every route of the resolver, as it is written, with its prefixes, and its view."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            else:
                yield route, entry.callback

    # Of two of the same route the first one answers.
    return dict(reversed(list(walk(get_resolver().url_patterns, ""))))


def bindings(summit: Summit) -> tuple[list[Binding], list[Binding]]:
    """Return what fills the variables of addresses: for each text, and for each session."""
    ground = {"summit": [summit.slug], "app_label": ["press", "agenda"]}
    found = []
    for text in Text.objects.filter(summit=summit).prefetch_related("versions", "files").order_by("pk"):
        files = list(text.files.all())
        numbers = Edition.objects.filter(version__text=text).values_list("number", flat=True)
        of = {
            "slug": [text.slug],
            "language": [version.language for version in text.versions.all()],
            "ending": list(FORMATS),
            "number": [str(number) for number in sorted(set(numbers))],
            "public_id": [*(file.public_id for file in files), text.public_id],
            "name": [file.file_name for file in files],
            "file": [str(file.pk) for file in files],
            "": [str(text.pk), text.public_id, text.slug],
        }
        found.append(ground | of | {key: [str(text.pk)] for key in ("object_id", "pk", "key")})
    meetings = [
        ground
        | {"public_id": [row.public_id], "": ["x"], "slug": ["x"]}
        | {key: [str(row.pk)] for key in ("object_id", "pk", "key")}
        for row in Session.objects.filter(summit=summit)
    ]
    return found, [
        *meetings,
        ground | {"public_id": [NOBODY], "": ["x"], "pk": ["1"], "key": ["1"], "object_id": ["1"]},
    ]


def variables(route: str) -> tuple[str, list[str]]:
    """Return a route without what is written for patterns alone, and the names of its variables."""
    plain = route.replace("\\Z", "").replace("^", "").replace("$", "").replace("\\.", ".").replace(".*", "x")
    return plain, [match.group(1) or match.group(2) for match in PART.finditer(plain)]


def combined(turn: int, *values: list[str]) -> list[tuple[str, ...]]:
    """Return each value at least once, beside one of each other variable; which one differs from turn to turn."""
    longest = max(map(len, values), default=1)
    return [tuple(each[(n + turn * n0) % len(each)] for n0, each in enumerate(values)) for n in range(longest)]


def filled(route: str, of_texts: list[Binding], of_sessions: list[Binding]) -> set[str]:
    """Return a route's addresses, each variable filled with all that could stand there."""
    plain, names = variables(route)
    known_names = [name for name in names if name in KNOWN]
    unknown = [name for name in names if name not in KNOWN]
    about = "press/text" in route or "/texts/" in route or route.startswith("<slug:summit>/press/")
    about = about or bool(OF_TEXTS & set(names))
    found = set()
    picks_others = route.startswith(OF_OTHERS) and "session" not in route
    meetings = of_sessions[-2:] if picks_others else of_sessions
    # A summit's own pages are called by its name.
    of_summit = [{**of_texts[0], "slug": of_texts[0]["summit"]}] if of_texts else []
    for turn, binding in enumerate([*(of_texts if about else of_summit), *meetings]):
        for choice in combined(turn, *(binding.get(name) or ["x"] for name in known_names)):
            known = dict(zip(known_names, choice, strict=True))
            # Variables that nobody has thought of yet get the keys of the text, one after the other.
            for key in binding[""] if unknown else [""]:
                found.add("/" + put(plain, known | dict.fromkeys(unknown, key)))
    return found


def put(route: str, choice: dict[str, str]) -> str:
    return PART.sub(lambda match: choice[match.group(1) or match.group(2)], route)


def crawled(summit: Summit, wanted: Iterable[str] | None = None) -> list[str]:
    """Return the addresses of all routes. The development mailbox shows every mail to whoever runs the machine; it is
    never routed in production."""
    texts, meetings = bindings(summit)
    every = routes() if wanted is None else wanted
    return sorted(
        {path for route in every if not route.startswith("dev/") for path in filled(route, texts, meetings)}
    )


def one_of_each(summit: Summit, wanted: Iterable[str]) -> list[str]:
    texts, meetings = bindings(summit)
    return [min(filled(route, texts, meetings)) for route in wanted if not route.startswith("dev/")]


def visible(response: Any, path: str) -> bytes:
    """Return all that an answer tells, without the address that the reader named."""
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    body = b"".join(response.streaming_content) if response.streaming else bytes(response.content)
    if body.startswith(b"%PDF-") and b"xref" in body:
        body = _printed(body)
    told = head.encode() + b"\n" + body
    for part in CANARY.findall(path.encode()):
        told = told.replace(part, b"")
    return told


@lru_cache(maxsize=512)
def _printed(body: bytes) -> bytes:
    """Return what a PDF says."""
    document = pypdf.PdfReader(io.BytesIO(body))
    return ("".join(page.extract_text() for page in document.pages) + str(document.metadata)).encode()


def leaks(client: Client, paths: Iterable[str]) -> dict[str, set[bytes]]:
    """Return where a reader finds a canary."""
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if seen := set(CANARY.findall(visible(answer, path))):
            found[path] = seen
    return found


def delegate(party: Party, **membership: Any) -> User:
    person = PersonFactory(summit=party.summit, user=UserFactory())
    MembershipFactory(party=party, person=person, **membership)
    return person.user


def told_by_mail() -> set[bytes]:
    """Return the canaries in whatever is stored for somebody's mailbox."""
    return set(CANARY.findall(str(list(Message.objects.values_list("facts", "subject_key"))).encode()))
