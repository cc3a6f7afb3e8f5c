"""Real processes, started and killed."""

import pytest

MARKS = [
    pytest.mark.loopback,
    pytest.mark.services,
    pytest.mark.xdist_group("processes"),
    pytest.mark.broad("it starts processes"),
]
