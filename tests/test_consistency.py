"""What holds across the whole project, whoever adds what."""

import ast
import csv
import os
import pkgutil
import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from django.contrib.admin.sites import site
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.http import HttpResponse
from django.template.utils import get_app_template_dirs
from django.utils.functional import Promise
from whitenoise.middleware import WhiteNoiseMiddleware

from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.permissions.rules import RULES
from summit.public_base.public_pages import PERSONAL
from summit.users.models import User
from tests.attack.crawler import routes
from tests.sources import APPS, ROOT, imported_packages, sources, tasks, text, tree, writes

COUNTED = (
    *("delegations_party", "delegations_partyname", "delegations_policy", "press_edition", "press_embargo"),
    *("press_text", "press_text_people", "press_text_topics", "press_textversion", "press_topic"),
    *("agenda_release", "agenda_delaynotice", "agenda_sessionrun", "summit_summit", "summit_venue", "summit_room"),
)
DRAFTED = (
    *("summit_summit", "summit_venue", "summit_room", "summit_person", "delegations_party", "delegations_category"),
    *("delegations_zone_rooms", "delegations_category_zones"),
    *("delegations_membership", "delegations_particulars", "agenda_release", "agenda_session"),
    *("agenda_customkind", "agenda_sessiontext", "agenda_interpretation", "agenda_document"),
    *("agenda_participant", "agenda_slot", "agenda_signup", "agenda_conflictpolicy"),
    *("agenda_delaynotice", "agenda_sessionrun", "agenda_fixedpoint", "agenda_retiming"),
)
FROZEN = (
    *("delegations_category", "delegations_participantlist", "delegations_reply", "webhooks_delivery"),
    *("outbox_message", "press_attachment", "press_edition", "press_passagecheck", "agenda_document"),
    *("agenda_release", "agenda_releasedparticipant", "agenda_releasedsession", "agenda_releaseentry"),
    "agenda_publicremoval",
    "summit_auditentry",
)
EVENTS = ("insert", "update", "delete")
TRIGGERS = {
    *(f"{table}_frozen" for table in FROZEN),
    *(f"{table}_counted_{event}" for table in COUNTED for event in EVENTS),
    *(f"{table}_drafted_{event}" for table in DRAFTED for event in EVENTS),
    *("summit_auditentry_kept", "agenda_releasedparticipant_counted_delete", "agenda_slot_counted_update"),
    *("summit_person_counted_update", "summit_person_listed_update", "summit_filescan_counted_update"),
    *("agenda_session_room_insert", "agenda_session_room_update"),
    *(f"agenda_conflictpolicy_room_{event}" for event in EVENTS),
    *(f"delegations_{table}_listed_{event}" for table in ("invitation", "membership") for event in EVENTS),
}
# SQLite's indexes of words are kept by triggers, PostgreSQL keeps its own.
if connection.vendor == "sqlite":
    TRIGGERS |= {"agenda_roomhold_room_hold_free"}
    TRIGGERS |= {f"press_{table}_words_{event}" for table in ("searchentry", "searchword") for event in EVENTS}
# Public addresses that are answered for the moment, or take something: each has no session in it either.
NOT_PAGES = {"", "healthz", "readyz", "metrics", ".well-known/security.txt", "<slug:summit>/press/subscribe/"}
NOT_PAGES |= {"<slug:summit>/press/subscription/<str:token>/"}
# A private calendar belongs to whoever holds its address: its token is the key, and no session is asked.
NOT_PAGES |= {"webhooks/mail/", "calendar/<str:token>.ics", "<slug:summit>/agenda/live/<slug:key>/"}
# So is a screen's.
NOT_PAGES |= {"<slug:summit>/screens/<slug:key>/", "<slug:summit>/screens/<slug:key>/content/"}
OURS = [model for model in apps.get_models() if model.__module__.partition(".")[0] in APPS]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
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


def test_columns_are_added_without_dropping_triggers() -> None:
    """SQLite may rebuild a table for a new column. Whether it does depends on the column and on the version."""
    first = ("0001", "0002")
    later = [path for path in ROOT.glob("*/migrations/0*.py") if not path.name.startswith(first)]
    assert [str(path) for path in later if "AddField(" in text(path)] == [], "write AddColumn"
    # A table that the same migration creates has no triggers yet.
    changing = [path for path in later if "CreateModel(" not in text(path)]
    assert [str(path) for path in changing if "AddConstraint(" in text(path)] == [], "write AddTableConstraint"
    assert len(later) > 3


# Rows that are an account's own, and end with it.
OF_AN_ACCOUNT = {
    *(
        "summit.RoleAssignment.user",
        "summit.RefusedSignIns.user",
        "summit.EmergencyAccount.user",
        "summit.SavedView.user",
        "jobs.Job.by",
        "jobs.ExportedFile.by",
        "api.Token.user",
    ),
    "agenda.CalendarFeed.user",
    *("summit.UndoOffer.by", "summit.UndoOffer.undone_by", "agenda.BoardStep.by"),
}


def test_the_end_of_an_account_takes_nothing_else_along() -> None:
    cascades = {
        f"{model._meta.label}.{column.name}"
        for model in OURS
        for column in model._meta.concrete_fields
        if column.related_model is User and column.remote_field.on_delete is models.CASCADE
    }
    assert cascades == OF_AN_ACCOUNT, "write on_delete=models.PROTECT, or list what is the account's own"


# The apps whose packages have layers.
LAYERED = {"delegations", "sessions", "press"}
LAYERS_OF = {
    "summit": {"apps.py", "admin.py", "migrations", "models.py", "tasks.py"},
    "summit/api_base": {"apps.py", "models", "migrations", "permissions.py"},
    "summit/webhooks": {"apps.py", "models", "migrations", "permissions.py", "tasks.py", "messages.py"},
    "summit/outbox": {"apps.py", "models", "migrations", "permissions.py", "tasks.py", "message_kinds.py"},
    "summit/jobs": {"apps.py", "models", "migrations", "services.py", "permissions.py", "tasks.py", "job_kinds.py"},
    **{name: {"apps.py", "models.py", "admin.py", "migrations", "tasks.py"} for name in LAYERED},
}


SERVICES = re.compile(r"/(services(/|\.py$)|migrations/)")
# Documents that are saved, a set that grows, and a summit’s usual categories, made when they are first asked for.
NOT_OF_THE_DATABASE = {
    "delegations/badges/badge_pdf.py": {"save"},
    "delegations/core/table_writers.py": {"save"},
    "delegations/imports/blank_files.py": {"save"},
    "delegations/members/models/categories.py": {"bulk_create"},
    "delegations/overview/selectors/progress.py": {"update"},
    "delegations/participants/list_docx.py": {"save"},
    "delegations/participants/list_xlsx.py": {"save"},
    "sessions/draft/selectors/speech_times.py": {"update"},
}


class TestLayers:
    def test_an_app_has_its_layers(self) -> None:
        expected = {f"{name}/{layer}" for name, layers in LAYERS_OF.items() for layer in layers}
        assert {path for path in expected if not (ROOT / path).exists()} == set()

    def test_the_portal_has_no_tables(self) -> None:
        assert list(apps.get_app_config("portal").get_models()) == []

    def test_views_and_desks_write_nothing(self) -> None:
        thin = re.compile(
            r"/(admin|views|api(?!/\w+_services)|backoffice|panels|tasks|messages|permissions(?!/)|templatetags)(/|\.py$|_urls)"
        )
        found = {str(path): writes(ROOT / path) for path in sources() if thin.search(f"/{path}")}
        assert len(found) > 300
        assert {path: calls for path, calls in found.items() if calls} == {}

    def test_only_services_write(self) -> None:
        """In apps whose packages have the layers of docs/architecture.md."""
        found = {str(path): writes(ROOT / path) for path in sources() if path.parts[0] in LAYERED}
        others = {path: calls for path, calls in found.items() if calls and not SERVICES.search(path)}
        assert others == NOT_OF_THE_DATABASE
        assert len(found) - len(others) > 450

    @pytest.mark.slow("reads the imports of all modules")
    def test_no_packages_import_each_other_in_a_circle(self) -> None:
        found = imported_packages()
        assert len(found) > 60
        assert {"summit.core", "summit.audit"} <= found["delegations.members"]
        TopologicalSorter(found).prepare()

    @pytest.mark.slow("reads the imports of all modules")
    def test_control_a_circle_is_found(self) -> None:
        found = {**imported_packages()}
        found["summit.core"] = found.get("summit.core", frozenset()) | {"summit.outbox"}
        with pytest.raises(CycleError):
            TopologicalSorter(found).prepare()

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
        assert len(tasks()) == 11


def _module(path: str) -> str:
    # Outbox and long work are nested in the ground floor, and known by their labels.
    name = path.removesuffix(".py").replace("/", ".")
    for folder, label in (("webhooks", "webhooks"), ("outbox", "outbox"), ("jobs", "jobs")):
        name = re.sub(rf"^summit\.{folder}\.", f"{label}.", name)
    return name


class TestModels:
    def test_names_are_translated(self) -> None:
        names = [(each, name) for each in OURS for name in (each._meta.verbose_name, each._meta.verbose_name_plural)]
        assert len(names) > 100
        assert [(each.__name__, name) for each, name in names if not isinstance(name, Promise)] == []

    def test_what_the_admin_shows_has_rules(self) -> None:
        shown = list(DESKS.values())
        shown += [inline(model, site) for model, desk in DESKS.items() for inline in desk.inlines]
        needed = {f"{each.permission}.{action}" for each in shown for action in ("view", "change")}  # type: ignore[attr-defined]
        assert needed <= RULES.keys()

    def test_what_the_admin_shows_is_translated(self) -> None:
        fields = [each for model in DESKS for each in model._meta.fields if each.editable and not each.primary_key]
        assert len(fields) > 300
        assert [str(each) for each in fields if not isinstance(each.verbose_name, Promise)] == []

    def test_the_path_to_its_summit_leads_there(self) -> None:
        paths = [(model, desk.summit_path) for model, desk in DESKS.items()]  # type: ignore[attr-defined]
        paths += [(each.model, each.summit_path) for desk in DESKS.values() for each in desk.inlines]  # type: ignore[attr-defined]
        paths += [(model, SUMMIT_PATHS[model]) for model in DESKS if model in SUMMIT_PATHS]
        assert {_end_of(start, path) for start, path in paths if path is not None} == {"Summit"}

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


def test_the_desk_shows_no_table_of_a_library() -> None:
    assert {model._meta.label for model in site._registry} == {model._meta.label for model in DESKS}


def test_what_stops_a_form_takes_the_focus() -> None:
    """Whoever works by keyboard or listens begins with what is wrong, not at the top of the page."""
    found = [
        (path.name, tag)
        for path in TEMPLATES
        if path.suffix == ".html"
        for tag in re.findall(r'<div class="error-summary"[^>]*>', text(path))
    ]
    assert len(found) > 10
    assert [name for name, tag in found if 'tabindex="-1"' not in tag or "autofocus" not in tag] == []


def test_every_address_is_either_personal_or_public() -> None:
    views = routes()
    public = {route for route, view in views.items() if getattr(view, "is_public", False)}
    personal = {route for route in views if f"/{route}".startswith(PERSONAL)}
    working = {route for route, view in views.items() if getattr(view, "is_working", False)}
    assert views.keys() - personal - public - working == NOT_PAGES
    assert personal & public == set()


class TestTemplates:
    def test_each_is_used(self) -> None:
        """A name stands in quotes somewhere, or in the place of a template that a library brings."""
        texts = [*(text(ROOT / path) for path in sources()), *map(text, TEMPLATES)]
        quoted = {name for each in texts for name in re.findall(r"(?<=[\"'])[\w./-]+(?=[\"'])", each)}
        names = {str(path.relative_to(ROOT / "templates")): path.name for path in TEMPLATES}
        unused = {name for name, last in names.items() if quoted.isdisjoint((name, last))}
        folders = get_app_template_dirs("templates")
        assert {name for name in unused if not any((Path(each) / name).exists() for each in folders)} == set()
        assert len(names) > 300

    def test_every_word_is_translatable(self) -> None:
        found = {str(path): untranslated(text(path)) for path in TEMPLATES if path.suffix in (".html", ".txt")}
        assert {name: words for name, words in found.items() if words} == {}

    def test_every_form_that_posts_has_a_token(self) -> None:
        """The test client needs none, so nothing else notices before a browser is refused."""
        forms = {str(path): re.findall(POSTS, text(path), flags=re.DOTALL) for path in TEMPLATES}
        # Public pages have no cookie, and so no token: `press.public.views.subscriptions`.
        known = "csrf_token", '"press:subscri'
        lacks = [(name, form) for name, found in forms.items() for form in found if not any(w in form for w in known)]
        assert lacks == []
        assert sum(map(len, forms.values())) > 100

    def test_control_the_search_finds_words(self) -> None:
        found = untranslated('{% translate "a b" %}<p title="Say so">Words {{ here }}</p>{% block x %}{% endblock %}')
        assert found == ['title="Say so"', "Words"]


POSTS = r"""<form\b[^>]*method="post".*?</form>"""
# Names of formats, and classes in blocks that fill a class attribute.
SAME_EVERYWHERE = {"schedule.json", "schedule.xml", "Atom", "JSON Feed"}


def untranslated(template: str) -> list[str]:
    """Return the words of a template that no tag translates."""
    template = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<style>.*?</style>", "", template, flags=re.DOTALL)
    template = re.sub(r"{%\s*blocktrans\w*.*?endblocktrans\w*\s*%}", "", template, flags=re.DOTALL)
    template = re.sub(
        r"{% block (body_)?class %}.*?{% endblock %}|{% block bodyclass %}.*?{% endblock %}", "", template
    )
    template = re.sub(r"{%.*?%}|{{.*?}}|&\w+;", "", template, flags=re.DOTALL)
    found = re.findall(r'\b(?:title|alt|placeholder|aria-label|label)="[^"]*[A-Za-z]{2}[^"]*"', template)
    plain = re.sub(r"<[^>]*>", "\n", template)
    lines = (line.strip() for line in plain.splitlines())
    return found + [line for line in lines if re.search(r"[A-Za-z]{2}", line) and line not in SAME_EVERYWHERE]


class TestDocuments:
    DOCUMENTS = {path: text(path) for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])}

    def test_every_package_is_described(self) -> None:
        """By itself, and in the same words by docs/architecture.md, in the order that import-linter holds."""
        contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
        orders = {row["containers"][0]: row["layers"] for row in contracts if row["name"].startswith("Packages of ")}
        told = text(ROOT / "docs/architecture.md")
        for app, packages in orders.items():
            section = told.partition(f"### {app}:")[2].partition("###")[0]
            assert re.findall(r"^- \*\*`(\w+)`\*\*", section, flags=re.MULTILINE) == packages
            for package in packages:
                said = " ".join((ast.get_docstring(tree(ROOT / app / package / "__init__.py")) or "").split())
                assert said[1:].replace("“/”", "`/`") in " ".join(section.split()), package
        assert sum(map(len, orders.values())) > 60

    def test_what_was_renamed_is_where_it_is_said_to_be(self) -> None:
        rows = list(csv.DictReader(text(ROOT / "docs/renames.csv").splitlines()))
        assert [row["old"] for row in rows if not all((ROOT / path).exists() for path in row["new"].split())] == []

    def test_links_lead_somewhere(self) -> None:
        link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
        found = [(path, target) for path, words in self.DOCUMENTS.items() for target in link.findall(words)]
        assert [(path.name, target) for path, target in found if not (path.parent / target).exists()] == []

    def test_what_they_name_is_in_the_code(self) -> None:
        name = re.compile(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)`")
        named = {each for words in self.DOCUMENTS.values() for each in name.findall(words)}
        shipped = {path.name for path in (ROOT / "deploy").rglob("*")}
        assert {each for each in named - shipped if not each.endswith(".example") and not _importable(each)} == set()

    def test_control_a_name_that_is_gone_is_found(self) -> None:
        assert _importable("press.texts.models.visibility.public_editions")
        assert _importable("press.tasks")
        assert not _importable("press.texts.models.visibility.is_public")

    def test_every_make_target_named_is_there(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), flags=re.MULTILINE))
        named = {name for words in self.DOCUMENTS.values() for name in re.findall(r"`make ([a-z-]+)`", words)}
        assert named <= targets


def _importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


# Distributions whose module has another name, or that are named in a setting or a command line.
MODULES = {
    "fonttools": "fontTools",
    "dnspython": "dns",
    "django-filter": "django_filters",
    "djangorestframework": "rest_framework",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "psycopg": "postgresql",
    "python-docx": "docx",
    "python-json-logger": "pythonjsonlogger",
    "tzdata": "zoneinfo",
}


def test_each_requirement_has_its_reason_and_its_use() -> None:
    lines = [line for name in ("base", "run") for line in text(ROOT / f"requirements/{name}.in").splitlines()]
    needed = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert [line for line in needed if not re.search(r" # \w", line)] == []
    names = {re.split(r"[\[~=> ]", line, maxsplit=1)[0].lower() for line in needed}
    words = {word for path in sources() for word in re.findall(r"\w+", text(ROOT / path))}
    called = {name: {MODULES.get(name), name.replace("-", "_"), name.removeprefix("django-")} for name in names}
    assert [name for name, modules in called.items() if modules.isdisjoint(words)] == []


@pytest.mark.once
def test_no_test_sees_what_a_run_has_left() -> None:
    """Static files that `make run` collects would be looked at by each client's first request, page by page."""
    assert settings.VAR_DIR.relative_to(settings.DEFAULT_VAR_DIR).parts[:1] == ("tests",)
    assert WhiteNoiseMiddleware(lambda request: HttpResponse()).files == {}


@pytest.mark.once
def test_control_static_files_of_a_run_would_be_seen(settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "summit.css").touch()
    settings.STATIC_ROOT = tmp_path
    assert [*WhiteNoiseMiddleware(lambda request: HttpResponse()).files] == ["/static/summit.css"]


@pytest.mark.xdist_group("kept")
def test_groups_of_tests_stay_together(request: pytest.FixtureRequest) -> None:
    """xdist knows a group by the test's address, and is silent where a pytest it doesn't know takes it off again."""
    assert ("PYTEST_XDIST_WORKER" in os.environ) == request.node.nodeid.endswith("@kept")
