"""Names of the rows of single sign-on in the audit."""

from summit.audit.actions import describe_model, part
from summit.single_sign_on.models import GroupRole, IdentityProvider
from summit.summits.models import Summit

describe_model(IdentityProvider)
describe_model(GroupRole)
part(Summit, GroupRole, lambda row: GroupRole.objects.filter(summit=row))
