"""What a view leaves of a body is read behind a proxy, and left elsewhere."""

from io import BytesIO

import pytest
from django.conf import LazySettings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import RequestFactory

from summit.public.unread_bodies import UnreadBodyMiddleware


@pytest.mark.parametrize(("proxy", "left"), [(True, 0), (False, 100_000)])
def test_the_rest_of_a_body_is_read_behind_a_proxy(proxy: bool, left: int, settings: LazySettings) -> None:
    settings.BEHIND_PROXY = proxy
    body = BytesIO(b"a" * 100_000)
    environ = RequestFactory()._base_environ(**{"wsgi.input": body, "CONTENT_LENGTH": "100000"})
    request = WSGIRequest(environ)
    answer = UnreadBodyMiddleware(lambda _request: HttpResponse(status=413))(request)
    assert (answer.status_code, len(body.read())) == (413, left)
