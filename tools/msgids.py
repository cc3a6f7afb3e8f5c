"""Finds texts that are marked for translation: in Python by its syntax tree, in templates as Django reads them."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("delegations", "portal", "press", "sessions", "summit")
# Which argument holds what: the context, the text, the plural.
CALLS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
NAMES = {f"{name}{ending}": places for name, places in CALLS.items() for ending in ("", "_lazy", "_noop")}
LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
TEMPLATE_CALL = re.compile(rf"(?<!\w)(gettext|ngettext|pgettext|npgettext|_)\((\s*{LITERAL}(?:\s*,\s*{LITERAL})*)")


class Msgid(NamedTuple):
    """One text: its context, itself, and its plural; None where there is none."""

    context: str | None
    text: str
    plural: str | None


class UnreadableError(Exception):
    """A text that is marked for translation and that nobody can extract: no literal, or an f-string."""


def _literal(node: ast.expr, where: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise UnreadableError(f"{where}:{node.lineno}: {ast.unparse(node)} is no literal text")


def _imported(tree: ast.Module) -> dict[str, tuple[int | None, int, int | None]]:
    """Return what the translating functions are called in a module."""
    return {
        alias.asname or alias.name: NAMES[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in NAMES
    }


def in_python(source: str, where: str = "") -> Iterator[Msgid]:
    """Yield the texts of a module in the order in which they stand.

    Raises UnreadableError where one is not a literal. `gettext_lazy` by the name under which it was imported counts,
    and `translation.gettext` as well.
    """
    if "gettext" not in source:
        return
    tree = ast.parse(source)
    names = _imported(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        function = call.func
        if isinstance(function, ast.Name):
            places = names.get(function.id)
        elif isinstance(function, ast.Attribute) and ast.unparse(function.value) == "translation":
            places = NAMES.get(function.attr)
        else:
            places = None
        if places is not None:
            parts = [None if place is None else _literal(call.args[place], where) for place in places]
            yield Msgid(parts[0], str(parts[1]), parts[2])


def in_template(source: str, where: str = "") -> Iterator[Msgid]:
    """Yield the texts of a template in the order in which they stand."""
    for match in TEMPLATE_CALL.finditer(templatize(source, origin=where)):
        name = "gettext" if match.group(1) == "_" else match.group(1)
        given = [ast.literal_eval(literal) for literal in re.findall(LITERAL, match.group(2))]
        parts = [None if place is None else given[place] for place in CALLS[name]]
        yield Msgid(parts[0], str(parts[1]), parts[2])


def text_of(path: Path) -> str:
    """Return what stands in a file."""
    return path.read_text(encoding="utf-8")


def extract(root: Path = ROOT, text: Callable[[Path], str] = text_of) -> list[Msgid]:
    """Return every text of the project once, in the order of its files; `text` returns what stands in one."""
    found: dict[tuple[str | None, str], Msgid] = {}
    modules = sorted(path for app in APPS for path in (root / app).rglob("*.py"))
    templates = sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})
    for path in [*modules, *templates]:
        read = in_python if path.suffix == ".py" else in_template
        for msgid in read(text(path), str(path.relative_to(root))):
            known = found.setdefault((msgid.context, msgid.text), msgid)
            if known.plural is None and msgid.plural is not None:
                found[msgid.context, msgid.text] = msgid
    return list(found.values())
