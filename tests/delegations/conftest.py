"""What the tests of the delegations stand on."""

import pytest

from summit.models import AuditChain


@pytest.fixture(autouse=True)
def chain_row(request: pytest.FixtureRequest) -> None:
    """Put back the row of the audit chain, which the emptying of the tables after a transactional test took away."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        AuditChain.objects.get_or_create(pk=1)
