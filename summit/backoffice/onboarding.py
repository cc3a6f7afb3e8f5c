"""The first steps, from an empty installation to the first invitation: which there are, and which are done.

Each app registers its own. Whether a step is done is read from what it made; nothing is stored beside it, so that the
steps can be left, taken up again and taken in another order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.core.registry import Registry
from summit.permissions.rules import allows, check, summits_for
from summit.summits.models import Summit
from summit.users.models import User

View = Callable[[HttpRequest, Summit, User], HttpResponse]


@dataclass(frozen=True)
class Step:
    """A step after the first: its name in the address, what it is called, what it is for, who may take it, the page,
    and whether it is done."""

    name: str
    title: Promise
    about: Promise
    permission: str
    view: View
    done: Callable[[Summit], bool]


desk_step: Registry[Step] = Registry()
FIRST = (_("Create your summit"), _("Its name, its days, its place."))


@dataclass(frozen=True)
class Stand:
    """A step as the reader sees it: "done", "now" or "open", and its address where they may take it."""

    name: str
    title: str
    about: str
    state: str
    address: str


def address(step: Step, summit: Summit) -> str:
    """Return the address of a step of a summit."""
    return reverse(f"admin:setup_{step.name}", args=[summit.slug])


def stands(user: Any, summit: Summit | None, current: str = "", *, ends_open: bool = False) -> list[Stand]:
    """Return all steps with where they stand. `current` is the step on the page, else the first that is open is.
    `ends_open`: that the last one isn't done is known already."""
    title, about = (str(words) for words in FIRST)
    if summit is None:
        first = reverse("admin:setup") if allows(user, "summit.summit.add", None) else ""
        found = [Stand("summit", title, about, "now", first)]
        return found + [Stand(step.name, str(step.title), str(step.about), "open", "") for step in desk_step]
    settings = reverse("admin:summit_summit_change", args=[summit.pk])
    found = [Stand("summit", title, about, "done", settings if allows(user, "summit.summit.view", summit) else "")]
    listed = list(desk_step)
    for step in listed:
        known = ends_open and step is listed[-1]
        state = "done" if not known and step.done(summit) else "open"
        if step.name == current or (not current and state == "open"):
            current = step.name
            state = "now" if state == "open" else state
        where = address(step, summit) if allows(user, step.permission, summit) else ""
        found.append(Stand(step.name, str(step.title), str(step.about), state, where))
    return found


def unfinished(user: Any, summit: Summit) -> list[Stand]:
    """Return the steps while the last of them, the first invitation, is to come and the reader may take one."""
    listed = list(desk_step)
    if not listed or listed[-1].done(summit) or not any(allows(user, step.permission, summit) for step in listed):
        return []
    return stands(user, summit, ends_open=True)


def after(step_name: str, user: Any, summit: Summit) -> str:
    """Return where one goes from a step: to the next that the reader may take, or to the desk."""
    names = ["summit", *(step.name for step in desk_step)]
    following = [step for step in desk_step if names.index(step.name) > names.index(step_name)]
    allowed = [step for step in following if allows(user, step.permission, summit)]
    return address(allowed[0], summit) if allowed else f"{reverse('admin:index')}?summit={summit.slug}"


def page(step: Step) -> Callable[..., HttpResponse]:
    """Return the view of a step: 404 for a summit that the reader doesn't see, 403 where the step isn't theirs."""

    def view(request: HttpRequest, slug: str) -> HttpResponse:
        mine = summits_for(request.user, "summit.summit.view")
        rows = Summit.objects.filter(slug=slug)
        summit = (rows if mine is None else rows.filter(pk__in=mine)).first()
        if summit is None or not isinstance(request.user, User):
            raise Http404
        check(request.user, step.permission, summit)
        return step.view(request, summit, request.user)

    return view
