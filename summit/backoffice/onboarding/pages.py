"""The pages of the first three steps: the summit, its venue with rooms, its team."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts import role_assignments
from summit.accounts.role_assignments import Colleague
from summit.admin_base.pages import desk_page
from summit.backoffice.onboarding import steps
from summit.backoffice.onboarding.forms import NamedSummitForm, TeamFormSet, VenueForm
from summit.backoffice.onboarding.steps import Step, desk_step
from summit.permissions.models import DESKS, Role, RoleAssignment
from summit.summits import colours
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit
from summit.users.models import User

STATUS_OF_ERRORS = 400


def show(
    request: HttpRequest, template: str, name: str, summit: Summit | None, context: dict[str, Any], *, wrong: bool
) -> HttpResponse:
    """Return the page of the step `name`, with the list of all steps.

    `wrong` says that the form has errors, so that the status is 400.
    """
    states = steps.states_for(request.user, summit, name)
    number = [state.name for state in states].index(name) + 1
    full_context = {
        **admin.site.each_context(request),
        "title": states[number - 1].title,
        "summit": summit,
        "steps": states,
        "step": name,
        "number": number,
        "later": steps.after(name, request.user, summit) if summit else "",
        **context,
    }
    return TemplateResponse(request, template, full_context, status=STATUS_OF_ERRORS if wrong else 200)


@desk_page("setup/", "setup", "GET POST", do="summit.summit.add")
def create(request: HttpRequest) -> HttpResponse:
    """Show the form of a new summit (GET), or create the summit (POST). The user becomes its organiser."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the admin has signed them in
    form = NamedSummitForm(request.POST or None, initial={"contact_email": user.email})
    if request.method == "POST" and form.is_valid():
        summit = summits_services.create_summit(by=user, names=form.names, **form.cleaned_data)
        messages.success(request, _("“%(name)s” created. You are its organiser.") % {"name": summit.reads_as.name})
        colour_note = _about_colour(summit.accent)
        if colour_note:
            messages.info(request, colour_note)
        return redirect(steps.after("summit", user, summit))
    return show(request, "admin/onboarding/summit.html", "summit", None, {"form": form}, wrong=bool(form.errors))


def _about_colour(colour: str) -> str:
    """Return a sentence that says where the chosen colour is replaced because it would be hard to read, or ""."""
    light, dark = colours.light_accent(colour).colour, colours.dark_accent(colour).colour
    values = {"colour": colour, "light": light, "dark": dark}
    if light != colour:
        return _("%(colour)s is too pale to read on paper, so it is printed as %(light)s.") % values
    # Nothing is reported about the default colour, because the user has not chosen it.
    if dark != colour and colour != Summit._meta.get_field("accent").default:
        return _("%(colour)s is too dark to read on a dark background, so it is shown as %(dark)s.") % values
    return ""


def venue(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the form of the venue and its rooms (GET), or save them (POST)."""
    first = summit.venues.order_by("pk").first()
    initial = {"name": first.name, "address": first.address} if first else {}
    form = VenueForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = summits_services.add_venue_with_rooms(summit=summit, by=user, **form.cleaned_data)
        number = saved.rooms.count()
        if not number:
            message = _("%(name)s saved. Add at least one room for your sessions.")
            messages.warning(request, message % {"name": saved.name})
            return redirect(request.path)
        message = ngettext("%(name)s has %(n)d room.", "%(name)s has %(n)d rooms.", number)
        messages.success(request, message % {"name": saved.name, "n": number})
        return redirect(steps.after("venue", user, summit))
    rooms = Room.objects.filter(venue__summit=summit).select_related("venue")
    return show(
        request,
        "admin/onboarding/venue.html",
        "venue",
        summit,
        {"form": form, "rooms": rooms},
        wrong=bool(form.errors),
    )


def team(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the form of the team (GET), or assign roles to colleagues (POST)."""
    rows = TeamFormSet(request.POST or None, prefix="team")
    if request.method == "POST" and rows.is_valid():
        colleagues = [Colleague(**row) for row in rows.cleaned_data if row]
        number = role_assignments.add_team(summit=summit, colleagues=colleagues, by=user)
        if number:
            text = ngettext(
                "%(n)d colleague emailed with how to sign in.",
                "%(n)d colleagues emailed with how to sign in.",
                number,
            )
            messages.success(request, text % {"n": number})
        else:
            messages.info(request, _("These people already have the role."))
        return redirect(steps.after("team", user, summit))
    people = RoleAssignment.objects.filter(summit=summit, user__api_client=None)
    held = people.select_related("user").order_by("user__email", "role")
    problems = [
        (form[field].id_for_label, form[field].label, text)
        for form in rows.forms
        for field, errors in form.errors.items()
        for text in errors
    ]
    context = {"rows": rows, "held": held, "problems": problems}
    return show(request, "admin/onboarding/team.html", "team", summit, context, wrong=bool(problems))


def has_rooms(summit: Summit) -> bool:
    """Return whether the summit has at least one room: the step "venue" is then done."""
    return Room.objects.filter(venue__summit=summit).exists()


def has_team(summit: Summit) -> bool:
    """Return whether more than one person holds a desk role in the summit. Applications don't count."""
    people = RoleAssignment.objects.filter(summit=summit, user__api_client=None)
    desks = people.filter(role__in=[str(Role(role)) for role in DESKS])
    return desks.order_by().values("user").distinct()[:2].count() > 1


desk_step.register(20)(
    Step(
        name="venue",
        title=gettext_lazy("Venue and rooms"),
        about=gettext_lazy("The place of the summit and the rooms for sessions."),
        permission="summit.venue.change",
        view=venue,
        done=has_rooms,
    )
)
desk_step.register(30)(
    Step(
        name="team",
        title=gettext_lazy("Team"),
        about=gettext_lazy("Your colleagues and their roles."),
        permission="summit.roleassignment.change",
        view=team,
        done=has_team,
    )
)
