"""The messages that describe the audit's entries about webhooks."""

from summit.audit.actions import describe_model, part
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint

describe_model(Endpoint)
describe_model(Delivery)
part(Endpoint, Delivery, lambda row: row.deliveries.all())
