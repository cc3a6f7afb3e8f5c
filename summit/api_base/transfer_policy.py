"""Transfer policy of applications: their accounts get no roles in another installation.

They have no token there, and nobody signs in with them.
"""

from django.db.models import Q

from summit.core.transfer_registry import moves, only_here

only_here(Q(api_client__isnull=False))
# Roles by groups are given anew by the other installation's identity providers.
moves("summit.RoleAssignment", where=Q(user__api_client__isnull=True, by_hand=True), without=("until", "issuer"))
