"""Permissions to view subscribers and announcements."""

from press.texts.permissions import SEES_EMBARGOED
from summit.permissions.models import Role
from summit.permissions.rules import declare_model

declare_model("press.subscriber", view=(Role.ORGANISER, Role.PRESS_OFFICER))
declare_model("press.announcement", view=SEES_EMBARGOED)
