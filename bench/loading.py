"""How long a synthetic summit of full size takes to load: `manage.py demo --slug big`, which promises a minute."""

import time

from portal.demo import synthetic
from summit.summits.models import Summit


def load(slug: str = "big") -> tuple[Summit, float]:
    """Load a synthetic summit of the usual size; return it, and the seconds that took."""
    started = time.perf_counter()
    summit = synthetic.load(slug=slug, sizes=synthetic.Sizes())
    return summit, time.perf_counter() - started
