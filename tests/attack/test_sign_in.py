"""Guessing passwords, and locking others out by it."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, UserFactory


def sign_in(address: str, email: str, password: str) -> int:
    client = Client(headers={"X-Forwarded-For": address})
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "status"), [(1, 302), (0, 200)])
def test_behind_a_proxy_nobody_locks_others_out(proxies: int, status: int, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    cache.clear()
    UserFactory(email="zoe@host.example", password=PASSWORD)
    for number in range(12):
        sign_in("192.0.2.66", f"nobody{number}@host.example", "wrong")
    guessed = sign_in("192.0.2.66", "zoe@host.example", PASSWORD)
    answered = sign_in("192.0.2.1", "zoe@host.example", PASSWORD)
    cache.clear()
    # 200 is the form again, which says that there were too many attempts.
    assert (guessed, answered) == (200, status)


@pytest.mark.parametrize(("value", "proxies"), [("1", "1"), ("0", "0")])
def test_the_setting_follows_the_proxy(value: str, proxies: str) -> None:
    code = "from summit import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    variables = {**os.environ, "BEHIND_PROXY": value}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == proxies
