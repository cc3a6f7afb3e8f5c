"""The messages that describe the audit's entries about webhooks."""

from django.utils.translation import gettext_lazy as _

from summit.audit.actions import describe_action, describe_actions, describe_model, part
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint

describe_actions(
    "webhooks.endpoint",
    add=_("added the webhook"),
    change=_("changed the webhook"),
    remove=_("deleted the webhook"),
)
describe_action("webhooks.turn_off", _("turned the webhook off"))
describe_action("webhooks.turn_on", _("turned the webhook on"))
describe_action("webhooks.disabled", _("turned the webhook off, since nothing gets through"))
describe_action("webhooks.new_secret", _("gave the webhook a new secret"))
describe_action("webhooks.test", _("sent the webhook a test"))
describe_action("webhooks.send_again", _("had the delivery sent again"))
describe_model(Endpoint)
describe_model(Delivery)
part(Endpoint, Delivery, lambda row: row.deliveries.all())
