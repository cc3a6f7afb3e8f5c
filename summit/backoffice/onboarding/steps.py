"""The first steps, from an empty installation to the first invitation, and whether each is done.

Each app registers its own steps. Whether a step is done is derived from its result and stored nowhere. Users can
therefore leave the steps, return to them, and do them in another order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.admin_base.summit_pages import for_summit
from summit.core.registry import Registry
from summit.permissions.route_access import Access, Gate, attach, restrict_methods
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

View = Callable[[HttpRequest, Summit, User], HttpResponse]


@dataclass(frozen=True)
class Step:
    """A step after the creation of the summit.

    `name` is its part of the URL, and `title` and `about` are its texts. A user needs `permission` to do it. `view`
    shows its page, and `done` returns whether it is done.
    """

    name: str
    title: Promise
    about: Promise
    permission: str
    view: View
    done: Callable[[Summit], bool]


desk_step: Registry[Step] = Registry()
FIRST = (_("Create summit"), _("Name, dates and place."))


@dataclass(frozen=True)
class StepState:
    """A step and its state for a user.

    `state` is "done", "now" or "open". `address` is the URL of the step's page, or "" if the user may not do the
    step.
    """

    name: str
    title: str
    about: str
    state: str
    address: str


def address(step: Step, summit: Summit) -> str:
    """Return the URL of a step of a summit."""
    return reverse(f"admin:setup_{step.name}", args=[summit.slug])


def states_for(user: Any, summit: Summit | None, current: str = "", *, ends_open: bool = False) -> list[StepState]:
    """Return all steps with their states for a user. Without a summit, only its creation can be done.

    `current` is the name of the step on the page, by default the first open step. `ends_open` says that the last step
    is known to be open, so that it isn't checked again.
    """
    title, about = (str(text) for text in FIRST)
    if summit is None:
        first = reverse("admin:setup") if allows(user, "summit.summit.add", None) else ""
        states = [StepState("summit", title, about, "now", first)]
        return states + [StepState(step.name, str(step.title), str(step.about), "open", "") for step in desk_step]
    summit_url = reverse("admin:summit_summit_change", args=[summit.pk])
    states = [
        StepState("summit", title, about, "done", summit_url if allows(user, "summit.summit.view", summit) else "")
    ]
    steps = list(desk_step)
    for step in steps:
        known_open = ends_open and step is steps[-1]
        state = "done" if not known_open and step.done(summit) else "open"
        if step.name == current or (not current and state == "open"):
            current = step.name
            state = "now" if state == "open" else state
        url = address(step, summit) if allows(user, step.permission, summit) else ""
        states.append(StepState(step.name, str(step.title), str(step.about), state, url))
    return states


def unfinished(user: Any, summit: Summit) -> list[StepState]:
    """Return all steps with their states for a user, or [] if there is nothing to do.

    There is nothing to do if the last step, the first invitation, is done, or if the user may do none of the steps.
    """
    steps = list(desk_step)
    if not steps or steps[-1].done(summit) or not any(allows(user, step.permission, summit) for step in steps):
        return []
    return states_for(user, summit, ends_open=True)


def after(step_name: str, user: Any, summit: Summit) -> str:
    """Return the URL to open after a step: the next step that the user may do, or the desk's home."""
    names = ["summit", *(step.name for step in desk_step)]
    following = [step for step in desk_step if names.index(step.name) > names.index(step_name)]
    allowed = [step for step in following if allows(user, step.permission, summit)]
    return address(allowed[0], summit) if allowed else f"{reverse('admin:index')}?summit={summit.slug}"


def page(step: Step) -> Callable[..., HttpResponseBase]:
    """Return the view of a step, with the declaration of its route.

    It raises Http404 if the user may not see the summit, and PermissionDenied if the user may not do the step.
    """
    access = Access.of(Gate.DESK, "GET POST", kind="summit.summit", see="summit.summit.view", do=step.permission)
    return attach(restrict_methods(for_summit(step.view, access), access), access)
