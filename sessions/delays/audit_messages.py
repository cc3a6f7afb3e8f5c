"""Labels of the audit actions on fixed points and new times."""

from django.utils.translation import gettext as _

from sessions.delays.models import FixedPoint, Retiming
from summit.audit.actions import describe_model

describe_model(FixedPoint, name=str)
describe_model(Retiming, name=lambda row: _("new times of %(number)d sessions") % {"number": len(row.plan)})
