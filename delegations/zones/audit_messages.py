"""Names of the audited actions on zones."""

from delegations.zones.models import Zone
from summit.audit.actions import describe_model

describe_model(Zone, name=str)
