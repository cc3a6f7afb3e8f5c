"""Browsers of people who are signed in, and what they read."""

from typing import Any

from django.test import Client

from summit.users.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(client: Client, path: str, **query: Any) -> str:
    """Return what a page says, which has to be there."""
    response = client.get(path, query)
    assert response.status_code == 200, path
    return response.content.decode()
