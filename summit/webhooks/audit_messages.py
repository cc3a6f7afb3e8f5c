"""The words for what is recorded of webhooks."""

from django.utils.translation import gettext_lazy as _

from summit.audit.actions import deed, deeds_of, part, thing
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint

deeds_of(
    "webhooks.endpoint",
    add=_("added the webhook"),
    change=_("changed the webhook"),
    remove=_("deleted the webhook"),
)
deed("webhooks.turn_off", _("turned the webhook off"))
deed("webhooks.turn_on", _("turned the webhook on"))
deed("webhooks.disabled", _("turned the webhook off, since nothing gets through"))
deed("webhooks.new_secret", _("gave the webhook a new secret"))
deed("webhooks.test", _("sent the webhook a test"))
deed("webhooks.send_again", _("had the delivery sent again"))
thing(Endpoint)
thing(Delivery)
part(Endpoint, Delivery, lambda row: row.deliveries.all())
