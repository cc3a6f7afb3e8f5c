"""The form that saves a new edition, and the function that reads a posted form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.texts.admin.forms import EditionContentForm
from press.texts.errors import DecisionRefused, EditConflict
from press.texts.models.attachments import Attachment
from press.texts.models.editions import ChangeKind, Edition, EditionState
from press.texts.models.texts import TextVersion
from press.texts.models.visibility import published_editions
from press.texts.selectors.merge_editions import OTHER_FIELDS, MergedEdition, merge_edition
from press.texts.services import attachments as attachments_services
from press.texts.services import decisions, editions
from sessions.documents.services.file_checks import File, FileProblem, check_size, read
from summit.users.models import User


class EditionForm(EditionContentForm):
    """The form for a new edition of a language version, based on an earlier edition."""

    change_kind = forms.ChoiceField(
        label=gettext_lazy("Type of change"),
        required=False,
        choices=[("", gettext_lazy("none: not published yet")), *ChangeKind.choices],
        help_text=gettext_lazy("Say whether this corrects or clarifies published text."),
    )
    change_note = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("Shown to readers with the date, if an earlier edition is published."),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    translates = forms.TypedChoiceField(
        label=gettext_lazy("Translation of edition"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy(
            "The edition of the original this translates. Readers are told if it is not the latest."
        ),
    )
    attachments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Attachments"),
        queryset=Attachment.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Files for this edition. They are published with it."),
    )
    file = forms.FileField(
        label=gettext_lazy("Add a file"),
        required=False,
        help_text=gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument, JPEG or PNG."),
    )
    file_title = forms.CharField(
        label=gettext_lazy("File title"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, *args: Any, version: TextVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attachments_field: forms.ModelMultipleChoiceField[Attachment] = self.fields["attachments"]  # type: ignore[assignment]
        attachments_field.queryset = Attachment.objects.filter(text=version.text_id).defer("content")
        if not attachments_field.queryset.exists():
            del self.fields["attachments"]
        if published_editions().filter(version=version.pk).exists():
            kind_field: forms.ChoiceField = self.fields["change_kind"]  # type: ignore[assignment]
            kind_field.choices, kind_field.required = ChangeKind.choices, True
            self.fields["change_note"].required = True
        elif not version.editions.filter(state=EditionState.APPROVED).exists():
            # No edition is approved, so this edition can't replace a published one.
            del self.fields["change_kind"], self.fields["change_note"]
        if version.authoritative:
            del self.fields["translates"]
        else:
            numbers = Edition.objects.filter(version__text=version.text_id, version__authoritative=True)
            choices = [
                (number, str(number)) for number in numbers.order_by("-number").values_list("number", flat=True)
            ]
            self.fields["translates"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> File | None:
        """Return the uploaded file with its detected format, or None without a file.

        Raises ValidationError if the file is too large or its format isn't supported.
        """
        uploaded = self.cleaned_data["file"]
        if not uploaded:
            return None
        try:
            check_size(uploaded.size)
            return read(name=uploaded.name, content=uploaded.read())
        except FileProblem as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean(self) -> dict[str, Any]:
        """Require `change_note` if `change_kind` is chosen."""
        cleaned = super().clean()
        if cleaned.get("change_kind") and not cleaned.get("change_note"):
            self.add_error("change_note", _("Enter what was wrong or unclear. Readers see it beside the text."))
        return cleaned


def form_of(edition: Edition) -> EditionForm:
    """Return a form with the values of an edition, which the writer changes to make the next edition.

    The kind of change and the note are copied only from an edition that isn't approved.
    """
    version = edition.version
    change_source = edition if edition.state != EditionState.APPROVED else Edition()
    initial = {
        "title": edition.title,
        "summary": edition.summary,
        "body": edition.body,
        "based_on": edition.number,
        "change_kind": change_source.change_kind,
        "change_note": change_source.change_note,
        "translates": edition.translates,
        "attachments": [row.public_id for row in edition.attachments.defer("content")],
    }
    return EditionForm(initial=initial, version=version)


def read_form(
    request: HttpRequest, version: TextVersion, by: User
) -> tuple[EditionForm, Edition | None, Edition | None]:
    """Save the posted values as a new edition, together with an uploaded file. If `submit` was posted, submit it.

    Returns the form, the saved edition or None, and a newer edition or None. The newer edition is by somebody else,
    and prevented saving. In this case the form contains the changes of both users and is based on the newer edition.
    By saving the form again, the user confirms both changes.
    """
    form = EditionForm(request.POST, request.FILES, version=version)
    if not form.is_valid():
        return form, None, None
    try:
        return form, _saved(form, version, by, submit="submit" in request.POST), None
    except EditConflict as conflict:
        return _merged_form(request, form, version, conflict.newest), None, conflict.newest
    except (DecisionRefused, ValidationError) as refused:
        form.add_error(None, refused if isinstance(refused, ValidationError) else str(refused))
        return form, None, None


def _merged_form(request: HttpRequest, form: EditionForm, version: TextVersion, newest: Edition) -> EditionForm:
    """Return a form with the changes of both users, and with errors that say what the user must check."""
    typed: dict[str, Any] = {**request.POST.dict(), "attachments": request.POST.getlist("attachments")}
    base = version.editions.filter(number=form.cleaned_data["based_on"]).first()
    merged = None
    if base is not None:
        values = {name: form.cleaned_data[name] for name in ("body", *OTHER_FIELDS) if name in form.cleaned_data}
        values |= {"attachments": typed["attachments"]} if "attachments" in form.fields else {}
        merged = merge_edition(base=base, mine=values, newest=newest)
        typed |= {name: "" if value is None else value for name, value in merged.values.items()}
    merged_form = EditionForm({**typed, "based_on": newest.number}, version=version)
    for sentence in _merge_warnings(merged, newest, merged_form):
        merged_form.add_error(None, sentence)
    return merged_form


def _merge_warnings(merged: MergedEdition | None, newest: Edition, form: EditionForm) -> Iterator[str]:
    values = {"who": newest.author, "number": newest.number}
    if merged is None:
        yield (
            _("%(who)s has saved edition %(number)d since you started. Compare it with yours, then save again.")
            % values
        )
        return
    message = _(
        "%(who)s has saved edition %(number)d since you started. Your changes and theirs are below. Check them, "
        "then save again."
    )
    yield message % values
    if merged.conflicts:
        message = ngettext(
            "You both changed %(n)d passage. It shows their version, then yours. Keep one.",
            "You both changed %(n)d passages. Each shows their version, then yours. Keep one.",
            merged.conflicts,
        )
        yield message % {"n": merged.conflicts}
    for name, value in merged.theirs.items():
        if name in form.fields:
            message = _("%(field)s: they entered “%(value)s”. Your version is below.")
            yield message % {"field": capfirst(str(form.fields[name].label)), "value": value or "–"}


def _saved(form: EditionForm, version: TextVersion, by: User, *, submit: bool) -> Edition:
    values = dict(form.cleaned_data)
    file: File | None = values.pop("file", None)
    title = values.pop("file_title", "")
    attached = list(values.pop("attachments", ()))
    with transaction.atomic():
        if file is not None:
            attached.append(
                attachments_services.store(
                    text=version.text, file=file, title=title, language=version.language, by=by
                )
            )
        edition = editions.draft(version=version, by=by, attachments=attached, **values)
        if submit:
            decisions.submit(edition=edition, by=by)
        return edition
