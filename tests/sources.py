"""Reads the project's own source, for tests of the house's rules."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("summit", "delegations", "sessions", "press", "portal")
WRITES = {
    *("save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("delete", "update", "raw", "aupdate", "acreate", "asave"),
}
WRITING = re.compile(rf"\.\s*({'|'.join(WRITES)})\b")


@cache
def sources() -> list[Path]:
    """Return the project's modules but for migrations, by their path from its root."""
    found = (path.relative_to(ROOT) for name in APPS for path in (ROOT / name).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def text(path: Path) -> str:
    """Return what stands in a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(text(path))


def writes(path: Path) -> set[str]:
    """Return the calls in a module that would write rows: methods of these names, but for a dictionary's `update`
    and for what the admin's own classes are asked to do."""
    found: set[str] = set()
    if not WRITING.search(text(path)):
        return found
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in WRITES:
            continue
        holder = ast.unparse(node.func.value)
        if holder.isupper() or holder == "{}" or holder.startswith("super("):
            continue
        found.add(node.func.attr)
    return found


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
