"""Roles that may see uploaded archives of speeches."""

from press.texts.permissions import SEES_EMBARGOED
from summit.permissions.rules import declare_model

# Archives are changed only by uploading and importing, which "press.write" covers.
declare_model("press.speechimportfile", view=SEES_EMBARGOED, change=())
