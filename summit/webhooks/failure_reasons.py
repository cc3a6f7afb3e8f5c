"""The reasons why a delivery failed, with explanations. summit.outbox.failure_reasons says how they are stored."""

from django.utils.translation import gettext_lazy as _

from summit.outbox.failure_reasons import register

WORN = register("webhooks.worn", _("No worker came to an end with it."))
STATUS = register("webhooks.status", _("The receiver answered %(value)s."))
REDIRECT = register(
    "webhooks.redirect", _("The receiver leads on to another address (%(value)s): that isn’t followed.")
)
GONE = register("webhooks.gone", _("The receiver answered that it is gone (410)."))
TIMEOUT = register("webhooks.timeout", _("The receiver took longer than %(value)s seconds."))
CONNECTION = register("webhooks.connection", _("No connection came about, or it broke off: %(value)s."))
CERTIFICATE = register("webhooks.certificate", _("The receiver’s certificate is not right: %(value)s."))
NO_NAME = register("webhooks.no_name", _("No address is known for the receiver’s name."))
INSIDE = register("webhooks.inside", _("The receiver’s name leads inside (%(value)s), where nothing is sent."))
ADDRESS = register("webhooks.address", _("The address is none that may be used any more."))
NOT_HTTP = register("webhooks.not_http", _("The receiver’s answer is not HTTP: %(value)s."))
ERROR = register("webhooks.error", _("An error stopped it: %(value)s."))
