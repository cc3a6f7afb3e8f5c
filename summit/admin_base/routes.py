"""Declarations of who may open the admin's own pages and the pages of each model.

The latter follow from the model's permissions.
"""

from collections.abc import Iterator

from django.contrib import admin

from summit.admin_base.model_admin import RoleMixin
from summit.permissions.route_table import NOBODY, Gate, Route, declare, derives

BOTH = frozenset({"GET", "POST"})

declare("admin:index", Gate.DESK)
# These redirect: to the one sign-in page, or to the place where the user works.
declare("admin:login", Gate.DESK)
declare("admin:logout", Gate.EVERYBODY, "POST")
declare("admin:jsi18n", Gate.DESK)
# Each search source checks its own permission for what it finds.
declare("admin:search", Gate.DESK)
# The query names the model and the field. The permissions of that model are checked.
declare("admin:autocomplete", Gate.DESK)
declare("admin:app_list", Gate.DESK)
# The first steps. Only users who set the system up may add a summit. Each other step has its own permission.
declare("admin:setup", Gate.DESK, "GET POST", do="summit.summit.add")
for _name, _action in (("venue", "summit.venue.change"), ("team", "summit.roleassignment.change")):
    declare(
        f"admin:setup_{_name}",
        Gate.DESK,
        "GET POST",
        kind="summit.summit",
        see="summit.summit.view",
        do=_action,
    )
declare("admin:resume", Gate.DESK, "GET POST", do="summit.resume_installation")
declare(
    "admin:summit_resume", Gate.DESK, "GET POST", kind="summit.summit", see="summit.summit.view", do="summit.resume"
)
# Only for accounts in no other summits than the user's own (summit.accounts.second_step_reset.can_reset).
declare(
    "admin:summit_user_reset_second_step",
    Gate.DESK,
    "GET POST",
    kind="summit.user",
    see="summit.user.view",
    do="summit.reset_second_step",
)
declare("admin/(?P<url>.*)$", Gate.DESK, see=NOBODY)


@derives(10)
def of_models() -> Iterator[Route]:
    """Yield the routes of every model in the admin."""
    for model, model_admin in admin.site._registry.items():
        if not isinstance(model_admin, RoleMixin):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        see, kind = model_admin.permission_for("view"), model_admin.permission
        yield Route(f"{name}_changelist", Gate.DESK, BOTH, see=see)
        yield Route(f"{name}_table", Gate.DESK, BOTH, see=see)
        yield Route(f"{name}_add", Gate.DESK, BOTH, see=see, do=model_admin.permission_for("add"))
        yield Route(f"{name}_change", Gate.DESK, BOTH, kind, see, post=model_admin.permission_for("change"))
        yield Route(f"{name}_delete", Gate.DESK, BOTH, kind, see, do=model_admin.permission_for("delete"))
        yield Route(f"{name}_history", Gate.DESK, kind=kind, see=see, do="summit.auditentry.view")
        # An old URL, which redirects to the row's page without a query for the row.
        yield Route(f"admin/{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/", Gate.DESK)


# A person's requests about their data: to hand it over, and to erase it.
for _name in ("hand_over", "erase"):
    declare(
        f"admin:summit_person_{_name}",
        Gate.DESK,
        "GET POST",
        kind="summit.person",
        see="summit.person.view",
        do=f"summit.{_name}_person",
    )
declare(
    "admin:summit_person_ask_hand_over",
    Gate.DESK,
    "POST",
    kind="summit.person",
    see="summit.person.view",
    do="summit.hand_over_person",
)
declare(
    "admin:summit_person_agree_hand_over",
    Gate.DESK,
    "GET POST",
    kind="summit.person",
    see="summit.person.view",
    do="summit.agree_hand_over",
)
