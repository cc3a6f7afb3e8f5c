"""Says what breaks rules of the house, all of it at once: each place by file and line, what is wrong there, and what
to do."""

import inspect
import pkgutil
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db.models import Field, Model

from summit.permissions.route_access import location
from summit.permissions.route_table import _views
from summit.permissions.rules import RULES
from tests.sources import ROOT, TEXTS, text

Roles = Mapping[str, Iterable[str]]


def hold(*lines: Iterable[str]) -> None:
    """Fail with all lines, if there are any: sentences that begin by a place, such as `broken` and `table` return."""
    if found := [line for each in lines for line in each]:
        pytest.fail("\n".join(found), pytrace=False)


def broken(todo: str, found: Iterable[Any]) -> list[str]:
    """Return lines about places that break a rule, with what to do. Each found is a place (`place`), or a place and
    what is wrong there."""
    pairs = [each if isinstance(each, tuple) else (each, "") for each in found]
    lines = sorted({": ".join(filter(None, (place(where), str(wrong)))) for where, wrong in pairs})
    return [*lines, f"  To do: {todo}"] if lines else []


def table(there: Iterable[str], listed: Iterable[str], holder: str, todo: str = "Add it to {table}.") -> list[str]:
    """Return lines about what a table lacks, or has though it isn't there. `there` may map things to their places;
    `holder` are the file of the table and its name, such as "tests/x.py NAMES"."""
    named, (file, name), places = set(listed), holder.split(), there if isinstance(there, Mapping) else {}
    shown = f"{name} ({at(file, f'{name} =', f'{name}: ', name)})"
    new = [(places.get(key, key), key if key in places else "") for key in set(there) - named]
    gone = [(at(file, f'"{key}"', key, f"{name} =", name), f"there is no {key}") for key in named - set(there)]
    return broken(todo.format(table=shown), new) + broken(f"Take it out of {shown}.", gone)


def at(path: str | Path, *texts: str) -> str:
    """Return "file:line" of the first line with the first of the texts that the file has; the file alone without."""
    whole, name = text(Path(path)), str(Path(path).relative_to(ROOT) if Path(path).is_absolute() else path)
    line = next((f":{1 + whole[: whole.index(each)].count(chr(10))}" for each in texts if each in whole), "")
    return f"{name}{line}"


def place(where: Any) -> str:
    """Return "file:line" of a function, a class or an object of it, or a model's field. A text stands for itself."""
    if isinstance(where, str | Path):
        return where if isinstance(where, str) else at(where)
    if isinstance(where, Field):
        return next(filter(None, (_of_column(each, where.name) for each in where.model.__mro__[:-1])), str(where))
    if inspect.isclass(where) and issubclass(where, Model):
        where = where._meta.auto_created or where
    return location(where if inspect.isroutine(where) or inspect.isclass(where) else type(where)).partition(" ")[0]


def named(path: str) -> str:
    """Return where a function is, by its dotted path; the path itself of what isn't one."""
    try:
        return place(pkgutil.resolve_name(path))
    except (ImportError, AttributeError, TypeError, OSError):
        return path


def constraints(models: Iterable[type[Model]], tried: Iterable[str], holder: str) -> list[str]:
    """Return lines about constraints of models that no row of a table breaks, and rows of it that break none. A row
    is called by its constraint, with further words behind it; one without “_” in its name is about something else."""
    found = {str(each.name): inspect.getfile(model) for model in models for each in model._meta.constraints}
    there = {name: at(file, f'"{name}"') for name, file in found.items()}
    names = {word for word in (re.split(r"\W", row)[0] for row in tried) if "_" in word}
    return table(there, names, holder, "Add to {table} a function that breaks it.")


def permissions(prefix: tuple[str, ...], every: Roles, own: Roles, holder: str) -> list[str]:
    """Return lines about permissions that roles have otherwise than tables say, with all rows or with their own."""
    rules = {name: rule for name, rule in RULES.items() if name.startswith(prefix)}
    found = [_with_roles(name, rule.any, rule.own) for name, rule in rules.items()]
    wanted = [_with_roles(name, roles, own.get(name, ())) for name, roles in every.items()]
    return table(found, wanted, holder, "If they shall have it, say so in {table}; else correct the permissions.py.")


def _with_roles(name: str, every: Iterable[str], own: Iterable[str]) -> str:
    return f"{name} ({', '.join(sorted(every)) or 'no role'}{', own: ' if own else ''}{', '.join(sorted(own))})"


def _of_column(declaring: type, name: str) -> str:
    lines, first = inspect.getsourcelines(declaring)
    found = (number for number, line in enumerate(lines, first) if re.match(rf"\s+{name}\b\s*[:=]", line))
    return next((f"{place(declaring).rpartition(':')[0]}:{number}" for number in found), "")


def page(name: str) -> str:
    """Return where a route's view is; of Django's own pages of a model, where its ModelAdmin is."""
    shown = next((location(view).partition(" ")[0] for each, _pattern, view in _views() if each == name), name)
    desks = {f"admin:{model._meta.label_lower.replace('.', '_')}_": desk for model, desk in site._registry.items()}
    ours = [place(desk) for start, desk in desks.items() if name.startswith(start) and shown.startswith("/")]
    return ours[0] if ours else shown


def of_words(words: str) -> str:
    """Return where the source says a text that is translated: its longest part between placeholders."""
    part = max(re.split(r"%\(\w+\)[sd]|\{\w+\}|%[sd]", words), key=len)
    spread = r"[\s\"'\\]+".join(map(re.escape, part.split()[:8]))
    pattern = re.compile(rf"(?:[\"'>}}]|\)s)\s*{spread}")
    found = ((path, pattern.search(whole)) for path, whole in TEXTS.items() if path.suffix != ".md")
    return next((at(path, match.group()) for path, match in found if match), "locale/")
