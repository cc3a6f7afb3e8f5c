"""Roles that stand together in the permissions of several packages."""

from summit.permissions.models import Role

WRITERS = (Role.ORGANISER, Role.PROTOCOL)
# Those who plan by who comes, person by person; and those who need to know which parties come.
SEE_MEMBERS = (*WRITERS, Role.ACCREDITATION, Role.PROGRAMME)
SEE_PARTIES = (*SEE_MEMBERS, Role.PRESS_OFFICER, Role.PRESS_APPROVER, Role.VIEWER)
SEE_LETTERS = (*WRITERS, Role.PROGRAMME)
OF_PARTIES = (Role.FOCAL_POINT, Role.DELEGATE)
# In which categories people come, which zones those open, and the passes that change hands. How many may be named in
# a category is said by whoever may raise that.
SEE_CATEGORIES = (*SEE_MEMBERS, Role.VETTING)
# The groups of what people are asked for beyond that (delegations.members.field_access), each seen and changed by the
# same. An organiser runs the summit and needs nobody's passport.
SEE_TRAVEL = (*WRITERS, Role.ACCREDITATION, Role.VETTING)
