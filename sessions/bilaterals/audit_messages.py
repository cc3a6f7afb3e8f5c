"""Labels of the audit actions on bilateral meetings."""

from sessions.bilaterals.models import Bilateral, BilateralPolicy
from summit.audit.actions import describe_model

describe_model(Bilateral, related=("party", "counterpart"))
describe_model(BilateralPolicy)
