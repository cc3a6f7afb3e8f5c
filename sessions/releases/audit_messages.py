"""Labels of the audit actions on releases."""

from django.utils.translation import gettext as _

from sessions.agenda.models.releases import Release
from summit.audit.actions import describe_model

describe_model(Release, name=lambda row: _("agenda %(number)d") % {"number": row.number})
