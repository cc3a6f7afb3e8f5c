"""Pages that a ModelAdmin has besides those of Django, such as the page that issues another badge.

A page is a method of the ModelAdmin, or of one of its mixins, with the decorator `model_page`:

    @model_page("<int:pk>/reissue/", "reissue", do="delegations.issue_badge")
    def reissue_view(self, request: HttpRequest, row: Badge) -> HttpResponse:
        "Ask for confirmation on GET. On POST, end the lost badge and issue another to the same person."

The path is below the list's URL, and the route's name is "admin:delegations_badge_reissue". The path decides what the
page is about. The user needs the permission `see` for that object, by default the permission to view the model:

- With "<int:pk>", it is a row of the model. The method gets the row instead of its key.
- With "<slug:slug>", it is a summit. The method gets the Summit instead of its slug.
- Otherwise it is the list.
- With `kind` and `see`, it is another object. The method gets what is in the path, finds the object and checks the
  permissions itself.

`summit.permissions.route_access` describes `do`, `post` and `methods`. They are checked before the method runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from summit.admin_base.summit_pages import visible_summit
from summit.permissions.route_access import Access, Gate, attach, restrict_methods
from summit.permissions.rules import allows, check
from summit.summits.models import Summit

Method = TypeVar("Method", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class ModelPage:
    """The declaration of a page of a ModelAdmin. The docstring of the module describes its parts."""

    path: str
    # The last part of the route's name, after the labels of the app and of the model.
    name: str
    methods: str = "GET POST"
    kind: str = ""
    see: str = ""
    do: str = ""
    post: str = ""
    # Whether roles that may do this only with their own rows may do it with those. By default only desks may do it.
    own: bool = False
    # The word for those rows of the model that have such a page, if others have none: "file" for "press.text file".
    subset: str = ""
    # The name of the model in the route's name, if it isn't the model of the ModelAdmin.
    model: str = ""
    # Further arguments of the method.
    more: Mapping[str, Any] = field(default_factory=dict)


def model_page(path: str, name: str, methods: str = "GET POST", **more: Any) -> Callable[[Method], Method]:
    """Return a decorator that declares a method of a ModelAdmin as a page. The arguments are those of ModelPage."""
    return model_pages(ModelPage(path, name, methods, **more))


def model_pages(*pages: ModelPage) -> Callable[[Method], Method]:
    """Return a decorator that declares a method of a ModelAdmin as several pages, such as one for each decision."""

    def mark(method: Method) -> Method:
        method.model_pages = pages  # type: ignore[attr-defined]
        return method

    return mark


class ModelPagesMixin:
    """Adds the pages declared by `model_page` to a ModelAdmin, and declares the routes of Django's own pages."""

    admin_site: Any
    opts: Any
    admit: Callable[..., Any]
    permission_for: Callable[[str], str]
    permission: Any
    _summit: Callable[[Any], Summit | None]
    summit_path: str | None

    def get_urls(self) -> list[URLPattern]:
        """Return the URL patterns of the declared pages, followed by those of Django's pages."""
        own = [self._path_of(page, method) for page, method in self._pages()]
        of_django: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        for entry in of_django:
            attach(entry.callback, self._access_of_django(str(entry.name or "").rpartition("_")[2]))
        return [*own, *of_django]

    def _pages(self) -> Iterator[tuple[ModelPage, Callable[..., HttpResponseBase]]]:
        seen = set()
        for base in type(self).__mro__:
            for name, attribute in vars(base).items():
                if hasattr(attribute, "model_pages") and name not in seen:
                    seen.add(name)
                    yield from ((page, getattr(self, name)) for page in attribute.model_pages)

    def _path_of(self, page: ModelPage, method: Callable[..., HttpResponseBase]) -> URLPattern:
        access = self._access_of(page)

        @functools.wraps(method)
        def entered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            found = [] if page.kind else self._enter(request, page, access, kwargs)
            return method(request, *found, **kwargs)

        view: Any = restrict_methods(entered, access)
        # `summit.admin_base.summit_scope` finds the model of a page by this attribute.
        view.model_admin = self
        name = f"{self.opts.app_label}_{page.model or self.opts.model_name}_{page.name}"
        return path(page.path, attach(self.admin_site.admin_view(view), access), dict(page.more), name=name)

    def _access_of(self, page: ModelPage) -> Access:
        kind = page.kind
        if not kind and "<int:pk>" in page.path:
            kind = f"{self.permission} {page.subset}".strip()
        elif not kind and "<slug:slug>" in page.path:
            kind = "summit.summit"
        see = page.see or self.permission_for("view")
        return Access.of(Gate.DESK, page.methods, kind=kind, see=see, do=page.do, post=page.post)

    def _enter(self, request: HttpRequest, page: ModelPage, access: Access, kwargs: dict[str, Any]) -> list[Any]:
        """Find what a page is about, and return it in a list; an empty list if the page is about the list.

        Removes its key or slug from `kwargs`. Raises Http404 and PermissionDenied.
        """
        found: list[Any] = []
        row = summit = None
        if "pk" in kwargs:
            row = self.admit(request, "view", kwargs.pop("pk"))
            found, summit = [row], None if self.summit_path is None else self._summit(row)
        elif "slug" in kwargs:
            summit = visible_summit(request.user, kwargs.pop("slug"), access.see)
            found = [summit]
        elif not allows(request.user, access.see, None):
            raise Http404
        for action in (access.do, access.post if request.method == "POST" else ""):
            if action:
                check(request.user, action, summit, row if page.own else None)
        return found

    def _access_of_django(self, name: str) -> Access:
        see, kind = self.permission_for("view"), self.permission
        both = frozenset({"GET", "POST"})
        pages = {
            "changelist": Access(Gate.DESK, both, see=see),
            "add": Access(Gate.DESK, both, see=see, do=self.permission_for("add")),
            "change": Access(Gate.DESK, both, kind, see, post=self.permission_for("change")),
            "delete": Access(Gate.DESK, both, kind, see, do=self.permission_for("delete")),
            "history": Access(Gate.DESK, kind=kind, see=see, do="summit.auditentry.view"),
            # An old URL, which redirects to the row's page without a query for the row.
            "": Access(Gate.DESK),
        }
        return pages[name]
