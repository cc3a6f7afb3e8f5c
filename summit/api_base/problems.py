"""The API's error responses: problem details (RFC 9457), all in one place.

A `type` is a URL on the page that explains the kinds of problems. Each of the `errors` names the wrong value: by a
JSON pointer into the body (RFC 6901), or by the name of a parameter.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import exceptions as django
from django.db import IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as rest
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from summit.api_base.idempotency import KeyReused, StillRunning
from summit.api_base.problem_types import KINDS, ProblemType
from summit.core import deletion_blockers, unique_errors
from summit.core.transient_errors import is_disk_full, is_unreachable
from summit.quarantine.selectors import FileHeld

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
# Seconds after which a client should retry if the database was busy.
BUSY_FOR = 30
Errors = list[dict[str, str]]


class Problem(rest.APIException):
    """An exception that becomes an error response. `kind` is the name of a ProblemType.

    `detail` is a sentence for the client, by default the default sentence of the kind.
    """

    def __init__(
        self, kind: str, detail: str = "", *, errors: Errors | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.kind: ProblemType = KINDS[kind]
        self.status_code = int(self.kind.status)
        self.errors = errors or []
        self.headers = dict(headers or {})
        super().__init__(detail or str(self.kind.says))

    def body(self) -> dict[str, Any]:
        """Return the body of the response as a dict."""
        content = {
            "type": type_of(self.kind),
            "title": str(self.kind.title),
            "status": self.status_code,
            "detail": str(self.detail),
        }
        return {**content, "errors": self.errors} if self.errors else content


def type_of(kind: ProblemType) -> str:
    """Return the URL that identifies a kind of problem."""
    return f"{settings.BASE_URL}/api/v1/problems/#{kind.name}"


def unprocessable(error: django.ValidationError | rest.ValidationError | Mapping[str, Any]) -> Problem:
    """Return the problem for a body with invalid fields, from the fields' error messages."""
    return Problem("fields", errors=list(_errors(error, "")))


def parameters(wrong: Mapping[str, Sequence[str] | str]) -> Problem:
    """Return the problem for invalid query parameters. `wrong` is a dict from parameter name to messages."""
    errors = []
    for name, details in wrong.items():
        errors += [
            {"parameter": name, "detail": each} for each in ([details] if isinstance(details, str) else details)
        ]
    return Problem("parameters", errors=errors)


def _errors(error: Any, pointer: str) -> Errors:
    """Return errors of Django or of REST framework as a flat list with JSON pointers, whatever their nesting."""
    if isinstance(error, rest.ValidationError):
        return _errors(error.detail, pointer)
    if isinstance(error, django.ValidationError):
        if hasattr(error, "error_dict"):
            return _errors(error.message_dict, pointer)
        return [{"pointer": f"#{pointer}", "detail": item} for item in error.messages]
    if isinstance(error, Mapping):
        errors: Errors = []
        for name, item in error.items():
            of_form = name in ("__all__", "non_field_errors")
            errors += _errors(item, pointer if of_form else f"{pointer}/{_escaped(str(name))}")
        return errors
    if isinstance(error, list | tuple):
        nested = any(isinstance(item, Mapping | list) for item in error)
        pairs = ((item, f"{pointer}/{index}" if nested else pointer) for index, item in enumerate(error))
        return [entry for item, item_pointer in pairs if item for entry in _errors(item, item_pointer)]
    return [{"pointer": f"#{pointer}", "detail": str(error)}]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# From the exceptions of other apps to functions that return the problem for the client.
_MEANT: dict[type[Exception], Callable[[Any], Problem]] = {}


def register_problem(error: type[Exception], problem: str | Callable[[Any], Problem]) -> None:
    """Register the problem that answers an exception of an app.

    `problem` is a function that returns the problem, or the name of a kind. A problem by kind has the exception's
    message as its detail. If the exception has a `field`, the message is reported at that field of the body.
    """

    def problem_by_kind(raised: Any) -> Problem:
        field = getattr(raised, "field", "")
        return unprocessable({field: str(raised)}) if field else Problem(str(problem), str(raised))

    _MEANT[error] = problem_by_kind if isinstance(problem, str) else problem


def busy(raised: OperationalError) -> Problem:
    """Return the problem for a database that is locked or whose disk is full (503), or that can't be reached (504).

    For a 504, a proxy in front of several hosts asks another one.
    """
    kind = "full" if is_disk_full(raised) else "busy"
    problem = Problem(kind, headers={"Cache-Control": "no-store", "Retry-After": str(BUSY_FOR)})
    if is_unreachable(raised):
        problem.status_code = int(HTTPStatus.GATEWAY_TIMEOUT)
    return problem


def _busy(raised: OperationalError) -> Problem:
    logger.error("the database is busy: %s", raised, exc_info=raised)
    return busy(raised)


register_problem(KeyReused, lambda _raised: Problem("key-reused"))
register_problem(StillRunning, lambda _raised: Problem("running", headers={"Retry-After": "1"}))
register_problem(OperationalError, _busy)
register_problem(FileHeld, "conflict")


def problem_of(error: Exception) -> Problem | None:  # noqa: C901, PLR0911 - one line for each kind of error
    """Return the problem for the response to an exception, or None for an internal error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ProtectedError):
        return Problem("conflict", deletion_blockers.describe(error))
    if isinstance(error, IntegrityError):
        # Another request wrote a conflicting row after validation.
        message = unique_errors.message_of(error)
        return Problem("conflict", message) if message else None
    if isinstance(error, django.ValidationError):
        return unprocessable(error)
    if isinstance(error, django.PermissionDenied):
        return Problem("forbidden", str(error))
    if isinstance(error, django.RequestDataTooBig):
        return Problem("too-large")
    if isinstance(error, django.TooManyFieldsSent | django.TooManyFilesSent | MultiPartParserError):
        return Problem("malformed")
    if isinstance(error, Http404 | rest.NotFound):
        return Problem("not-found")
    make_problem = next((make for kind, make in _MEANT.items() if isinstance(error, kind)), None)
    if make_problem is not None:
        return make_problem(error)
    if isinstance(error, rest.ValidationError):
        # Views raise this exception only for query parameters.
        detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        lists = {name: details if isinstance(details, list) else [details] for name, details in detail.items()}
        return parameters({name: [str(each) for each in details] for name, details in lists.items()})
    return _of_the_framework(error)


def _of_the_framework(error: Exception) -> Problem | None:
    names: dict[type[Exception], str] = {
        rest.NotAuthenticated: "credentials",
        rest.AuthenticationFailed: "credentials",
        rest.PermissionDenied: "forbidden",
        rest.ParseError: "malformed",
        rest.MethodNotAllowed: "method",
        rest.NotAcceptable: "not-acceptable",
        rest.UnsupportedMediaType: "media-type",
        rest.Throttled: "too-many",
    }
    return next((Problem(name) for kind, name in names.items() if isinstance(error, kind)), None)


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the response to an exception of a view, or None for an internal error.

    This is the EXCEPTION_HANDLER of REST framework.
    """
    problem = problem_of(error)
    if problem is None:
        return None
    headers = dict(problem.headers)
    if problem.status_code == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", getattr(error, "auth_header", None) or 'Bearer realm="Summit"')
    return Response(problem.body(), status=problem.status_code, headers=headers, content_type=CONTENT_TYPE)


def plain(kind: str, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a problem of the kind as a response, for code outside REST framework's views."""
    return plain_response(Problem(kind, headers=headers))


def plain_response(problem: Problem) -> HttpResponse:
    """Return a problem as a response, for code outside REST framework's views."""
    content = JSONRenderer().render(problem.body())
    return HttpResponse(content, CONTENT_TYPE, problem.status_code, headers=problem.headers)
