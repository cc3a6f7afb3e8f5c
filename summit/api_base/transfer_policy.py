"""Accounts of programs hold no role elsewhere: there is no token for them, and nobody signs in with them."""

from django.db.models import Q

from summit.core.transfer_registry import moves, only_here

only_here(Q(application__isnull=False))
moves("summit.RoleAssignment", where=Q(user__application__isnull=True))
