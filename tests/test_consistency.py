"""What holds across the whole project, whoever adds what."""

import ast
import csv
import itertools
import os
import pkgutil
import re
import textwrap
import tomllib
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from django.contrib.admin.sites import site
from django.db import connection, models
from django.http import HttpResponse
from django.template.utils import get_app_template_dirs
from django.utils.functional import Promise
from whitenoise.middleware import WhiteNoiseMiddleware

from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.permissions.route_access import location
from summit.permissions.rules import RULES
from summit.public_base.public_pages import PERSONAL
from summit.users.models import User
from tests.attack.crawler import routes
from tests.ratchets import at, broken, hold, table
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
    again = (
        "Repeat FreezeColumns and CountChanges after the last change of the table: on SQLite it drops its triggers."
    )
    hold(broken(again, TRIGGERS - found), table(found, TRIGGERS & found, f"{__file__} TRIGGERS"))


def test_columns_are_added_without_dropping_triggers() -> None:
    """SQLite may rebuild a table for a new column. Whether it does depends on the column and on the version."""
    first = ("0001", "0002")
    later = [path for path in ROOT.glob("*/migrations/0*.py") if not path.name.startswith(first)]
    # A table that the same migration creates has no triggers yet.
    changing = [path for path in later if "CreateModel(" not in text(path)]
    lines = []
    for usual, better, paths in (("AddField", "AddColumn", later), ("AddConstraint", "AddTableConstraint", changing)):
        found = [at(path, f" {usual}(", f".{usual}(") for path in paths if re.search(rf"\b{usual}\(", text(path))]
        lines += broken(f"Write {better} for {usual}: see summit.core.migration_operations.", found)
    hold(lines)
    assert len(later) > 3


# Rows that are an account's own, and end with it.
OF_AN_ACCOUNT = {
    *("summit.RoleAssignment.user", "summit.RefusedSignIns.user", "summit.EmergencyAccount.user"),
    *("summit.SavedView.user", "jobs.Job.by", "jobs.ExportedFile.by", "api.Token.user", "agenda.CalendarFeed.user"),
    *("summit.UndoOffer.by", "summit.UndoOffer.undone_by", "agenda.BoardStep.by"),
}


def test_the_end_of_an_account_takes_nothing_else_along() -> None:
    cascades = {
        f"{model._meta.label}.{column.name}": column
        for model in OURS
        for column in model._meta.concrete_fields
        if column.related_model is User and column.remote_field.on_delete is models.CASCADE
    }
    todo = "Write on_delete=models.PROTECT. What is the account's own, add to {table}."
    hold(table(cascades, OF_AN_ACCOUNT, f"{__file__} OF_AN_ACCOUNT", todo))


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
# What parses, authorises, calls one service and responds.
THIN = re.compile(
    r"/(admin|views|api(?!/\w+_services)|backoffice|panels|tasks|messages|permissions(?!/)|templatetags)(/|\.py$|_urls)"
)
# Documents that are saved, a set that grows, and a summit’s usual categories, made when they are first asked for.
NOT_OF_THE_DATABASE = {
    "delegations/badges/badge_pdf.py: save",
    "delegations/core/table_writers.py: save",
    "delegations/imports/blank_files.py: save",
    "delegations/members/models/categories.py: bulk_create",
    "delegations/overview/selectors/progress.py: update",
    "delegations/participants/list_docx.py: save",
    "delegations/participants/list_xlsx.py: save",
    "sessions/draft/selectors/speech_times.py: update",
}


class TestLayers:
    def test_an_app_has_its_layers(self) -> None:
        expected = {f"{name}/{layer}" for name, layers in LAYERS_OF.items() for layer in layers}
        hold(broken("Add it, as the other apps have it.", (path for path in expected if not (ROOT / path).exists())))

    def test_the_portal_has_no_tables(self) -> None:
        hold(broken("Move it to the app whose data it holds.", apps.get_app_config("portal").get_models()))

    def test_only_services_write(self) -> None:
        """No interface does, and nothing else in apps whose packages have the layers of docs/architecture.md."""
        thin = {path for path in sources() if THIN.search(f"/{path}")}
        layered = {path for path in sources() if path.parts[0] in LAYERED and not SERVICES.search(str(path))}
        assert (len(thin) > 300, len(layered) > 450) == (True, True)
        found = {f"{path}: {call}": line for path in thin | layered for line, call in writes(path)}
        todo = "Move it to the package's services. What writes no row, add to {table}."
        hold(table(found, NOT_OF_THE_DATABASE, f"{__file__} NOT_OF_THE_DATABASE", todo))

    @pytest.mark.slow("reads the imports of all modules")
    def test_no_packages_import_each_other_in_a_circle(self) -> None:
        found = imported_packages()
        assert len(found) > 60
        assert {"summit.core", "summit.audit"} <= found["delegations.members"]
        hold(circle(found))
        # The control.
        found = {**found, "summit.core": found.get("summit.core", frozenset()) | {"summit.outbox"}}
        assert "summit.core: imports summit.outbox" in circle(found)

    def test_control_the_search_for_writes_finds_them(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.py"
        bad.write_text(
            "row.save()\nRow.objects.create()\nRow.objects.filter(pk=1).update(a=1)\nrows.delete()\n{}.update()"
        )
        assert [call for _place, call in writes(bad)] == ["save", "create", "update", "delete"]

    def test_every_task_says_its_name(self) -> None:
        named = [(path, f"def {function}(", name, f"{_module(path)}.{function}") for path, function, name in tasks()]
        wrong = [(at(path, line), f"write name={right!r}") for path, line, name, right in named if name != right]
        hold(broken("What waits in a queue is found by its name.", wrong))
        assert len(tasks()) == 11


def circle(found: Mapping[str, frozenset[str]]) -> list[str]:
    """Return lines about the imports of a circle of packages, if there is one."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as problem:
        wrong = [(_import_of(other, one), f"imports {other}") for other, one in itertools.pairwise(problem.args[1])]
        return broken("Register from above what must call upwards (summit.core.registry), or move it down.", wrong)
    return []


def _import_of(package: str, importer: str) -> str:
    inside = [path for path in sources() if f"{path}/".startswith(importer.replace(".", "/"))]
    return next((at(path, f"from {package}") for path in inside if f"from {package}" in text(path)), importer)


def _module(path: str) -> str:
    # Outbox and long work are nested in the ground floor, and known by their labels.
    name = path.removesuffix(".py").replace("/", ".")
    for folder, label in (("webhooks", "webhooks"), ("outbox", "outbox"), ("jobs", "jobs")):
        name = re.sub(rf"^summit\.{folder}\.", f"{label}.", name)
    return name


class TestModels:
    def test_names_are_translated_and_what_the_admin_shows_has_rules(self) -> None:
        names = [(each, name) for each in OURS for name in (each._meta.verbose_name, each._meta.verbose_name_plural)]
        fields = [each for model in DESKS for each in model._meta.fields if each.editable and not each.primary_key]
        assert (len(names) > 100, len(fields) > 300) == (True, True)
        names += [(each, each.verbose_name) for each in fields]
        plain = [(where, f"“{name}”") for where, name in names if not isinstance(name, Promise)]
        shown = list(DESKS.values())
        shown += [inline(model, site) for model, desk in DESKS.items() for inline in desk.inlines]
        needed = [(desk, f"{desk.permission}.{action}") for desk in shown for action in ("view", "change")]  # type: ignore[attr-defined]
        bare = [each for each in needed if each[1] not in RULES]
        todo = "Write its name, one and many, in gettext_lazy."
        hold(broken(todo, plain), broken("Declare the rule in the package's permissions.py.", bare))

    def test_the_path_to_its_summit_leads_there(self) -> None:
        paths = [(desk, model, desk.summit_path) for model, desk in DESKS.items()]  # type: ignore[attr-defined]
        paths += [(each, each.model, each.summit_path) for desk in DESKS.values() for each in desk.inlines]  # type: ignore[attr-defined]
        paths += [(desk, model, SUMMIT_PATHS[model]) for model, desk in DESKS.items() if model in SUMMIT_PATHS]
        ends = [(desk, path, _end_of(model, path)) for desk, model, path in paths if path is not None]
        wrong = [(desk, f"{path} ends at {end}") for desk, path, end in ends if end != "Summit"]
        hold(broken("Let summit_path name the fields from the model to its summit, with “__” between them.", wrong))

    def test_migrations_are_named_by_hand(self) -> None:
        found = [path for app in APPS for path in (ROOT / app).rglob("migrations/0*.py")]
        assert len(found) >= 9
        odd = [path for path in found if not re.fullmatch(r"\d{4}_(?!auto)[a-z][a-z_]+\.py", path.name)]
        hold(broken("Name it by what it does: makemigrations APP -n what_it_does.", odd))


def _end_of(model: type[models.Model], path: str) -> str:
    for name in filter(None, path.split("__")):
        field = {each.name: each for each in model._meta.get_fields()}.get(name)
        if not getattr(field, "related_model", None):
            return f"{model.__name__}.{name}"
        model = field.related_model  # type: ignore[assignment]
    return model.__name__


def test_the_desk_shows_no_table_of_a_library() -> None:
    others = [(desk, model._meta.label) for model, desk in site._registry.items() if model not in DESKS]
    hold(broken("Unregister it in the module that first needs it, or show it by a page of its own.", others))


def test_what_stops_a_form_takes_the_focus() -> None:
    """Whoever works by keyboard or listens begins with what is wrong, not at the top of the page."""
    found = [
        (path, tag)
        for path in TEMPLATES
        if path.suffix == ".html"
        for tag in re.findall(r'<div class="error-summary"[^>]*>', text(path))
    ]
    assert len(found) > 10
    wrong = [at(path, tag) for path, tag in found if 'tabindex="-1"' not in tag or "autofocus" not in tag]
    hold(broken('Give it tabindex="-1" and autofocus.', wrong))


def test_every_address_is_either_personal_or_public() -> None:
    views = routes()
    public = {route for route, view in views.items() if getattr(view, "is_public", False)}
    personal = {route for route in views if f"/{route}".startswith(PERSONAL)}
    working = {route for route, view in views.items() if getattr(view, "is_working", False)}
    others = {route: location(views[route]) for route in views.keys() - personal - public - working}
    todo = "Wrap it in public_page, or give it an address below one of PERSONAL. What is no page, add to {table}."
    both = [(location(views[route]), f"{route} is below {PERSONAL}") for route in personal & public]
    hold(table(others, NOT_PAGES, f"{__file__} NOT_PAGES", todo), broken("Take off public_page, or move it.", both))


class TestTemplates:
    def test_each_is_used(self) -> None:
        """A name stands in quotes somewhere, or in the place of a template that a library brings."""
        texts = [*(text(ROOT / path) for path in sources()), *map(text, TEMPLATES)]
        quoted = {name for each in texts for name in re.findall(r"(?<=[\"'])[\w./-]+(?=[\"'])", each)}
        names = {str(path.relative_to(ROOT / "templates")): path.name for path in TEMPLATES}
        unused = {name for name, last in names.items() if quoted.isdisjoint((name, last))}
        folders = get_app_template_dirs("templates")
        gone = [f"templates/{name}" for name in unused if not any((Path(each) / name).exists() for each in folders)]
        hold(broken("Nothing names it. Delete it.", gone))
        assert len(names) > 300

    def test_every_word_is_translatable_and_every_form_that_posts_has_a_token(self) -> None:
        """The test client needs no token, so nothing else notices before a browser is refused."""
        pages = {path: text(path) for path in TEMPLATES if path.suffix in (".html", ".txt")}
        words = [(at(path, each), each) for path, page in pages.items() for each in untranslated(page)]
        forms = [(path, form) for path, page in pages.items() for form in re.findall(POSTS, page, flags=re.DOTALL)]
        # Public pages have no cookie, and so no token: `press.public.views.subscriptions`.
        known = "csrf_token", '"press:subscri'
        bare = [at(path, form) for path, form in forms if not any(each in form for each in known)]
        todo = "Wrap it in {% translate %} or {% blocktranslate %}. A name goes to SAME_EVERYWHERE in this module."
        hold(broken(todo, words), broken("Write {% csrf_token %} in the form.", bare))
        assert len(forms) > 100

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


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


class TestDocuments:
    def test_every_package_is_described(self) -> None:
        """By itself, and in the same words by docs/architecture.md, in the order that import-linter holds."""
        contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
        orders = {row["containers"][0]: row["layers"] for row in contracts if row["name"].startswith("Packages of ")}
        assert sum(map(len, orders.values())) > 60
        written = text(ROOT / "docs/architecture.md")
        hold(*(undescribed(app, packages, written) for app, packages in orders.items()))
        # The control: the line is written out.
        assert "- **`formats`**: a published text in other formats" in undescribed("press", ["formats"], "")[1]

    def test_what_they_name_is_there(self) -> None:
        """Links, functions and make targets, and the files that were renamed."""
        link, target = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)"), re.compile(r"`make ([a-z-]+)`")
        name = re.compile(rf"`((?:{'|'.join(APPS)})(?:\.\w+)+)`")
        known = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), flags=re.MULTILINE))
        known |= {path.name for path in (ROOT / "deploy").rglob("*")}
        named = [(path, each) for path in DOCUMENTS for each in name.findall(text(path)) + target.findall(text(path))]
        gone = [(path, each) for path, each in named if each not in known and not _importable(each)]
        linked = [(path, each) for path in DOCUMENTS for each in link.findall(text(path))]
        gone += [(path, each) for path, each in linked if not (path.parent / each).exists()]
        rows = csv.DictReader(text(ROOT / "docs/renames.csv").splitlines())
        renamed = [path for row in rows for path in row["new"].split()]
        gone += [(ROOT / "docs/renames.csv", path) for path in renamed if not (ROOT / path).exists()]
        lines = [(at(path, each), f"there is no {each}") for path, each in gone if not each.endswith(".example")]
        hold(broken("Write what it is called now, and where it is.", lines))

    def test_control_a_name_that_is_gone_is_found(self) -> None:
        assert _importable("press.texts.models.visibility.public_editions")
        assert _importable("press.tasks")
        assert not _importable("press.texts.models.visibility.is_public")


def undescribed(app: str, packages: list[str], written: str) -> list[str]:
    """Return lines about the packages of an app that docs/architecture.md describes otherwise than they do."""
    section = written.partition(f"### {app}:")[2].partition("###")[0]
    lines = []
    for before, package in itertools.pairwise(["", *packages]):
        words = " ".join((ast.get_docstring(tree(ROOT / app / package / "__init__.py")) or "None.").split())
        if words[1:].replace("“/”", "`/`") not in " ".join(section.split()):
            line = textwrap.fill(f"- **`{package}`**: {words[0].lower()}{words[1:]}", 116, subsequent_indent="  ")
            where = at("docs/architecture.md", f"- **`{package}`**", f"- **`{before}`**", f"### {app}:")
            todo = f"Write there what {app}/{package}/__init__.py says, after the line of {before or app}:\n{line}"
            lines += broken(todo, [(where, f"{app}/{package} isn't described as it is by its docstring")])
    shown = re.findall(r"^- \*\*`(\w+)`\*\*", section, flags=re.MULTILINE)
    order = f"Put them in the order that pyproject.toml has: {', '.join(packages)}."
    return lines or broken(order, [at("docs/architecture.md", f"### {app}:")] if shown != packages else [])


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
    files = [ROOT / f"requirements/{name}.in" for name in ("base", "run")]
    lines = [(at(path, line), line) for path in files for line in text(path).splitlines() if line]
    needed = [(where, line) for where, line in lines if not line.startswith(("#", "-r"))]
    words = {word for path in sources() for word in re.findall(r"\w+", text(ROOT / path))}
    names = [(where, re.split(r"[\[~=> ]", line, maxsplit=1)[0].lower()) for where, line in needed]
    usual = [(where, name, {name.replace("-", "_"), name.removeprefix("django-")}) for where, name in names]
    unused = [(where, name) for where, name, modules in usual if words.isdisjoint({MODULES.get(name), *modules})]
    todo = "Nothing imports it: take it out, or add the name of its module to MODULES in this test's module."
    bare = [each for each in needed if not re.search(r" # \w", each[1])]
    hold(broken("Say after # what it is for.", bare), broken(todo, unused))


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
