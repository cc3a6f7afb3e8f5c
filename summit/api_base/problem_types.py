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
        _("Unreadable body"),
        _("Send one JSON object in UTF-8. Requests with a file can be a form with each part once."),
    ),
    ProblemType(
        "parameters",
        HTTPStatus.BAD_REQUEST,
        _("Wrong parameters"),
        _("The address has unknown parameters or values that are not allowed."),
    ),
    ProblemType(
        "key",
        HTTPStatus.BAD_REQUEST,
        _("Wrong Idempotency-Key"),
        _("Send a key of 1 to 255 ASCII letters, digits and symbols. Use a new key for each operation."),
    ),
    ProblemType(
        "credentials",
        HTTPStatus.UNAUTHORIZED,
        _("Not signed in"),
        _("Send a valid token as “Authorization: Bearer …”. Revoked and expired tokens don’t work."),
    ),
    ProblemType("forbidden", HTTPStatus.FORBIDDEN, _("Not permitted"), _("Your roles don’t allow this.")),
    ProblemType(
        "scope",
        HTTPStatus.FORBIDDEN,
        _("Scope missing"),
        _("The token doesn’t have the scope needed. Create one that has it."),
    ),
    ProblemType(
        "browser-only",
        HTTPStatus.FORBIDDEN,
        _("Browser only"),
        _("You can’t create tokens with a token. Sign in to create one."),
    ),
    ProblemType(
        "second-step",
        HTTPStatus.FORBIDDEN,
        _("Two-step verification required"),
        _("Your role requires two-step verification. Complete it or set it up, then try again."),
    ),
    ProblemType(
        "forgery",
        HTTPStatus.FORBIDDEN,
        _("CSRF token missing"),
        _("Browser sessions must send the CSRF token as X-CSRFToken with every change."),
    ),
    ProblemType("not-found", HTTPStatus.NOT_FOUND, _("Not found"), _("There is nothing at this address.")),
    ProblemType("gone", HTTPStatus.GONE, _("No longer available"), _("What was here has been removed.")),
    ProblemType(
        "method",
        HTTPStatus.METHOD_NOT_ALLOWED,
        _("Method not allowed"),
        _("This address doesn’t support this method. “Allow” lists the methods it supports."),
    ),
    ProblemType(
        "not-acceptable",
        HTTPStatus.NOT_ACCEPTABLE,
        _("JSON only"),
        _("The response is available only as application/json. Accept that format."),
    ),
    ProblemType(
        "conflict", HTTPStatus.CONFLICT, _("Conflict with current state"), _("The current state doesn’t allow this.")
    ),
    ProblemType(
        "running",
        HTTPStatus.CONFLICT,
        _("In progress"),
        _("The first request with this Idempotency-Key is still in progress. Try again in a second."),
    ),
    ProblemType(
        "changed",
        HTTPStatus.PRECONDITION_FAILED,
        _("Changed since you read it"),
        _("Someone has changed this since you read it. Read it again and send its new ETag."),
    ),
    ProblemType(
        "too-large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        _("Request too large"),
        _("The body is too large. Send rows in batches, and large files as a form (multipart/form-data)."),
    ),
    ProblemType(
        "media-type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        _("Unsupported body type"),
        _("The body must be application/json, or multipart/form-data if it includes a file."),
    ),
    ProblemType(
        "fields",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Wrong fields"),
        _("Some fields can’t be saved. “errors” lists them with reasons."),
    ),
    ProblemType(
        "key-reused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Key already used"),
        _("This Idempotency-Key was used for another request. Use a new key."),
    ),
    ProblemType(
        "condition",
        HTTPStatus.PRECONDITION_REQUIRED,
        _("If-Match required"),
        _("Send the ETag of what you read as If-Match, so that no change is lost."),
    ),
    ProblemType(
        "too-many",
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many requests"),
        _("You have reached the limit of requests per minute. Retry-After says when to try again."),
    ),
    ProblemType(
        "failed",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Server error"),
        _("Something went wrong and was logged. Nothing was changed."),
    ),
    ProblemType(
        "busy",
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Temporarily busy"),
        _(
            "The database is busy. Try again after Retry-After. If you were changing something, check its state "
            "first."
        ),
    ),
    ProblemType(
        "full",
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Nothing can be saved"),
        _("The disk of the database is full. Nothing was changed. Try again when there is room."),
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
