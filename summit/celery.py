"""The Celery application: `celery -A summit worker`, `celery -A summit beat`."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")

app = Celery("summit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_unsafe(**kwargs: object) -> None:
    """Keep a worker or beat from starting in an unsafe production."""
    from summit.checks import enforce

    enforce()
