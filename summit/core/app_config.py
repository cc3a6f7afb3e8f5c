"""The configuration of apps with modules that register something when they are imported."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import ClassVar

from django.apps import AppConfig

# Modules that register what they declare have these names in every package. Each may be a package of modules.
CONVENTIONAL = frozenset(
    {
        "audit_messages",
        "definitions",
        "events",
        "import_definitions",
        "list_definitions",
        "messages",
        "permissions",
    }
)


class RegisteringConfig(AppConfig):
    """An app that imports the modules that register something, once all models are loaded.

    They are the modules with a conventional name, wherever they are in the app, and those in `registering`, relative
    to the app.
    """

    registering: ClassVar[tuple[str, ...]] = ()

    def ready(self) -> None:
        """Import the modules."""
        for name in self.registered_modules():
            import_module(name)

    def registered_modules(self) -> Iterator[str]:
        """Yield the dotted paths of the modules that are imported at the start."""
        root = Path(self.path)
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if CONVENTIONAL & set(parts[-2:]) and parts[-1] != "__init__":
                yield ".".join((self.name, *parts))
        yield from (f"{self.name}.{name}" for name in self.registering)
