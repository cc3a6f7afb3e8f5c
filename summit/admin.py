"""Imports the admin modules of all packages of this app, where Django looks for them."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from summit.backoffice import accounts, api_clients, audit, summits
from summit.import_export import admin as import_admin
from summit.single_sign_on import admin as single_sign_on

# Libraries register their own models. Here, roles replace groups, and the admin of accounts shows the other models.
for foreign in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession, Group):
    if admin.site.is_registered(foreign):
        admin.site.unregister(foreign)

__all__ = ["accounts", "api_clients", "audit", "import_admin", "single_sign_on", "summits"]
