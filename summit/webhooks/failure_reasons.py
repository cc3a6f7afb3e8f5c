"""The reasons why a delivery failed, with explanations. summit.outbox.failure_reasons says how they are stored."""

from django.utils.translation import gettext_lazy as _

from summit.outbox.failure_reasons import register

WORN = register("webhooks.worn", _("No worker could finish it."))
STATUS = register("webhooks.status", _("The receiver responded %(value)s."))
REDIRECT = register(
    "webhooks.redirect", _("The receiver redirects to another address (%(value)s). Redirects are not followed.")
)
GONE = register("webhooks.gone", _("The receiver responded that it no longer exists (410)."))
TIMEOUT = register("webhooks.timeout", _("The receiver took longer than %(value)s seconds."))
CONNECTION = register("webhooks.connection", _("The connection failed or was interrupted: %(value)s."))
CERTIFICATE = register("webhooks.certificate", _("The receiver’s certificate is not valid: %(value)s."))
NO_NAME = register("webhooks.no_name", _("The receiver’s name has no address."))
INSIDE = register(
    "webhooks.inside", _("The receiver’s name resolves to an internal address (%(value)s). Nothing is sent there.")
)
ADDRESS = register("webhooks.address", _("This address is no longer allowed."))
NOT_HTTP = register("webhooks.not_http", _("The receiver’s response is not HTTP: %(value)s."))
ERROR = register("webhooks.error", _("An error occurred: %(value)s."))
