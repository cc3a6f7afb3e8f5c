"""The project package and ground floor: what every other app stands on."""

from summit.celery import app as celery_app

__all__ = ["celery_app"]
