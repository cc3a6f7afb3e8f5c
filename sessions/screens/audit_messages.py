"""Labels of the audit actions on screens."""

from sessions.screens.models import Screen
from summit.audit.actions import describe_model

describe_model(Screen)
