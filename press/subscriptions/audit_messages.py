"""Audit messages of announcements and subscriptions."""

from press.subscriptions.models import Subscriber
from summit.audit.actions import describe_model

# The address is personal data, so the audit identifies a subscriber by the public id.
describe_model(Subscriber, name=lambda row: row.public_id)
