"""Groups of roles that the permissions of several packages use."""

from summit.permissions.models import Role

WRITERS = (Role.ORGANISER, Role.PROTOCOL)
# The first plan with individual people; the second only need to know which parties come.
SEE_MEMBERS = (*WRITERS, Role.ACCREDITATION, Role.PROGRAMME)
SEE_PARTIES = (*SEE_MEMBERS, Role.PRESS_OFFICER, Role.PRESS_APPROVER, Role.VIEWER)
SEE_LETTERS = (*WRITERS, Role.PROGRAMME)
OF_PARTIES = (Role.FOCAL_POINT, Role.DELEGATE)
# Categories, the zones they open, and transferable passes. Quotas have a permission of their own.
SEE_CATEGORIES = (*SEE_MEMBERS, Role.VETTING)
# The roles that see and change particulars for travel and photographs (delegations.members.models.particulars).
# Passports are not included: an organiser runs the summit and needs nobody's passport.
SEE_TRAVEL = (*WRITERS, Role.ACCREDITATION, Role.VETTING)
