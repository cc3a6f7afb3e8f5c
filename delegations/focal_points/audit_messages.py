"""Registers the audit's texts for requests for focal points."""

from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_action, describe_model, part

describe_action("delegations.focalpointrequest.ask", gettext_lazy("asked for a new focal point"))
describe_action("delegations.focalpointrequest.approve", gettext_lazy("approved a new focal point"))
describe_action("delegations.focalpointrequest.refuse", gettext_lazy("refused a new focal point"))
describe_action("delegations.focalpointrequest.withdraw", gettext_lazy("took the request for a focal point back"))
describe_model(FocalPointRequest, related=("party",), name=lambda row: row.name)
part(Party, FocalPointRequest, lambda row: FocalPointRequest.objects.filter(party=row))
