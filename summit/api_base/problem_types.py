"""The kinds of problems in the API's error responses, each with its status and its texts.

A page of the API's documentation lists them.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its name, its status, its title, and in `says` the default sentence with what to do."""

    name: str
    status: HTTPStatus
    title: Any
    says: Any


_ALL = (
    ProblemType(
        "malformed",
        HTTPStatus.BAD_REQUEST,
        _("The body can’t be read"),
        _("Send one JSON object in UTF-8; where a file comes, it may be a form that has each part once."),
    ),
    ProblemType(
        "parameters",
        HTTPStatus.BAD_REQUEST,
        _("Parameters that can’t be taken"),
        _("The address has parameters that are not known here, or that say something that can’t be."),
    ),
    ProblemType(
        "key",
        HTTPStatus.BAD_REQUEST,
        _("An Idempotency-Key that can’t be taken"),
        _("Send a key of 1 to 255 letters, digits and signs of ASCII, a new one for each thing to be done."),
    ),
    ProblemType(
        "credentials",
        HTTPStatus.UNAUTHORIZED,
        _("Nobody is signed in"),
        _("Send a token as “Authorization: Bearer …”. One that was revoked or has ended opens nothing."),
    ),
    ProblemType("forbidden", HTTPStatus.FORBIDDEN, _("Not yours to do"), _("Your roles don’t allow it.")),
    ProblemType(
        "scope",
        HTTPStatus.FORBIDDEN,
        _("Not what the token is for"),
        _("The token has not the scope that this needs. Make one that has."),
    ),
    ProblemType(
        "browser-only",
        HTTPStatus.FORBIDDEN,
        _("Only in a browser"),
        _("No token makes a token. Whoever it is for makes it, signed in."),
    ),
    ProblemType(
        "second-step",
        HTTPStatus.FORBIDDEN,
        _("The second step is missing"),
        _("Your desk asks for a second step. Take it, or set one up, and come again."),
    ),
    ProblemType(
        "forgery",
        HTTPStatus.FORBIDDEN,
        _("The page’s token is missing"),
        _("Whoever is signed in by a browser sends its CSRF token as X-CSRFToken with all that changes something."),
    ),
    ProblemType("not-found", HTTPStatus.NOT_FOUND, _("Not there"), _("There is nothing at this address.")),
    ProblemType("gone", HTTPStatus.GONE, _("Not there any more"), _("What was here was taken away.")),
    ProblemType(
        "method",
        HTTPStatus.METHOD_NOT_ALLOWED,
        _("Not done here"),
        _("This address doesn’t answer this method. “Allow” names those that it does."),
    ),
    ProblemType(
        "not-acceptable",
        HTTPStatus.NOT_ACCEPTABLE,
        _("JSON alone"),
        _("The answer comes as application/json alone. Accept that."),
    ),
    ProblemType("conflict", HTTPStatus.CONFLICT, _("Not as things are"), _("What is there doesn’t allow it.")),
    ProblemType(
        "running",
        HTTPStatus.CONFLICT,
        _("Being done"),
        _("The first request with this Idempotency-Key is being worked on. Ask again in a second."),
    ),
    ProblemType(
        "changed",
        HTTPStatus.PRECONDITION_FAILED,
        _("Changed meanwhile"),
        _("Somebody has changed it since you read it. Read it again, and send the ETag that comes with it."),
    ),
    ProblemType(
        "too-large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        _("Too much at once"),
        _("The body is too long. Send many rows in parts, and a long file in a form (multipart/form-data)."),
    ),
    ProblemType(
        "media-type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        _("No body for this address"),
        _("The body has to be application/json; where a file comes, it may be multipart/form-data."),
    ),
    ProblemType(
        "fields",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Fields that can’t be taken"),
        _("Some of it can’t be kept. “errors” says what and why."),
    ),
    ProblemType(
        "key-reused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("The key came with something else"),
        _("This Idempotency-Key came with another request before. Take a new key."),
    ),
    ProblemType(
        "condition",
        HTTPStatus.PRECONDITION_REQUIRED,
        _("Without having read it"),
        _("Send the ETag of what you have read as If-Match, so that nobody’s change is lost."),
    ),
    ProblemType(
        "too-many",
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many requests"),
        _("There were more requests than a minute allows. Retry-After says when there may be more."),
    ),
    ProblemType(
        "failed",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("A mistake of ours"),
        _("Something went wrong here. It was written down; nothing was changed."),
    ),
    ProblemType(
        "busy",
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Busy just now"),
        _("The database is busy. Ask again when Retry-After says; where you were changing something, look first."),
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
