"""What holds across the whole project, whoever adds what."""

import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.sites import site
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.template.utils import get_app_template_dirs
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise

from summit.desk.base import SUMMIT_PATHS
from summit.http.middleware import PERSONAL
from summit.permissions import RULES
from tests.sources import APPS, ROOT, long_functions, long_modules, sources, tasks, writes

NOTED = (
    "delegations_party",
    "delegations_partyname",
    "delegations_policy",
    "press_edition",
    "press_lift",
    "press_text",
    "press_text_people",
    "press_text_topics",
    "press_textversion",
    "press_topic",
    "programme_release",
    "summit_summit",
)
TRIGGERS = {
    "delegations_category_frozen",
    "delegations_participantlist_frozen",
    "delegations_reply_frozen",
    "hooks_delivery_frozen",
    "outbox_message_frozen",
    "press_attachment_frozen",
    "press_edition_frozen",
    "press_marking_frozen",
    "programme_document_frozen",
    "programme_release_frozen",
    "programme_releasedparticipant_frozen",
    "programme_releasedsession_frozen",
    "programme_releaseentry_frozen",
    "summit_auditentry_frozen",
    "summit_auditentry_kept",
    *(f"{table}_noted_{event}" for table in NOTED for event in ("insert", "update", "delete")),
    "programme_releasedparticipant_noted_delete",
    "programme_slot_noted_update",
    "summit_person_noted_update",
    # SQLite's indexes of words are kept by triggers, PostgreSQL keeps its own.
    *(
        f"{table}_words_{event}"
        for table in ("press_searchentry", "press_searchword")
        for event in ("insert", "update", "delete")
        if connection.vendor == "sqlite"
    ),
}
# Public addresses that are answered for the moment, or take something: each has no session in it either.
NOT_PAGES = {"", "healthz", "readyz", "metrics", "<slug>/press/subscribe/", "<slug>/press/subscription/<token>/"}
# A private calendar belongs to whoever holds its address: its token is the key, and no session is asked.
NOT_PAGES |= {"webhooks/mail/", "calendar/<token>.ics"}
# What must be long: settings stand in one file, so that nobody searches for them.
LONG_MODULES = {"summit/settings.py"}
OURS = [model for model in apps.get_models() if model.__module__.partition(".")[0] in APPS]
DESKS = {model: desk for model, desk in site._registry.items() if model in OURS}


@pytest.mark.django_db
def test_triggers_stand_after_all_migrations() -> None:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    assert found == TRIGGERS


class TestLayers:
    @pytest.mark.parametrize(
        "name",
        [
            *(f"summit{each}" for each in ("", "/api", "/hooks", "/outbox", "/work")),
            "delegations",
            "sessions",
            "press",
        ],
    )
    def test_an_app_has_its_layers(self, name: str) -> None:
        layers = {"apps.py", "models", "domain", "permissions.py", "tasks.py", "migrations"}
        # The ground floor's own messages are the outbox.
        layers |= (
            {"kinds.py"}
            if name in ("summit/outbox", "summit/work")
            else set()
            if name == "summit"
            else {"messages.py"}
        )
        # Programs are sent nothing, and what has an end is cleared with the ground floor's.
        layers -= {"tasks.py", "messages.py"} if name == "summit/api" else set()
        assert {layer for layer in layers if not (ROOT / name / layer).exists()} == set()

    def test_the_portal_has_no_tables(self) -> None:
        assert list(apps.get_app_config("portal").get_models()) == []

    def test_modules_and_functions_are_short(self) -> None:
        assert set(long_modules(300)) == LONG_MODULES
        assert long_functions(40) == []

    def test_views_and_desks_write_nothing(self) -> None:
        thin = re.compile(
            r"/(admin|views|api(?!/(?:domain|models)/)|desk|panels|tasks|messages|permissions|templatetags)(/|\.py$|_urls)"
        )
        assert {str(path): writes(ROOT / path) for path in sources() if thin.search(f"/{path}")} == {
            str(path): set() for path in sources() if thin.search(f"/{path}")
        }

    def test_control_the_search_for_writes_finds_them(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.py"
        bad.write_text(
            "row.save()\nRow.objects.create()\nRow.objects.filter(pk=1).update(a=1)\nrows.delete()\n{}.update()"
        )
        assert writes(bad) == {"save", "create", "update", "delete"}

    def test_every_task_says_its_name(self) -> None:
        assert [name for _path, _function, name in tasks()] == [
            f"{_module(path)}.{function}" for path, function, _name in tasks()
        ]
        assert len(tasks()) == 17


def _module(path: str) -> str:
    # Outbox and long work are nested in the ground floor, and known by their labels.
    return re.sub(r"^summit/(hooks|outbox|work)/", r"\1/", path).removesuffix(".py").replace("/", ".")


class TestModels:
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_names_are_translated(self, model: type[models.Model]) -> None:
        assert isinstance(model._meta.verbose_name, Promise)
        assert isinstance(model._meta.verbose_name_plural, Promise)

    @pytest.mark.parametrize("model", DESKS, ids=lambda model: model.__name__)
    def test_what_the_admin_shows_is_translated_and_has_rules(self, model: type[models.Model]) -> None:
        desk = DESKS[model]
        assert {f"{desk.rule}.view", f"{desk.rule}.change"} <= RULES.keys()  # type: ignore[attr-defined]
        for inline in desk.inlines:
            rule = inline(model, site).rule  # type: ignore[attr-defined]
            assert {f"{rule}.view", f"{rule}.change"} <= RULES.keys()
        shown = {field for field in model._meta.fields if field.editable and not field.primary_key}
        assert {field.name for field in shown if not isinstance(field.verbose_name, Promise)} <= {"password"}

    @pytest.mark.parametrize("model", DESKS, ids=lambda model: model.__name__)
    def test_the_path_to_its_summit_leads_there(self, model: type[models.Model]) -> None:
        paths = [(model, DESKS[model].summit_path)]  # type: ignore[attr-defined]
        paths += [(inline.model, inline.summit_path) for inline in DESKS[model].inlines]  # type: ignore[attr-defined]
        paths += [(model, SUMMIT_PATHS[model])] if model in SUMMIT_PATHS else []
        assert {_end_of(start, path) for start, path in paths if path is not None} <= {"Summit"}

    def test_migrations_are_named_by_hand(self) -> None:
        names = [path.name for app in APPS for path in (ROOT / app).rglob("migrations/0*.py")]
        assert len(names) >= 9
        assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z][a-z_]+\.py", name) or "auto" in name] == []


def _end_of(model: type[models.Model], path: str) -> str:
    for name in filter(None, path.split("__")):
        field = model._meta.get_field(name)
        if not field.related_model:
            raise FieldDoesNotExist(name)
        model = field.related_model  # type: ignore[assignment]
    return model.__name__


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address, its variables by name alone, with its pattern."""
    for entry in patterns:
        route = before + re.sub(r"<(\w+:)?(\w+)>", r"<\2>", str(entry.pattern)).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        else:
            yield route.replace("<summit>/", "<slug>/", 1) if route.startswith("<summit>") else route, entry


def test_the_desk_shows_no_table_of_a_library() -> None:
    assert {model._meta.label for model in site._registry} == {model._meta.label for model in DESKS}


def test_what_stops_a_form_takes_the_focus() -> None:
    """Whoever works by keyboard or listens begins with what is wrong, not at the top of the page."""
    found = [
        (path.name, tag)
        for path in (ROOT / "templates").rglob("*.html")
        for tag in re.findall(r'<div class="error-summary"[^>]*>', path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 10
    assert [name for name, tag in found if 'tabindex="-1"' not in tag or "autofocus" not in tag] == []


def test_every_address_is_personal_or_public() -> None:
    others = {
        route
        for route, entry in addresses(get_resolver().url_patterns)
        if not f"/{route}".startswith(PERSONAL)
        and not getattr(entry.callback, "is_public", False)
        and not getattr(entry.callback, "is_working", False)
    }
    assert others == NOT_PAGES


def test_no_personal_address_is_public() -> None:
    public = [
        route
        for route, entry in addresses(get_resolver().url_patterns)
        if f"/{route}".startswith(PERSONAL) and getattr(entry.callback, "is_public", False)
    ]
    assert public == []


class TestTemplates:
    NAMES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))

    @pytest.mark.parametrize("name", NAMES)
    def test_is_used(self, name: str) -> None:
        texts = [ROOT / path for path in sources()] + [ROOT / "templates" / other for other in self.NAMES]
        named = re.compile(rf"[\"']({re.escape(name)}|{re.escape(Path(name).name)})[\"']")
        if any(named.search(path.read_text()) for path in texts):
            return
        # Else it stands in the place of one that a library brings.
        assert any((Path(folder) / name).exists() for folder in get_app_template_dirs("templates"))

    @pytest.mark.parametrize("name", NAMES)
    def test_every_word_is_translatable(self, name: str) -> None:
        if not name.endswith((".html", ".txt")):
            return
        assert untranslated((ROOT / "templates" / name).read_text()) == []

    def test_control_the_search_finds_words(self) -> None:
        found = untranslated('{% translate "a b" %}<p title="Say so">Words {{ here }}</p>{% block x %}{% endblock %}')
        assert found == ['title="Say so"', "Words"]


# Names of formats, and classes in blocks that fill a class attribute.
SAME_EVERYWHERE = {"schedule.json", "schedule.xml", "Atom", "JSON Feed"}


def untranslated(text: str) -> list[str]:
    """Return the words of a template that no tag translates."""
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%\s*blocktrans\w*.*?endblocktrans\w*\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% block (body_)?class %}.*?{% endblock %}|{% block bodyclass %}.*?{% endblock %}", "", text)
    text = re.sub(r"{%.*?%}|{{.*?}}|&\w+;", "", text, flags=re.DOTALL)
    found = re.findall(r'\b(?:title|alt|placeholder|aria-label|label)="[^"]*[A-Za-z]{2}[^"]*"', text)
    plain = re.sub(r"<[^>]*>", "\n", text)
    lines = (line.strip() for line in plain.splitlines())
    return found + [line for line in lines if re.search(r"[A-Za-z]{2}", line) and line not in SAME_EVERYWHERE]


class TestDocuments:
    DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

    def test_every_variable_is_documented_and_read(self) -> None:
        read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (ROOT / "summit" / "settings.py").read_text()))
        tables = [
            line for line in (ROOT / "docs" / "production.md").read_text().splitlines() if line.startswith("| `")
        ]
        told = {name for line in tables for name in re.findall(r"`([A-Z_]{4,})`", line.split("|")[1])}
        assert told == read
        assert len(read) > 20

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def test_links_lead_somewhere(self, document: Path) -> None:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        assert [link for link in links if not (document.parent / link).exists()] == []

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def test_what_they_name_is_in_the_code(self, document: Path) -> None:
        named = re.findall(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)`", document.read_text())
        assert [name for name in named if not name.endswith(".example") and not _importable(name)] == []

    def test_control_a_name_that_is_gone_is_found(self) -> None:
        assert _importable("press.models.visibility.public_editions")
        assert _importable("press.tasks")
        assert not _importable("press.models.visibility.is_public")

    def test_every_make_target_named_is_there(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
        named = {name for path in self.DOCUMENTS for name in re.findall(r"`make ([a-z-]+)`", path.read_text())}
        assert named <= targets


def _importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


class TestRequirements:
    # Distributions whose module is called otherwise, or that are named in a setting or a command line.
    MODULES = {
        "charset-normalizer": "charset_normalizer",
        "Django": "django",
        "django-anymail": "anymail.webhooks",
        "djangorestframework": "rest_framework",
        "drf-spectacular": "drf_spectacular_sidecar",
        "psycopg": "postgresql",
        "django-environ": "environ",
        "django-filter": "django_filters",
        "django-allauth": "allauth.mfa",
        "django-csp": "csp",
        "tzdata": "zoneinfo",
        "prometheus-client": "prometheus_client",
        "django-countries": "django_countries",
        "markdown-it-py": "markdown_it",
        "python-docx": "docx",
        "Pillow": "PIL",
    }

    def test_each_has_its_reason_and_its_use(self) -> None:
        lines = (ROOT / "requirements" / "base.in").read_text().splitlines()
        needed = [line for line in lines if line and not line.startswith("#")]
        assert [line for line in needed if not re.search(r" # \w", line)] == []
        text = "\n".join((ROOT / path).read_text() for path in sources())
        names = [re.split(r"[\[~=> ]", line, maxsplit=1)[0] for line in needed]
        unused = [name for name in names if not re.search(rf"\b{self.MODULES.get(name, name)}\b", text)]
        assert unused == []


@pytest.mark.xdist_group("kept")
def test_groups_of_tests_stay_together(request: pytest.FixtureRequest) -> None:
    """xdist knows a group by the test's address, and is silent where a pytest it doesn't know takes it off again."""
    assert ("PYTEST_XDIST_WORKER" in os.environ) == request.node.nodeid.endswith("@kept")


def test_settings_name_what_is_there() -> None:
    assert [name for name in APPS if not apps.is_installed(name)] == []
    assert Path(settings.BASE_DIR) == ROOT
