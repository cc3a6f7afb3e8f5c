"""Audit messages of the management commands."""

from django.utils.translation import gettext_lazy as _

from summit.audit.actions import audit_action

LOAD = audit_action("demo.load", _("loaded the demonstration"))
