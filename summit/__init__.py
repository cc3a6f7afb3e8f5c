"""The project package, and the app that all other apps build on."""

from summit.celery import app as celery_app

__all__ = ["celery_app"]
