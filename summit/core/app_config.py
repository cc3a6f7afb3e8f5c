"""The configuration of apps whose modules register something when they are imported."""

from importlib import import_module
from typing import ClassVar

from django.apps import AppConfig


class RegisteringConfig(AppConfig):
    """An app that imports the modules in `registering` once all models are loaded.

    They are named relative to the app, and register audit messages, permissions, routes and the like with registries
    of the packages below them.
    """

    registering: ClassVar[tuple[str, ...]] = ()

    def ready(self) -> None:
        """Import the modules."""
        for name in self.registering:
            import_module(f"{self.name}.{name}")
