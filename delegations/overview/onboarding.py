"""The last two onboarding steps: entering parties, and sending the first letter."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.selectors.eligibility import InvitationTargets
from delegations.invitations.services import first_letter
from delegations.mailboxes import access_log
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import country_recognition, un_country_names
from delegations.parties.services import bulk_entry
from delegations.parties.services.bulk_entry import LineProblems
from summit.admin_base.widgets import MomentPair, name_parts
from summit.backoffice.onboarding import steps
from summit.backoffice.onboarding.pages import show
from summit.backoffice.onboarding.steps import Step, desk_step
from summit.core.database_clock import db_now
from summit.core.line_parts import parts_of
from summit.core.process_cache import Memory
from summit.core.validators import validate_year
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

PROPOSED = timedelta(days=30)
BEFORE = timedelta(days=7)


def parties(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the form in which parties are entered, one on each line.

    A POST with `do=propose` adds the chosen countries to the text. Any other POST enters the parties.
    """
    text = request.POST.get("lines", "")
    problems: list[tuple[int, str]] = []
    if request.method == "POST" and request.POST.get("do") == "propose":
        text = _with_countries(text, request.POST.getlist("country"), summit.language)
    elif request.method == "POST":
        try:
            created = bulk_entry.create_parties(summit=summit, text=text, by=user)
        except LineProblems as refused:
            problems = refused.found
        else:
            if created:
                message = ngettext("%(n)d delegation added.", "%(n)d delegations added.", len(created))
                messages.success(request, message % {"n": len(created)})
                _add_messages(request, created)
                return redirect(steps.after("parties", user, summit))
            problems = [(0, _("Enter one delegation a line, or choose names below."))]
    entered = list(Party.objects.filter(summit=summit).order_by("sort_key", "pk"))
    known_codes = {party.iso_code for party in entered} | {
        country_recognition.code_of_name(parts_of(line)[0]) for line in text.splitlines()
    }
    context = {
        "text": text,
        "problems": [
            ("lines", _("Line %(n)d") % {"n": number} if number else "", message) for number, message in problems
        ],
        "entered": entered,
        "silent": sum(not party.mission_email for party in entered),
        "countries": [
            (group.label, [pair for pair in names if pair[0] not in known_codes])
            for group, names in un_country_names.proposed(summit.language)
        ],
    }
    return show(request, "admin/onboarding/parties.html", "parties", summit, context, wrong=bool(problems))


def _add_messages(request: HttpRequest, created: bulk_entry.CreatedParties) -> None:
    for party, written, language in created.translated:
        message = _("“%(written)s” was added as “%(name)s”. “%(written)s” is its name in %(language)s.")
        language_name = get_language_info(language)["name_translated"]
        messages.info(request, message % {"written": written, "name": party.name, "language": language_name})
    for party in created:
        if party.iso_code and (note := un_country_names.recognition_note(party.iso_code)):
            messages.info(request, f"{party.name}: {note}")


def _with_countries(text: str, codes: list[str], language: str) -> str:
    """Return the text with a line added for each of these countries. The user completes it with the mailbox."""
    names = un_country_names.names(language)
    added = [f"{names[code]}; " for code in codes if code in names]
    return "\n".join([*([text.rstrip()] if text.strip() else []), *added])


class DueForm(forms.Form):
    """A form for the time when answers are due, in the venue's time zone."""

    answer_by = forms.DateTimeField(
        label=gettext_lazy("Answers due by"),
        validators=[validate_year],
        widget=MomentPair,
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        name_parts(self.fields["answer_by"])

    def clean_answer_by(self) -> datetime:
        """Return the time. Raises ValidationError if it is past, or if `Summit.check_due` refuses a changed time."""
        moment: datetime = self.cleaned_data["answer_by"]
        if moment <= db_now():
            raise forms.ValidationError(_("Enter a date in the future."))
        if "answer_by" in self.changed_data:
            self.summit.check_due(moment, db_now())
        return moment


def letter(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the invitation letter, and the form for the time when answers are due.

    A POST with `do=first` sends the letter to the first party, and with `do=all` to all parties. With `do=read`, it
    shows the letter with the submitted time.
    """
    with timezone.override(summit.zone):
        form = _due_form(request, summit, user)
        targets = first_letter.recipients(summit)
        if request.method == "POST" and (form is None or form.is_valid()):
            due = form.cleaned_data["answer_by"] if form else None
            chosen = {"first": targets.to[:1], "all": targets.to}.get(request.POST.get("do", ""))
            if chosen:
                return _redirect_after_sending(
                    request, summit, user, first_letter.send(summit=summit, parties=chosen, answer_by=due, by=user)
                )
            # The letter is shown with the submitted time, which is stored only when something is sent.
            for party in targets.to[:1]:
                party.summit.answer_by = due or party.summit.answer_by
        context = _letter(targets, form, summit)
        response: Any = show(
            request, "admin/onboarding/letter.html", "letter", summit, context, wrong=bool(form and form.errors)
        )
        response.render()
    for party in targets.to[:1]:
        access_log.record_mailboxes(by=user, summit=summit, boxes=targets.boxes[party.pk])
    return response  # type: ignore[no-any-return]


def _due_form(request: HttpRequest, summit: Summit, user: User) -> DueForm | None:
    """Return the form, or None for users who may send letters but may not change the summit."""
    if not allows(user, "summit.summit.change", summit):
        return None
    initial = {"answer_by": summit.answer_by or _propose(summit)}
    return DueForm(request.POST or None, initial=initial, summit=summit)


def _propose(summit: Summit) -> datetime:
    """Return a proposed time by which answers are due: 17:00 at the venue.

    The day is 30 days from now, or a week before the summit if that is earlier, but tomorrow at the earliest. If that
    isn't before the summit begins, it is one minute before the beginning.
    """
    now = db_now()
    today = now.astimezone(summit.zone).date()
    day = max(min(today + PROPOSED, summit.starts_on - BEFORE), today + timedelta(days=1))
    moment = datetime(day.year, day.month, day.day, 17, tzinfo=summit.zone)
    return summit.begins_at - timedelta(minutes=1) if now < summit.begins_at <= moment else moment


def _letter(targets: InvitationTargets, form: DueForm | None, summit: Summit) -> dict[str, Any]:
    letter_text = None
    if targets.to:
        party = targets.to[0]
        if form is not None and not form.is_bound and party.summit.answer_by is None:
            party.summit.answer_by = form.initial["answer_by"]
        letter_text = first_letter.read(party, targets.boxes[party.pk])
    waiting = [party for party, _why in targets.skipped if not party.is_host]
    second_person = bool(waiting) and Policy.objects.of(summit).second_person
    silent = [] if second_person else waiting
    return {
        "form": form,
        "letter": letter_text,
        "reached": len(targets.to),
        "letters": targets.letters,
        "silent": silent,
        "inviting": f"{reverse('admin:delegations_party_invite')}?summit={summit.slug}" if second_person else "",
        "lacking": f"{reverse('admin:delegations_party_changelist')}?summit__id__exact={summit.pk}&lacks=mailbox",
    }


def _redirect_after_sending(
    request: HttpRequest, summit: Summit, user: User, targets: InvitationTargets
) -> HttpResponse:
    states = steps.states_for(user, summit)
    done = sum(step.state == "done" for step in states)
    message = ngettext("Sending %(n)d invitation.", "Sending %(n)d invitations.", len(targets.to)) % {
        "n": len(targets.to)
    }
    messages.success(request, message)
    progress = _("%(done)d of %(all)d setup steps done. The next step is below.")
    messages.info(request, progress % {"done": done, "all": len(states)})
    return redirect(f"{reverse('admin:index')}?summit={summit.slug}")


def has_parties(summit: Summit) -> bool:
    """Return whether the summit has a party that can be invited."""
    return Party.objects.filter(summit=summit, is_host=False).exists()


# The primary keys of summits for which this process has seen that an invitation was sent.
_INVITED: Memory[bool] = Memory(64)


def has_invited(summit: Summit) -> bool:
    """Return whether an invitation to a party was ever sent, even if it was revoked since.

    Once it is True, the result is cached.
    """
    if _INVITED.get(summit.pk):
        return True
    invited = Invitation.objects.filter(party__summit=summit, sent_at__isnull=False, occasion="").exists()
    if invited:
        _INVITED.put(summit.pk, invited)
    return invited


desk_step.register(40)(
    Step(
        name="parties",
        title=gettext_lazy("Delegations"),
        about=gettext_lazy("Countries and organisations, with their email addresses."),
        permission="delegations.party.change",
        view=parties,
        done=has_parties,
    )
)
desk_step.register(50)(
    Step(
        name="letter",
        title=gettext_lazy("Letter"),
        about=gettext_lazy("Review the letter, set the deadline for answers, send the first invitation."),
        permission="delegations.invite",
        view=letter,
        done=has_invited,
    )
)
