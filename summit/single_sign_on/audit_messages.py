"""Names of the rows of single sign-on in the audit, and of roles, which are deleted when they fall."""

from summit.audit.actions import Facts, describe_model, part
from summit.permissions.models import Role, RoleAssignment
from summit.single_sign_on.models import GroupRole, IdentityProvider
from summit.summits.models import Summit


def _role(facts: Facts) -> str:
    role = str(facts.detail.get("role", ""))
    return str(dict(Role.choices).get(role, role))


def _group_role(facts: Facts) -> str:
    """Return the group and its role. Old entries name no group."""
    return ": ".join(text for text in (str(facts.detail.get("group", "")), _role(facts)) if text)


describe_model(IdentityProvider, deleted=lambda facts: str(facts.detail.get("name", "")))
describe_model(GroupRole, deleted=_group_role)
describe_model(RoleAssignment, related=("user",), deleted=_role)
part(Summit, GroupRole, lambda row: GroupRole.objects.filter(summit=row))
