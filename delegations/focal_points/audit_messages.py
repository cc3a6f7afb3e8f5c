"""Registers the audit's texts for requests for focal points."""

from delegations.focal_points.models import FocalPointRequest
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part

describe_model(FocalPointRequest, related=("party",), name=lambda row: row.name)
part(Party, FocalPointRequest, lambda row: FocalPointRequest.objects.filter(party=row))
