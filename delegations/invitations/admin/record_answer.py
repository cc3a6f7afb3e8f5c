"""The admin page that records an answer which reached a desk by note verbale, letter, telephone, e-mail or in
person."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.invitations.admin_urls import call_sheet
from delegations.invitations.models.invitations import COMING, OVER, Answer, Invitation, Reply
from delegations.invitations.selectors import level_choices
from delegations.invitations.services import answers, scanned_answers
from delegations.invitations.services.answers import DESK_CHANNELS, AnswerReceipt
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.widgets import DayInput
from summit.audit import access_log
from summit.core.validators import validate_year
from summit.undo import services as undo
from summit.users.models import User

_TEXT = {"dir": "auto"}


class AnswerForm(forms.Form):
    """The form of an answer. It requires no field, because the service validates the values."""

    answer = forms.ChoiceField(label=_("Answer"), required=False)
    level = forms.ChoiceField(
        label=_("Level"), required=False, help_text=_("Choose “Not specified” if the answer doesn’t name a level.")
    )
    name = forms.CharField(
        label=_("Answered by"),
        required=False,
        widget=forms.TextInput(_TEXT),
        help_text=_("Name and office of the person who answered. Your account is recorded separately."),
    )
    channel = forms.ChoiceField(label=pgettext_lazy("label", "Channel"), required=False)
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        widget=forms.TextInput(_TEXT),
        help_text=_("The reference on the note verbale or letter."),
    )
    dated = forms.DateField(
        label=_("Date of the document"), required=False, widget=DayInput(), validators=[validate_year]
    )
    scan = forms.FileField(
        label=pgettext_lazy("label", "Scan"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3, **_TEXT}))
    # The public id of the latest answer that the page shows.
    newest = forms.CharField(required=False, widget=forms.HiddenInput())

    # Fields that are marked as optional. The service requires the others, and this form a choice of level.
    LEFT_OUT = ("reference", "dated", "scan", "note")

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = [(channel.value, channel.label) for channel in DESK_CHANNELS]
        unsaid = (level_choices.UNSAID, _("Not specified"))
        for name, empty_label, choices in (
            ("answer", _("Choose an answer"), Answer.choices),
            ("level", _("Choose a level"), [*level_choices.choices(invitation.party), unsaid]),
            ("channel", _("Choose a channel"), channels),
        ):
            field: Any = self.fields[name]
            field.choices = [("", empty_label), *choices]
        if not level_choices.choices(invitation.party):
            # Levels don't apply to a single guest.
            del self.fields["level"]
        for name, field in self.fields.items():
            field.depends = name not in self.LEFT_OUT

    def clean(self) -> dict[str, Any]:
        """Refuse an answer of a party that takes part without a choice of level, so that none is recorded unread."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") in COMING and cleaned.get("level") == "":
            self.add_error("level", _("Choose a level, or “Not specified” if the answer doesn’t name one."))
        return cleaned

    def clean_scan(self) -> scanned_answers.Scan | None:
        """Return the scan, or None. The file is only read if it isn't too large."""
        file = self.cleaned_data.get("scan")
        if file is None:
            return None
        try:
            scanned_answers.check_size(file.size)
            return scanned_answers.read(filename=file.name, content=file.read())
        except scanned_answers.ScanProblem as problem:
            raise forms.ValidationError(str(problem)) from None


def first_values(invitation: Invitation, newest: Reply | None, channel: str) -> dict[str, str]:
    """Return the form's initial values: the current answer, and `channel` if it is one of DESK_CHANNELS."""
    level = level_choices.proposed(invitation) or level_choices.UNSAID
    return {
        "answer": invitation.answer,
        "level": level if invitation.answer in COMING else "",
        "name": invitation.answered_by,
        "note": invitation.note,
        "channel": channel if channel in DESK_CHANNELS else "",
        "newest": newest.public_id if newest else "",
    }


def record(form: AnswerForm, invitation: Invitation, user: User) -> Reply | None:
    """Record the entered answer and return it. Return None if it can't be recorded; the form then has the errors.

    If a newer answer came meanwhile, nothing is recorded. The form's `newest` is then set to that answer, so that the
    user can replace it knowingly.
    """
    values = form.cleaned_data
    try:
        return answers.answer(
            invitation=invitation,
            by=user,
            answer=values["answer"],
            level=level_choices.resolve(values.get("level", ""), answer=values["answer"], party=invitation.party),
            name=values["name"],
            note=values["note"],
            way=AnswerReceipt(values["channel"], values["reference"], values["dated"], values["scan"]),
            newest=values["newest"],
        )
    except answers.AnswerProblem as problem:
        for field_problem in (problem, *problem.others):
            form.add_error(field_problem.field, str(field_problem))
    except answers.AnswerOutdated as outdated:
        posted: Any = form.data
        form.data = {**posted.dict(), "newest": outdated.newer.public_id}
        form.add_error(None, str(outdated))
    except answers.AnswerRefused as refused:
        form.add_error(None, str(refused))
    return None


class AnsweringMixin:
    """Adds the page that records an answer to an invitation.

    `?channel=telephone` preselects the channel; `?from=calls` leads back to the call sheet.
    """

    admin_site: Any
    opts: Any
    page_shows: tuple[str, ...]

    @model_page("<int:pk>/answer/", "answer", do="delegations.answer_for")
    def answer_view(self, request: HttpRequest, row: Invitation) -> HttpResponse:
        """Show the form of an answer; on POST, record the answer. Desk users may do so after the deadline, and before
        the invitation is sent."""
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return _answer_page(request, row, context, self.page_shows)


class PartyAnsweringMixin:
    """Adds the page that records the answer of a party, which needn't have an invitation."""

    admin_site: Any
    opts: Any

    @model_page("<int:pk>/answer/", "answer", do="delegations.answer_for")
    def answer_view(self, request: HttpRequest, row: Party) -> HttpResponse:
        """Show the form of an answer to the party's invitation; on POST, record the answer."""
        known = Invitation.objects.filter(party=row, occasion="").exclude(state__in=OVER).select_related("party")
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return _answer_page(request, known.first() or Invitation(party=row), context, ("answered_by", "note"))


def _answer_page(
    request: HttpRequest, row: Invitation, context: dict[str, Any], page_shows: tuple[str, ...]
) -> HttpResponse:
    user: Any = request.user
    summit, name = row.party.summit, party_names.to_reader(row.party).name
    newest = answers.newest_of(row)
    if request.method == "POST":
        form = AnswerForm(row, request.POST, request.FILES)
        with undo.grouped() as act:
            recorded = form.is_valid() and record(form, row, user) is not None
        if recorded:
            add_undoable(request, gettext("Answer of %(party)s recorded.") % {"party": name}, act)
            return redirect(_back(request, row))
        newest = answers.newest_of(row)
    else:
        form = AnswerForm(row, initial=first_values(row, newest, request.GET.get("channel", "")))
        if row.pk is not None:
            access_log.record_page(by=user, target=row, summit=summit, fields=page_shows)
    context |= {
        "title": gettext("Record the answer of %(party)s") % {"party": name},
        "summit": summit,
        "party": row.party,
        "original": row if row.pk is not None else row.party,
        "form": form,
        "newest": newest,
        "back": _back(request, row),
        "above": detail_url(row.party)
        if row.pk is None
        else reverse("admin:delegations_invitation_change", args=[row.pk]),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/delegations/invitations/record_answer.html", context, status=status)


def _back(request: HttpRequest, row: Invitation) -> str:
    """Return the URL of the call sheet, if the user came from there, or of the delegation's or guest's page."""
    if request.GET.get("from") == "calls":
        return call_sheet(row.party.summit)
    if row.occasion:
        return reverse("admin:delegations_invitation_change", args=[row.pk])
    return detail_url(row.party)
