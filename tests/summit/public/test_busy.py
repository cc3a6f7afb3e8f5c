"""What is answered where the database can't be used: a proxy asks another web host only where this one is cut off."""

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from summit.core.transient_errors import is_unreachable
from summit.public.error_pages import busy


def problem(cause: Exception | None, **values: str | None) -> OperationalError:
    """Return Django's error for a driver's one."""
    found = OperationalError("it can't be used")
    found.__cause__ = cause
    for name, value in values.items():
        setattr(cause, name, value)
    return found


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (problem(Exception("connection timed out"), sqlstate=None), 504),
        (problem(Exception("connection failure"), sqlstate="08006"), 504),
        (problem(Exception("terminating connection"), sqlstate="57P01"), 504),
        (problem(Exception("the statement took too long"), sqlstate="57014"), 503),
        (problem(Exception("lock not available"), sqlstate="55P03"), 503),
        (problem(Exception("out of memory"), sqlstate="53200"), 503),
        (problem(None), 503),
    ],
    ids=lambda each: str(each.__cause__) if isinstance(each, OperationalError) else str(each),
)
def test_a_host_that_is_cut_off_from_the_database_says_so(raised: OperationalError, status: int) -> None:
    page = busy(RequestFactory().get("/border-security-2025/"), raised)
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (status, "30", "no-store")
    answer = busy(RequestFactory().get("/api/v1/summits/"), raised)
    assert (answer.status_code, json.loads(answer.content)["status"], answer["Retry-After"]) == (status, status, "30")
    assert is_unreachable(raised) is (status == 504)
