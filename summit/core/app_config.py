"""The configuration of apps with modules that register something when they are imported."""

from importlib import import_module
from typing import ClassVar

from django.apps import AppConfig


class RegisteringConfig(AppConfig):
    """An app that imports the modules in `registering` once all models are loaded.

    The names of the modules are relative to the app. The modules register audit messages, permissions, routes and the
    like with registries of lower packages.
    """

    registering: ClassVar[tuple[str, ...]] = ()

    def ready(self) -> None:
        """Import the modules in `registering`."""
        for name in self.registering:
            import_module(f"{self.name}.{name}")
