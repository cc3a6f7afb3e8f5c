"""Documents have the paper of the venue's country."""

import pytest

from summit.pdf.paper_size import paper_of
from summit.summits.models import Summit

ZONES = [
    *(("Europe/London", "a4"), ("Asia/Riyadh", "a4"), ("America/Sao_Paulo", "a4"), ("UTC", "a4")),
    *(("America/New_York", "us-letter"), ("America/Mexico_City", "us-letter"), ("Asia/Manila", "us-letter")),
]


@pytest.mark.parametrize(("zone", "paper"), ZONES)
def test_it_follows_the_time_zone(zone: str, paper: str) -> None:
    assert paper_of(Summit(time_zone=zone)) == paper
