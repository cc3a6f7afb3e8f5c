"""Maps the exceptions of the press desk to problem responses of the API."""

from press.texts.errors import DecisionRefused
from summit.api_base.problems import register_problem

register_problem(DecisionRefused, "conflict")
