"""What nginx is told of pages: how long it may keep them, and of which it is told nothing."""

import time

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from summit.permissions.models import Role
from summit.public.page_cache_headers import PageCacheHeadersMiddleware
from summit.public_base.public_pages import mark_same_for_everybody
from summit.summits.models import Summit
from tests.factories import SummitFactory, UserFactory

pytestmark = pytest.mark.django_db
BY_NGINX = {"x-page-cache": "1"}


@pytest.fixture
def summit(settings: LazySettings) -> Summit:
    settings.BEHIND_PROXY = True
    return SummitFactory(public=True)


def test_a_public_page_is_kept_to_the_end_of_its_second(summit: Summit, client: Client) -> None:
    for path, status, for_browsers in (
        (f"/{summit.slug}/agenda/", 200, "public, no-cache"),
        # Shared caches behind nginx ask each time: seconds that were true once aren't later.
        (f"/{summit.slug}/press/", 200, "public, no-cache"),
        (f"/{summit.slug}/press/nothing/", 404, "no-store"),
        (f"/{summit.slug}/agenda", 301, "public, no-cache"),
    ):
        began = int(time.time())
        answer = client.get(path, headers=BY_NGINX)
        until = int(answer["X-Accel-Expires"].removeprefix("@"))
        assert began <= until <= time.time(), path
        assert answer["Cache-Control"] == "max-age=1, stale-while-revalidate=3", path
        assert (answer.status_code, answer["X-Page-Cache-Control"]) == (status, for_browsers), path


def test_who_has_a_page_still_is_told_of_the_second(summit: Summit, client: Client) -> None:
    path = f"/{summit.slug}/agenda/"
    etag = client.get(path)["ETag"]
    answer = client.get(path, headers={**BY_NGINX, "if-none-match": etag})
    assert (answer.status_code, "X-Accel-Expires" in answer) == (304, True)


def test_of_other_pages_nothing_is_told(summit: Summit, client: Client, settings: LazySettings) -> None:
    client.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    paths = ("/portal/", "/portal/nothing/", "/portal/agenda", "/admin/", "/accounts/login/", "/")
    for path in (*paths, f"/{summit.slug}/press/subscribe/"):
        answer = client.get(path, headers=BY_NGINX)
        assert ("X-Accel-Expires" in answer, "X-Page-Cache-Control" in answer) == (False, False), path
    for proxy, headers in ((False, BY_NGINX), (True, {})):
        settings.BEHIND_PROXY = proxy
        answer = client.get(f"/{summit.slug}/agenda/", headers=headers)
        assert ("X-Accel-Expires" in answer, answer["Cache-Control"]) == (False, "public, no-cache")


@pytest.mark.parametrize(
    ("method", "cookie", "vary", "kept"),
    [
        ("GET", "", "Accept-Encoding", True),
        ("POST", "", "", False),
        ("GET", "a", "", False),
        ("GET", "", "Accept-Encoding, Cookie", False),
    ],
)
def test_what_depends_on_who_asks_is_not_kept(
    method: str, cookie: str, vary: str, kept: bool, summit: Summit
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("words", headers={"Vary": vary} if vary else {})
        mark_same_for_everybody(response)
        if cookie:
            response.set_cookie(cookie, "1")
        return response

    request = HttpRequest()
    request.method, request.path_info = method, "/a/"
    request.META["HTTP_X_PAGE_CACHE"] = "1"
    assert ("X-Accel-Expires" in PageCacheHeadersMiddleware(view)(request)) is kept
