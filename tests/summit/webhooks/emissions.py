"""Where the sources emit events: which functions use an event's constant, and which functions call those.

Functions are known by their dotted paths. A use outside any function has the path of its module.
"""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from summit.webhooks.events import Event
from tests.sources import ROOT, sources, text


def constant_of(event: Event[Any]) -> str:
    """Return the dotted path of the constant that holds an event, in the module that builds its payload."""
    module = event.build_payload.__module__
    name = next((name for name, value in vars(import_module(module)).items() if value is event), event.name)
    return f"{module}.{name}"


def file_of(event: Event[Any]) -> str:
    """Return the path of the module that declares an event."""
    return event.build_payload.__module__.replace(".", "/") + ".py"


def misplaced(event: Event[Any], extra: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each way in which an event isn't emitted as it declares. `extra` are further modules, a
    dict from their dotted paths to their text."""
    modules = {_dotted(path): text(ROOT / path) for path in sources()} | dict(extra or {})
    constant, reached, seen = constant_of(event), set[str](), set[str]()
    waiting = [name for name in _users(constant, modules) if not constant.startswith(f"{name}.")]
    found = [] if waiting else [f"{file_of(event)}: {event.name} is declared, but nothing emits it"]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        if function in event.services:
            reached.add(function)
        elif function not in modules and (callers := set(_users(function, modules)) - {function}):
            waiting += callers
        else:
            services = " and ".join(event.services)
            found.append(f"{function} emits {event.name}, which {file_of(event)} declares for {services} alone")
    unreached = set(event.services) - reached if not found else set()
    return found + [f"{file_of(event)}: {service} doesn't emit {event.name}" for service in sorted(unreached)]


def _dotted(path: Any) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _users(target: str, modules: Mapping[str, str]) -> list[str]:
    """Return the functions that use what has the dotted path `target`."""
    last = target.rpartition(".")[2]
    return sorted(
        {
            function
            for module, source in modules.items()
            if last in source
            for function, used in _uses(module, ast.parse(source))
            if used == target
        }
    )


def _uses(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (function, dotted path of what it uses) for each use of a name in a module."""
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
                yield from ((function, used) for used in _used(member, names))


def _used(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in names:
            yield names[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            yield f"{names[each.value.id]}.{each.attr}"
