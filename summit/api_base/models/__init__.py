"""What the API keeps."""

from summit.api_base.models.answers import KeptAnswer, Spent
from summit.api_base.models.tokens import Application, Token

__all__ = ["Application", "KeptAnswer", "Spent", "Token"]
