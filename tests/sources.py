"""Reads the project's own source, for tests of the house's rules: all of it as it was when the run began, whatever is
written meanwhile."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from django.apps import apps

from summit.core.app_config import RegisteringConfig

ROOT = Path(__file__).resolve().parent.parent
APPS = ("summit", "delegations", "sessions", "press", "portal")
WRITES = {
    *("save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("delete", "update", "raw", "aupdate", "acreate", "asave"),
}
WRITING = re.compile(rf"\.\s*({'|'.join(WRITES)})\b")


# The texts of the modules, the templates, the documents and the files beside them.
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for found in (
        *((ROOT / name).rglob("*.py") for name in APPS),
        *((ROOT / "templates").rglob(f"*.{ending}") for ending in ("html", "txt")),
        *((ROOT / folder).rglob("*.*") for folder in ("docs", "requirements")),
        *(ROOT.glob(pattern) for pattern in ("*.md", "*.toml", "Makefile")),
    )
    for path in sorted(found)
    if path.suffix in {"", ".py", ".html", ".txt", ".md", ".toml", ".csv", ".in"}
}


@cache
def sources() -> list[Path]:
    """Return the project's modules but for migrations, by their path from its root."""
    found = (path.relative_to(ROOT) for path in TEXTS if path.suffix == ".py")
    return sorted(path for path in found if "migrations" not in path.parts)


def text(path: Path) -> str:
    """Return what stood in a file when the run began, or stands in one that the test wrote."""
    path = ROOT / path
    return TEXTS[path] if path in TEXTS else path.read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree. Few are remembered: those of all modules would fill hundreds of megabytes."""
    return ast.parse(text(path))


def matching(pattern: re.Pattern[str]) -> list[Path]:
    """Return the modules, but for migrations, in which something is like a pattern."""
    return [path for path in sources() if pattern.search(text(path))]


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls within a node."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def writes(path: Path) -> list[tuple[str, str]]:
    """Return the calls in a module that would write rows, methods of these names, each with its place.

    Functions of a service module are no such methods, nor are a dictionary's `update` and what the admin's own
    classes are asked to do.
    """
    found: list[tuple[str, str]] = []
    for node in calls(tree(path)) if WRITING.search(text(path)) else ():
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            holder = ast.unparse(node.func.value)
            ours = holder.isupper() or holder in ("{}", "self.services") or holder.startswith("super(")
            if not ours and holder not in modules_imported(path):
                found.append((f"{path}:{node.lineno}", node.func.attr))
    return found


@cache
def modules_imported(path: Path) -> frozenset[str]:
    """Return the names under which a module imports modules of the project."""
    return frozenset(
        each.asname or each.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module
        for each in node.names
        if (ROOT / node.module.replace(".", "/") / f"{each.name}.py").exists()
        or (ROOT / node.module.replace(".", "/") / each.name / "__init__.py").exists()
    )


@cache
def tasks() -> list[tuple[str, str, str]]:
    """Return (module, function, name) of every Celery task; the name is "" where it isn't given."""
    found = []
    for path in sources():
        if path.name != "tasks.py":
            continue
        for node in tree(ROOT / path).body:
            for entry in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
                if "shared_task" in ast.unparse(entry):
                    words = entry.keywords if isinstance(entry, ast.Call) else []
                    names = [ast.literal_eval(word.value) for word in words if word.arg == "name"]
                    found.append((str(path), node.name, names[0] if names else ""))
    return found


# Folders of an app that are no packages of its order: what Django looks for by name, or what stands beside all.
NO_PACKAGES = {"templatetags", "management", "migrations", "embedded", "formats", "demo", "views"}


@cache
def package_of(name: str) -> str:
    """Return the package that a module is in, such as "summit.audit"; a module at an app's root stands for itself."""
    parts = name.split(".")
    inside = len(parts) > 1 and parts[1] not in NO_PACKAGES and (ROOT / parts[0] / parts[1]).is_dir()
    return ".".join(parts[:2]) if inside else name


@cache
def imported_packages() -> Mapping[str, frozenset[str]]:
    """Return which packages each package imports, wherever in its modules, but for what only the type checker reads.
    Modules at an app's root that nobody imports, such as those of its start, are among them."""
    found: dict[str, set[str]] = {}
    for path in sources():
        here = package_of(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        for module in _imported(tree(ROOT / path)):
            if package_of(module) != here:
                found.setdefault(here, set()).add(package_of(module))
    return {package: frozenset(imported) for package, imported in found.items()}


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the modules of the project that are imported within a node, but for what only the type checker reads."""
    if isinstance(node, ast.ImportFrom):
        for name in node.names if node.module and node.module.partition(".")[0] in APPS else ():
            whole = f"{node.module}.{name.name}"
            yield whole if _is_module(whole) else str(node.module)
    elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
        # Imports are statements: nothing is looked for in expressions.
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            for inner in getattr(node, name, ()) if not isinstance(node, ast.expr) else ():
                yield from _imported(inner)


@cache
def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def modules_by_name() -> dict[str, str]:
    """Return a dict from the dotted path of each module to its text."""
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): text(ROOT / path) for path in sources()}


def unregistered(declaration: str, modules: Mapping[str, str]) -> list[str]:
    """Return a sentence for each module with text like `declaration`, a pattern, that its app doesn't import at its
    start: what the module declares would be known only to those who import it."""
    configs = [config for config in apps.get_app_configs() if isinstance(config, RegisteringConfig)]
    imported = {name for config in configs for name in config.registered_modules()}
    return [
        f"{module.replace('.', '/')}.py has declarations, and no app imports it: see summit/core/app_config.py"
        for module, source in modules.items()
        if module not in imported and re.search(declaration, source)
    ]


def users_of(target: str, modules: Mapping[str, str]) -> list[str]:
    """Return the dotted paths of the functions that use what has the dotted path `target`, in modules such as
    `modules_by_name` returns. A use outside any function has the path of its module."""
    last = target.rpartition(".")[2]
    return sorted(
        {
            function
            for module, source in modules.items()
            if last in source
            for function, used in _uses(module, source)
            if used == target
        }
    )


@cache
def _uses(module: str, source: str) -> frozenset[tuple[str, str]]:
    """Return (function, dotted path of what it uses) for each use of a name in a module."""
    tree = ast.parse(source)
    found: set[tuple[str, str]] = set()
    names = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{module}.{node.name}" if isinstance(node, ast.ClassDef) else module
        for member in members:
            function = f"{prefix}.{member.name}" if isinstance(member, ast.FunctionDef) else module
            if not isinstance(member, ast.ImportFrom):
                found |= {(function, used) for used in _used(member, names)}
    return frozenset(found)


def _used(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            yield f"{names[each.value.id]}.{each.attr}"
