"""Transfer policy of applications: their accounts get no roles in another installation.

They have no token there, and nobody signs in with them.
"""

from django.db.models import Q

from summit.core.transfer_registry import moves, only_here

only_here(Q(api_client__isnull=False))
moves("summit.RoleAssignment", where=Q(user__api_client__isnull=True))
