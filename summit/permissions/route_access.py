"""What a view declares about its route: who may open it, by which methods, and for which permissions.

Each view declares this once, where it is defined. The decorator attaches the declaration to the view as an `Access`
and enforces what can be enforced before the view runs:

- `route` (here) is for pages that everybody may open, and for the account's own pages.
- `summit.public_base.public_pages.public_page` is for public pages, `summit.api_base.public_views.public_api` for
  public parts of the API, and `summit.api_base.authenticated_views.working_api` for the other parts of the API.
- `summit.admin_base.pages.desk_page` and `summit.admin_base.summit_pages.summit_page` are for pages of the desk, and
  `summit.admin_base.model_pages.model_page` for the pages that a ModelAdmin adds to those of Django.
- The portal has `portal_page` and `delegation_page`.

`summit.permissions.route_table` collects the declarations from the URL resolver. They have these parts:

- `gate` says who may enter at all (see Gate). Everybody else is redirected to the sign-in page, or away.
- `methods` are the allowed methods. A request with any other method gets a 405.
- `kind` is the kind of object that the URL names: the label of a model's rules, or another word. If it is "", the URL
  names no object. A new kind needs a row in `tests/routes/world.py`, which makes its objects.
- `see` is the action (of `summit.permissions.rules`) needed to see that object, or to see a page without an object.
  A user who may not do it gets the same 404, by the same code path, as for an object that doesn't exist.
- `do` is another action that the page needs. `post` is the action that only a POST needs (in the API, every write).
  An account that may see the object, but may not do one of these actions, gets a 403 that says who can. NOBODY is an
  action that no role may do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

NOBODY = "nobody"
View = Callable[..., HttpResponseBase]


class Gate(StrEnum):
    """The kinds of users who may enter a route at all, before any permission is checked."""

    EVERYBODY = "everybody"
    # Anybody with the token in the URL: the token of a letter's link, of a subscription or for a new password.
    HOLDER = "holder"
    ACCOUNT = "account"
    # Focal points, delegates, and browsers in which a letter's link was followed.
    PORTAL = "portal"
    DESK = "desk"
    # Requests with a token or a signed-in session, to the routes of the API that aren't open to everybody.
    API = "api"


@dataclass(frozen=True)
class Access:
    """The declaration of a view's route. The docstring of the module describes its parts."""

    gate: Gate
    # The allowed methods. GET includes HEAD.
    methods: frozenset[str] = frozenset({"GET"})
    kind: str = ""
    see: str = ""
    do: str = ""
    post: str = ""
    # If methods need different actions: pairs of a method and its action.
    posts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, gate: Gate, methods: str = "GET", **more: Any) -> Access:
        """Return the declaration with the allowed methods given as a string, such as "GET POST"."""
        return cls(gate, frozenset(methods.split()), **more)


def attach(view: View, access: Access) -> View:
    """Attach a declaration to a view, and return the view. Wrappers made with functools.wraps keep it.

    Raises ImproperlyConfigured if the view has a declaration already. The message names its file and line.
    """
    if access_of(view) is not None:
        raise ImproperlyConfigured(f"{location(view)} declares its route twice")
    view.route_access = access  # type: ignore[attr-defined]
    return view


def access_of(view: Any) -> Access | None:
    """Return the declaration that is attached to a view or to a view inside its wrappers, or None."""
    access: Access | None = getattr(view, "route_access", None)
    return access


def location(view: Any) -> str:
    """Return the file, the line and the name of a view, such as "press/public/views/quotes.py:16 (oembed)".

    For a wrapped view, these are the file, the line and the name of the innermost one.
    """
    inner = inspect.unwrap(view)
    inner = getattr(inner, "view_class", None) or getattr(inner, "cls", None) or inner
    path = Path(inspect.getsourcefile(inner) or "")
    shown = path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path
    return f"{shown}:{inspect.getsourcelines(inner)[1]} ({inner.__qualname__})"


def restrict_methods(view: View, access: Access) -> View:
    """Wrap a view so that only the declared methods reach it. Any other method gets a 405."""
    extra = {"HEAD"} if "GET" in access.methods else set()
    restricted: View = require_http_methods(sorted(access.methods | extra))(view)
    return restricted


def route(
    gate: Gate, methods: str = "GET", *, kind: str = "", see: str = "", of_library: bool = False
) -> Callable[[View], View]:
    """Return a decorator that declares the route of a view, and enforces its methods and its gate.

    `gate` is EVERYBODY, HOLDER or ACCOUNT. With ACCOUNT, users are redirected to sign in. A view of a library
    (`of_library`) does that itself. Raises ValueError for another gate, because other decorators enforce it.
    """
    if gate not in (Gate.EVERYBODY, Gate.HOLDER, Gate.ACCOUNT):
        raise ValueError(f"route doesn't enforce {gate}")
    access = Access.of(gate, methods, kind=kind, see=see)

    def decorate(view: View) -> View:
        entered: View = login_required(view) if gate == Gate.ACCOUNT and not of_library else view
        return attach(restrict_methods(entered, access), access)

    return decorate
