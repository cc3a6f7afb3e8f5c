"""Why a delivery did not get through, in words (summit.outbox.failure_reasons keeps them as keys)."""

from django.utils.translation import gettext_lazy as _

from summit.outbox.failure_reasons import register

WORN = register("hooks.worn", _("No worker came to an end with it."))
STATUS = register("hooks.status", _("The receiver answered %(value)s."))
REDIRECT = register("hooks.redirect", _("The receiver leads on to another address (%(value)s): that isn’t followed."))
GONE = register("hooks.gone", _("The receiver answered that it is gone (410)."))
TIMEOUT = register("hooks.timeout", _("The receiver took longer than %(value)s seconds."))
CONNECTION = register("hooks.connection", _("No connection came about, or it broke off: %(value)s."))
CERTIFICATE = register("hooks.certificate", _("The receiver’s certificate is not right: %(value)s."))
NO_NAME = register("hooks.no_name", _("No address is known for the receiver’s name."))
INSIDE = register("hooks.inside", _("The receiver’s name leads inside (%(value)s), where nothing is sent."))
ADDRESS = register("hooks.address", _("The address is none that may be used any more."))
NOT_HTTP = register("hooks.not_http", _("The receiver’s answer is not HTTP: %(value)s."))
ERROR = register("hooks.error", _("An error stopped it: %(value)s."))
