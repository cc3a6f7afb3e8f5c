"""Permissions of single sign-on: the system administrator sets providers up, organisers give roles to groups."""

from summit.permissions.models import Role
from summit.permissions.rules import declare_model

declare_model("summit.identityprovider", view=(), change=())
declare_model("summit.grouprole", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
