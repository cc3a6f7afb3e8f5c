"""Where the sources emit events: which functions use an event's constant, and which functions call those.

Functions are known by their dotted paths. A use outside any function has the path of its module.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from summit.webhooks.events import Event
from tests.sources import modules_by_name, users_of


def constant_of(event: Event[Any]) -> str:
    """Return the dotted path of the constant that holds an event, in the module that builds its payload."""
    module = event.build_payload.__module__
    name = next((name for name, value in vars(import_module(module)).items() if value is event), event.name)
    return f"{module}.{name}"


def file_of(event: Event[Any]) -> str:
    return event.build_payload.__module__.replace(".", "/") + ".py"


def misplaced(event: Event[Any], extra: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each way in which an event isn't emitted as it declares. `extra` are further modules, a
    dict from their dotted paths to their text."""
    modules = modules_by_name() | dict(extra or {})
    constant, reached, seen = constant_of(event), set[str](), set[str]()
    waiting = [name for name in users_of(constant, modules) if not constant.startswith(f"{name}.")]
    found = [] if waiting else [f"{file_of(event)}: {event.name} is declared, but nothing emits it"]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        if function in event.services:
            reached.add(function)
        elif function not in modules and (callers := set(users_of(function, modules)) - {function}):
            waiting += callers
        else:
            services = " and ".join(event.services)
            found.append(f"{function} emits {event.name}, which {file_of(event)} declares for {services} alone")
    unreached = set(event.services) - reached if not found else set()
    return found + [f"{file_of(event)}: {service} doesn't emit {event.name}" for service in sorted(unreached)]
