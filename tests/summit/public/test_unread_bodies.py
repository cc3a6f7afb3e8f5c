"""What a view leaves of a body is read behind a proxy, and left elsewhere."""

from io import BytesIO

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse

from summit.public.unread_bodies import UnreadBodyMiddleware


@pytest.mark.parametrize(("proxy", "left"), [(True, 0), (False, 100_000)])
def test_the_rest_of_a_body_is_read_behind_a_proxy(proxy: bool, left: int, settings: LazySettings) -> None:
    settings.BEHIND_PROXY = proxy
    request = HttpRequest()
    request.META["wsgi.input"] = body = BytesIO(b"a" * 100_000)
    request.META["CONTENT_LENGTH"] = "100000"
    answer = UnreadBodyMiddleware(lambda _request: HttpResponse(status=413))(request)
    assert (answer.status_code, len(body.read())) == (413, left)
