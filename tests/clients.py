"""Browsers of people who are signed in."""

from django.test import Client

from summit.users.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
