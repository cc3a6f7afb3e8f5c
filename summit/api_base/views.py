"""What every working view of the API stands on: who asks, in which language, for what, how often.

Nothing here is kept by caches and nothing is public. What everybody may read is `summit.api_base.public_views`; the
two never share an address (docs/decisions/0038-working-viewsets.md).
"""

import functools
import hashlib
import re
from collections.abc import Callable
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

from summit.api_base import etags, file_fields, idempotency, query_params, throttling
from summit.api_base.authentication import BearerAuthentication, BrowserAuthentication
from summit.api_base.models.answers import IdempotencyRecord
from summit.api_base.models.tokens import Token
from summit.api_base.problems import Problem
from summit.api_base.schema import ApiSchema
from summit.api_base.scopes import READ, WRITE, covers
from summit.public_base.public_pages import View
from summit.users.models import User

VARY = ("Authorization", "Cookie", "Accept-Language")
READS = ("GET", "HEAD")
KEY = re.compile(r"[!-~]{1,255}")
# Those headers of an answer that belong to what was done, and are given again with it.
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


def language_of(header: str) -> str:
    """Return the language of the interface that a reader likes best (RFC 9110, 12.5.4)."""
    for wanted, _quality in parse_accept_lang_header(header):
        code = wanted.partition("-")[0]
        if code in settings.INTERFACE_LANGUAGES:
            return code
    return settings.LANGUAGE_CODE


def working_api(view: View) -> View:
    """Make a view of the API one that knows who asks: in their language, and kept by nobody."""

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
        return _unless_known(request, response) if request.method in READS else response

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]
    wrapped.is_working = True  # type: ignore[attr-defined]
    return wrapped


def _unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return what was read, or that it is as it was (304); what has no ETag of its own gets one of its bytes."""
    if response.status_code != HTTPStatus.OK or not isinstance(response, HttpResponse):
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if not etags.is_known(request.headers.get("If-None-Match", ""), response["ETag"]):
        return response
    kept = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=kept)


class WorkingView(APIView):
    """A view that needs a credential. What it is about, and for which parameters it may be asked, a subclass says."""

    authentication_classes = [BearerAuthentication, BrowserAuthentication]
    http_method_names = ["get", "head", "post", "patch", "delete"]
    schema = ApiSchema()
    # The viewset as scopes name it; "" where any token will do.
    scope = ""
    # Fields of an answer that are never kept, in none of its forms: what is shown once.
    shown_once: ClassVar[tuple[str, ...]] = ()
    # Whether a POST may bring a file, and so come as a form.
    takes_files = False
    budget: throttling.Budget | None = None

    @property
    def by(self) -> User:
        """Who asks, or as whom a program acts."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - `initial` has seen to it
        return user

    @property
    def token(self) -> Token | None:
        """By which token, or None in a browser."""
        return self.request.auth if isinstance(self.request.auth, Token) else None

    @property
    def who(self) -> str:
        """Under which name requests are counted and answers kept."""
        return f"token:{self.token.pk}" if self.token else f"user:{self.by.pk}"

    def known_parameters(self) -> tuple[str, ...]:
        """Return which parameters the address knows with this method."""
        return ()

    def get_parsers(self) -> list[Any]:
        """Return what reads a body: forms only where a file may come."""
        return [*super().get_parsers(), *([MultiPartParser()] if self.takes_files else [])]

    def body(self) -> Any:
        """Return what was sent, alike whether it came as JSON or as a form. Raises ParseError."""
        return file_fields.body_of(self.request.data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what isn't done here before anybody is asked who they are. Raises MethodNotAllowed."""
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(str(request.method))
        file_fields.check_length(request._request)
        super().initial(request, *args, **kwargs)
        query_params.check_known(request.query_params, self.known_parameters())
        self.admit(request)
        # To look for a mark of forgery, a browser's form is read before anything asks what may come.
        if file_fields.is_form(request._request) and not self.takes_files:
            raise Problem("media-type")

    def verb(self, method: str) -> str:
        """Return what a token must be allowed to do with this method: to read, or to write."""
        return READ if method in READS else WRITE

    def check_permissions(self, request: Request) -> None:
        """Let in who brings a credential for this, as often as a minute allows. Raises NotAuthenticated, Problem."""
        if request.user is None:
            raise NotAuthenticated
        self.budget = throttling.spend(self.who)
        if self.budget.over:
            raise Problem("too-many")
        verb = self.verb(str(request.method))
        if self.scope and self.token and not covers(self.token.scopes, self.scope, verb):
            asked = f'Bearer realm="Summit", error="insufficient_scope", scope="{self.scope}:{verb}"'
            raise Problem("scope", headers={"WWW-Authenticate": asked})

    def admit(self, request: Request) -> None:
        """Find what the address is about, for whoever may see it. Raises Http404 and PermissionDenied."""

    def permission_denied(self, request: Any, message: Any = None, code: Any = None) -> Any:
        """Never asked: `check_permissions` raises what it means."""
        raise NotAuthenticated

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say with every answer how much is left."""
        found = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.budget.headers() if self.budget else {}).items():
            found[name] = value
        return found

    def once(self, do: Callable[[], Response]) -> HttpResponseBase:
        """Do what a POST asks for, in one transaction; with an Idempotency-Key only the first time, and answer the
        same whenever it comes again."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            with transaction.atomic():
                return do()
        row = idempotency.begin(self._question(key))
        if row.status is not None:
            return HttpResponse(row.body, status=row.status, headers=row.headers)
        try:
            with transaction.atomic():
                response = do()
                self._keep(row, response)
        except Exception as error:
            return self._refused(row, error)
        return response

    def was_answered(self) -> bool:
        """Return whether this request came before, with its Idempotency-Key, and was answered."""
        key = self.request.headers.get("Idempotency-Key")
        return key is not None and idempotency.was_answered(self._question(key))

    def _question(self, key: str) -> idempotency.Question:
        if not KEY.fullmatch(key):
            raise Problem("key")
        http = self.request._request
        # A form that is sent again has other boundaries.
        form = self.takes_files and file_fields.is_form(http)
        body = file_fields.digest_of(self.body()) if form else http.body
        return idempotency.Question.of(
            who=self.who, key=key, method=str(http.method), address=http.get_full_path(), body=body
        )

    def _refused(self, row: IdempotencyRecord, error: Exception) -> Response:
        """Keep a refusal as well: the same question has the same answer. What is a mistake of ours may be asked
        again, and so may what somebody else is answering."""
        try:
            response = self.handle_exception(error)
        except Exception:
            idempotency.drop(row)
            raise
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            idempotency.drop(row)
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
