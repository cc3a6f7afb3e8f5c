"""Every page in a pseudo-language: what stands outside of its brackets was never translated; and every name on a page
says in which language and direction it is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import resolve

from delegations.invitations.models.invitations import Invitation
from delegations.parties.selectors import un_country_names
from press.published_texts.selectors import FORMATS
from press.texts.models.texts import Text
from sessions.draft.models.sessions import Session
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.permissions.route_table import declared
from tests.attack.crawler import combined, put, routes, variables
from tests.clients import signed_in
from tests.languages import pseudo, world
from tests.languages.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Names of languages, formats and headers are the same everywhere; so are a text's address and a server's words.
SAME = {name for _code, name in settings.LANGUAGES}
SAME |= {"schedule.json", "schedule.xml", "Atom", "JSON Feed", "Message-ID", "TXT", "PDF", "XML", "CSV", "XLSX"}
SAME |= {"JSON", "Akoma Ntoso (XML)", "JSON-LD", "ninjs (JSON)"}
SAME |= {f"text-{number}" for number in range(8)} | {"Europe/London", "550 No such mailbox"}
# Django's own controls: a filter's choices, and what stands beside the number of an account.
SAME |= {f"<a> {world.greek(name)}" for name in ("Summit of sizes", "focal", "delegate", "Hall")}
# What goes with a row is listed by Django before it is deleted.
SAME |= {f"<a> {world.greek(role)}:" for role in (*world.DESKS, Role.VIEWER)}
# An entry of the audit has keys and names of fields, as they are chained; the gallery of components has examples.
RAW = re.compile(r"/admin/summit/auditentry/\d|/dev/components/")
PERSONAL = ("/admin/", "/portal/", "/accounts/", "/i/", "/dev/")


@pytest.fixture
def made(request: pytest.FixtureRequest) -> World:
    found = world.build()
    pseudo.install(request)
    return found


def keys(route: str) -> list[str]:
    """Return the primary keys that stand in an address of the admin: those of the model's last rows."""
    match = re.match(r"admin/(\w+)/(\w+)/.", route)
    if match is None or match[2] not in apps.all_models.get(match[1], {}):
        return ["1"]
    rows = apps.get_model(match[1], match[2])._default_manager
    # Texts and messages look different in each state, the first on the page where they are changed.
    number = {"message": 8, "text": 8 if route.endswith("change/") else 2}.get(match[2], 1)
    return [str(row.pk) for row in rows.order_by("-pk")[:number]]


def filled(route: str, made: World) -> Iterator[str]:
    """Yield a route's addresses, with what there is in the place of each variable."""
    plain, names = variables(route)
    models: dict[str, Any] = {"dev/": Message, "portal/invitation": Invitation}
    model = next((model for start, model in models.items() if route.startswith(start)), Session)
    number = 2 if "session" in route or "agenda" in route else 1
    slugs = list(Text.objects.order_by("-pk").values_list("slug", flat=True)[:3])
    values = {
        "summit": [made.summit.slug],
        "slug": [made.summit.slug] if route.startswith("admin/") else slugs,
        "language": ["fr"],
        "ending": list(FORMATS)[:1],
        "public_id": [*model.objects.order_by("-pk").values_list("public_id", flat=True)[:number], "0" * 16],
        "object_id": keys(route),
        "pk": keys(route),
        "app_label": ["press", "agenda"],
        "token": ["x", world.token(made)],
        "number": ["1"],
    }
    for choice in combined(0, *(values.get(name, ["x"]) for name in names)):
        yield "/" + put(plain, dict(zip(names, choice, strict=True)))


def asked(made: World) -> Iterator[tuple[str, str]]:
    """Yield who reads which address: what differs between readers is read by each."""
    paths = sorted({path for route in routes() if not route.startswith("api/") for path in filled(route, made)})
    personal = [path for path in paths if path.startswith(PERSONAL)]
    portal = [path for path in personal if path.startswith(("/portal/", "/accounts/"))]
    press = [path for path in personal if path == "/admin/" or path.startswith("/admin/press/")]
    for name, own in {
        Role.ORGANISER: [path for path in personal if path not in portal or path == "/portal/"],
        Role.PRESS_OFFICER: press,
        Role.PRESS_APPROVER: press[:6],
        "focal": portal,
        "link": [path for path in portal if path.startswith("/portal/") and path.count("/") < 4],
        "anybody": [path for path in paths if not path.startswith(("/admin/", "/dev/", "/portal/"))],
    }.items():
        yield from ((name, path) for path in own if not RAW.search(path))


def readers(made: World) -> dict[str, Client]:
    follower = Client()
    follower.get(f"/i/{world.token(made)}/")
    desks = {name: signed_in(user) for name, user in made.desks.items()}
    people = {"focal": signed_in(made.focal), "delegate": signed_in(made.delegate), "link": follower}
    return {**desks, **people, "anybody": Client()}


def words_of(answer: Any) -> list[str]:
    """Return what a page says untranslated, and its names that don't say in which language they are."""
    kind = answer.headers.get("Content-Type", "")
    if answer.streaming or not answer.content or not kind.startswith("text/html"):
        return []
    page = answer.content.decode()
    return [text for text in (*pseudo.untranslated(page), *pseudo.unmarked(page)) if text not in SAME]


def test_what_functions_remember_goes_with_the_language(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pseudo.install(request)
    assert un_country_names.names("en")["FR"] == "⟦France⟧"
    monkeypatch.undo()
    # The control: until it is forgotten, the next test would read it.
    assert un_country_names.names("en")["FR"] == "⟦France⟧"
    pseudo.forget()
    assert un_country_names.names("en")["FR"] == "France"


@pytest.mark.slow("opens pages of each part in a language of its own")
def test_pages_are_translated_and_names_have_their_language(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = readers(made)
    party = made.link.invitation.party
    pages = {
        Role.ORGANISER: ["/admin/", "/admin/delegations/party/", f"/admin/delegations/party/{party.pk}/change/"],
        "focal": ["/portal/"],
        "anybody": [f"/{made.summit.slug}/agenda/", f"/{made.summit.slug}/press/"],
    }
    answers = [everybody[name].get(path, {"lang": "ar"}) for name, paths in pages.items() for path in paths]
    answers.append(everybody[Role.ORGANISER].post("/admin/delegations/party/add/?lang=fr", {"name": ""}))
    assert [answer.status_code for answer in answers] == [200] * 7
    assert [words_of(answer) for answer in answers] == [[]] * 7
    assert all(pseudo.GREEK.search(answer.content.decode()) for answer in answers)
    # The control: a page whose words nobody translated.
    monkeypatch.setattr(pseudo.Pseudo, "gettext", lambda _self, words: words)
    assert "Search" in words_of(everybody[Role.ORGANISER].get("/admin/delegations/party/", {"lang": "ar"}))


@pytest.mark.broad("reads every page as each of nine readers; one of each part is read above", seconds=45)
def test_every_page_is_translated_and_every_name_has_its_language_and_direction(made: World) -> None:
    # What is found, with the first address where it stands.
    found: dict[str, str] = {}
    everybody, number = readers(made), 0
    for name, path in asked(made):
        answer = everybody[name].get(path, {"lang": "ar"})
        assert answer.status_code < 500 or path.endswith(".pdf"), path
        number += 1
        for text in words_of(answer):
            found.setdefault(text, f"{name}: {path}")
    assert found == {}
    assert number > 250


@pytest.mark.broad("posts to every page; one refused form is read above", seconds=30)
def test_what_a_form_refuses_is_translated(made: World) -> None:
    found: dict[str, str] = {}
    everybody, reports, pages = readers(made), 0, declared()
    for name, path in asked(made):
        takes = "POST" in getattr(pages.get(resolve(path.partition("?")[0]).view_name), "methods", ())
        if name not in (Role.ORGANISER, "focal") or not takes or path.startswith("/dev/") or "logout" in path:
            continue
        with transaction.atomic():
            answer = everybody[name].post(f"{path}?lang=fr", {"answer": "x", "name": "", "note": "x"})
            transaction.set_rollback(True)
        reports += answer.status_code in (200, 400, 409, 422)
        for text in words_of(answer):
            found.setdefault(text, f"{name}: {path}")
    assert found == {}
    assert reports > 20


class TestTheSearch:
    def test_it_finds_what_is_not_in_brackets(self) -> None:
        page = (
            '<html lang="fr"><title>Bare one</title><p title="Bare two">⟦Said⟧ 12:30 a@b.example'
            " <b>Bare three</b></p>"
            '<p>⟦One <b>bold⟧</b> ⟦x ⟦y⟧ z⟧</p><input type="submit" value="Bare four"><code>bare</code>'
            '<bdi lang="en">Name</bdi><p>⟦cut</p><p>Bare five</p>'
        )
        found = ["Bare one", "Bare two", "Bare three", "Bare four", "Bare five"]
        assert sorted(pseudo.untranslated(page)) == sorted(found)

    def test_it_finds_names_without_a_language_or_a_direction(self) -> None:
        page = (
            '<html lang="ar" dir="rtl"><p>Λονδον</p><p lang="en">Παρισ</p><p dir="auto">Ρωμη</p><bdi>Οσλο</bdi>'
            '<bdi lang="">Βερν</bdi><p>⟦In Μαλτα⟧</p><input value="Κυπροσ"><input value="Κυπροσ" dir="auto">'
        )
        assert pseudo.unmarked(page) == ["<p> Λονδον", "<p> Παρισ", "<p> Ρωμη", "<bdi> Οσλο", "<input> Κυπροσ"]
