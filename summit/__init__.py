"""The project package, and the app that all other apps build on."""

__version__ = "1.0.0rc1"

from summit.celery import app as celery_app

__all__ = ["__version__", "celery_app"]
