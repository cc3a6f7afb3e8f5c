"""What the API keeps."""

from summit.api.models.answers import KeptAnswer, Spent
from summit.api.models.tokens import Application, Token

__all__ = ["Application", "KeptAnswer", "Spent", "Token"]
