"""What the audit calls what happens to requests for focal points."""

from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest
from delegations.parties.models.parties import Party
from summit.audit.actions import deed, part, personal, thing

deed("delegations.focalpointrequest.ask", gettext_lazy("asked for a new focal point"))
deed("delegations.focalpointrequest.approve", gettext_lazy("approved a new focal point"))
deed("delegations.focalpointrequest.refuse", gettext_lazy("refused a new focal point"))
deed("delegations.focalpointrequest.withdraw", gettext_lazy("took the request for a focal point back"))
thing(FocalPointRequest, related=("party",), name=lambda row: row.name)
part(Party, FocalPointRequest, lambda row: FocalPointRequest.objects.filter(party=row))
personal(FocalPointRequest, "name", "office", "email", "asked_by", "answer_to", "reason")
