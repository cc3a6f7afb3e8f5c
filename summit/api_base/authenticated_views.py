"""The base of every API view that authenticates: credentials, language, scopes, throttling and idempotency.

Responses are never cached and never public. Public views are in `summit.api_base.public_views`; the two never share a
URL (docs/decisions/0038-working-resources.md).
"""

import functools
import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from summit.api_base import etags, idempotency, query_params, request_files, throttling
from summit.api_base.authentication import BearerAuthentication, BrowserAuthentication
from summit.api_base.models.answers import IdempotencyRecord
from summit.api_base.models.tokens import Token
from summit.api_base.problems import Problem
from summit.api_base.schema import ApiSchema
from summit.api_base.scopes import READ, WRITE, covers
from summit.permissions.route_access import Access, Gate, View, attach
from summit.users.models import User

VARY = ("Authorization", "Cookie", "Accept-Language")
READS = ("GET", "HEAD")
KEY = re.compile(r"[!-~]{1,255}")
# The headers of a response that are stored for an Idempotency-Key and sent again.
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


def language_of(header: str) -> str:
    """Return the interface language that a client prefers, by its Accept-Language header (RFC 9110, 12.5.4).

    If none matches, return the default language.
    """
    for wanted, _quality in parse_accept_lang_header(header):
        code = wanted.partition("-")[0]
        if code in settings.INTERFACE_LANGUAGES:
            return code
    return settings.LANGUAGE_CODE


def working_api(view: View) -> View:
    """Wrap a view of the API that authenticates. Responses are in the client's language and are never cached.

    It declares the view's route (`summit.permissions.route_access`). The declaration is that of `WorkingView.access`.
    """
    as_view: Any = view
    access = as_view.cls(**as_view.initkwargs).access()

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request.headers.get("Accept-Language", ""))
        with translation.override(language):
            response = view(request, *args, **kwargs)
            if isinstance(response, Response) and not response.is_rendered:
                response.render()
        response["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, VARY)
        return _conditional_response(request, response) if request.method in READS else response

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]
    wrapped.is_working = True  # type: ignore[attr-defined]
    return attach(wrapped, access)


def _conditional_response(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the response, or a response with status 304 if the client has it already.

    A response without an ETag gets one from its bytes.
    """
    if response.status_code != HTTPStatus.OK or not isinstance(response, HttpResponse):
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if not etags.header_matches(request.headers.get("If-None-Match", ""), response["ETag"]):
        return response
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)


class WorkingView(APIView):
    """A view that needs a credential.

    Subclasses find their object in `admit`, name its kind in `object_kind`, and name their query parameters in
    `known_parameters`.
    """

    authentication_classes = [BearerAuthentication, BrowserAuthentication]
    http_method_names = ["get", "head", "post", "patch", "delete"]
    schema = ApiSchema()
    # The resource that a token's scopes must cover; "" if any token may use the view.
    scope = ""
    # The kind of object that the URL names; "" if it names none.
    object_kind: ClassVar[str] = ""
    # The fields of a response that are shown once and never stored in any form.
    shown_once: ClassVar[tuple[str, ...]] = ()
    # Whether a POST may have a file, and may therefore be a form.
    takes_files = False
    # Whether its POST is handled in one transaction with its stored response.
    is_atomic = True
    budget: throttling.Budget | None = None

    @property
    def by(self) -> User:
        """The account of the request, whether a browser or a program with a token sends it."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - `initial` has seen to it
        return user

    @property
    def token(self) -> Token | None:
        """The token of the request, or None in a browser."""
        return self.request.auth if isinstance(self.request.auth, Token) else None

    @property
    def who(self) -> str:
        """The key of the client under which its requests are counted and its responses stored, such as "token:5"."""
        return f"token:{self.token.pk}" if self.token else f"user:{self.by.pk}"

    def access(self) -> Access:
        """Return the declaration of the view's route. Its methods are those that the view handles."""
        handled = (name.upper() for name in self.http_method_names if name != "head" and hasattr(self, name))
        return Access(Gate.API, frozenset(handled), kind=self.object_kind)

    def known_parameters(self) -> tuple[str, ...]:
        """Return the names of the query parameters that the view accepts for the method of the request."""
        return ()

    def get_parsers(self) -> list[Any]:
        """Return the parsers of request bodies. Forms are parsed only if the view may take a file."""
        return [*super().get_parsers(), *([MultiPartParser()] if self.takes_files else [])]

    def body(self) -> Any:
        """Return the request body: the parsed JSON, or a form as a dict. Raises ParseError."""
        return request_files.body_of(self.request.data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the request before its handler runs. Raises MethodNotAllowed, Problem, and what `admit` raises.

        The method and the length are checked before authentication, the query parameters and the access after it.
        """
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(str(request.method))
        request_files.check_length(request._request)
        super().initial(request, *args, **kwargs)
        query_params.check_known(request.query_params, self.known_parameters())
        self.admit(request)
        # The CSRF check has read a browser's form already, before its media type could be checked.
        if request_files.is_form(request._request) and not self.takes_files:
            raise Problem("media-type")

    def verb(self, method: str) -> str:
        """Return the verb that the token's scope must allow for this method: "read" or "write"."""
        return READ if method in READS else WRITE

    def check_permissions(self, request: Request) -> None:
        """Check the credential, the rate limit and the token's scope. Raises NotAuthenticated and Problem.

        Counts the request for the rate limit.
        """
        if request.user is None:
            raise NotAuthenticated
        self.budget = throttling.spend(self.who)
        if self.budget.over:
            raise Problem("too-many")
        verb = self.verb(str(request.method))
        if self.scope and self.token and not covers(self.token.scopes, self.scope, verb):
            challenge = f'Bearer realm="Summit", error="insufficient_scope", scope="{self.scope}:{verb}"'
            raise Problem("scope", headers={"WWW-Authenticate": challenge})

    def admit(self, request: Request) -> None:
        """Find the object of the URL, if the user may see it; by default nothing.

        Raises Http404 and PermissionDenied.
        """

    def permission_denied(self, request: Any, message: Any = None, code: Any = None) -> Any:
        """Raise NotAuthenticated. It is never called, because `check_permissions` raises its own exceptions."""
        raise NotAuthenticated

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the response with the rate limit headers added."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.budget.headers() if self.budget else {}).items():
            final[name] = value
        return final

    def once(self, do: Callable[[], Response]) -> HttpResponseBase:
        """Return the result of `do`, called after `prepare`, in one transaction if the view `is_atomic`.

        With an Idempotency-Key, both are called only for the first request. Each later one gets the same response.
        """
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            self.prepare()
            with self._transaction():
                return do()
        row = idempotency.begin(self._question(key))
        if row.status is not None:
            return HttpResponse(row.body, status=row.status, headers=row.headers)
        try:
            self.prepare()
            with self._transaction():
                response = do()
                self._keep(row, response)
        except Exception as error:
            return self._refused(row, error)
        return response

    def prepare(self) -> None:
        """Do what a POST needs before its transaction, such as parsing its body; by default nothing.

        On SQLite a transaction has the lock for writing from its beginning, and everybody else waits.
        """

    def _transaction(self) -> AbstractContextManager[object]:
        return transaction.atomic() if self.is_atomic else nullcontext()

    def was_answered(self) -> bool:
        """Return whether this request was sent before with the same Idempotency-Key, and its response is stored."""
        key = self.request.headers.get("Idempotency-Key")
        return key is not None and idempotency.was_answered(self._question(key))

    def _question(self, key: str) -> idempotency.Question:
        if not KEY.fullmatch(key):
            raise Problem("key")
        http = self.request._request
        # A form has other boundaries each time it is sent.
        form = self.takes_files and request_files.is_form(http)
        body = request_files.digest_of(self.body()) if form else http.body
        return idempotency.Question.of(
            who=self.who, key=key, method=str(http.method), address=http.get_full_path(), body=body
        )

    def _refused(self, row: IdempotencyRecord, error: Exception) -> Response:
        """Return the response to an exception, and store it, so that the same request gets the same response.

        The response isn't stored for an internal error, so that the request can be sent again. It isn't stored either
        while another request with the same key is in progress.
        """
        try:
            response = self.handle_exception(error)
        except Exception:
            idempotency.discard(row)
            raise
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            idempotency.discard(row)
        elif not isinstance(error, idempotency.StillRunning):
            self._keep(row, response)
        return response

    def _keep(self, row: IdempotencyRecord, response: Response) -> None:
        data = response.data
        if self.shown_once and isinstance(data, dict):
            data = {name: None if name in self.shown_once else value for name, value in data.items()}
        headers = {name: str(response[name]) for name in KEPT_HEADERS if name in response}
        headers["Content-Type"] = response.content_type or "application/json"
        headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        idempotency.finish(row, status=response.status_code, headers=headers, body=JSONRenderer().render(data))
