"""Create, translate, describe, withdraw and remove texts."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts import listeners
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import RESERVED_TEXT_SLUGS, Text, TextKind, TextVersion, Wording
from press.texts.models.topics import Topic
from press.texts.models.visibility import published_embargoes
from press.texts.permissions import DECISIONS, check_can_withdraw, check_can_write
from press.texts.selectors import paragraph_anchors
from press.texts.selectors.edition_validation import check_content, check_remark
from press.texts.services import holds
from press.texts.services.locks import lock_text
from sessions.draft.models.participants import Slot
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action, row_actions
from summit.core.languages import calls_itself
from summit.people.models import Person
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

SLUG_LENGTH = 80
MOST_TOPICS = 20
# The fields that only media advisories may set.
OF_ADVISORIES = ("media_access", "gather_place", "gather_at")


def _created(facts: Facts) -> str:
    kind = dict(TextKind.choices).get(facts.detail.get("kind", ""), "")
    return _("created the text (%(kind)s)") % {"kind": kind}


def _language(facts: Facts) -> str:
    return _("added the language %(language)s") % {"language": calls_itself(facts.detail.get("language", ""))}


TEXT_ACTIONS = row_actions(
    "press.text",
    add=gettext_lazy("created the text"),
    change=gettext_lazy("changed the text"),
    remove=gettext_lazy("deleted the text"),
)
CREATE = audit_action(
    "press.create",
    _created,
    label=gettext_lazy("created the text"),
)
ADD_LANGUAGE = audit_action(
    "press.add_language",
    _language,
    label=gettext_lazy("added a language"),
)
WITHDRAW = audit_action("press.withdraw", gettext_lazy("withdrew the text"))
DESCRIBE = audit_action("press.describe", gettext_lazy("changed the details of the text"))
REMOVE = audit_action("press.remove", gettext_lazy("removed the withdrawn text from the site"))


def propose_slug(*, summit: Summit, title: str) -> str:
    """Return a free slug made from a title. If the slug is used already, a number is added.

    Without the number, the slug has at most 80 characters from the title: letters, digits and hyphens.
    """
    plain = unicodedata.normalize("NFKD", title)
    base = re.sub(r"-+", "-", slugify(plain).replace("_", "-"))[:SLUG_LENGTH].strip("-")
    # A word of two or three letters could be a language code. “text-” before it suits any title.
    if len(base) < 4 or base in RESERVED_TEXT_SLUGS:
        base = f"text-{base}".strip("-")
    taken = set(Text.objects.filter(summit=summit, slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def create_text(
    *,
    summit: Summit,
    kind: str,
    title: str,
    body: str,
    language: str,
    by: User,
    slug: str = "",
    slot: Slot | None = None,
    wording: str = Wording.NONE,
    summary: str = "",
    contact: str = "",
    embargo: Embargo | None = None,
    prepared: Text | None = None,
) -> Text:
    """Create a text with its first edition, and return the text. `language` becomes the authoritative language.

    Without a `slug`, the slug is made from the title. Without an `embargo`, the text gets a new embargo without a
    moment. For a text as delivered, `prepared` is the prepared text of the same speech. Raises PermissionDenied.
    Raises ValidationError by field.
    """
    check_can_write(by, summit)
    _check_slot(summit, slot, kind, wording)
    _check_prepared(prepared, slot)
    with transaction.atomic():
        embargo = embargo or Embargo.objects.create(summit=summit)
        if embargo.summit_id != summit.pk:
            raise ValidationError({"embargo": _("This publication time belongs to another summit.")})
        if slug and Text.objects.filter(summit=summit, slug=slug).exists():
            raise ValidationError({"slug": _("Another text has this address. Choose another address.")})
        address = slug or propose_slug(summit=summit, title=title)
        text = Text(
            summit=summit, kind=kind, slug=address, slot=slot, wording=wording, embargo=embargo, contact=contact
        )
        text.prepared = prepared
        text.full_clean()
        text.save(force_insert=True)
        _add_version(text=text, language=language, authoritative=True, words=(title, summary, body), by=by)
        audit.record(by=by, action=CREATE, target=text, summit=summit, detail={"kind": kind})
    return text


def add_language(*, text: Text, language: str, title: str, body: str, by: User, summary: str = "") -> TextVersion:
    """Add a translation with its first edition to a text, and return the new version.

    Raises PermissionDenied. Raises DecisionRefused for a withdrawn text, and if the text has the language already.
    Raises ValidationError by field.
    """
    check_can_write(by, text.summit)
    try:
        with transaction.atomic():
            lock_text(text.pk)
            if Text.objects.filter(pk=text.pk, withdrawn_at__isnull=False).exists():
                raise DecisionRefused(_("This text has been withdrawn. Create a new text instead."))
            version = _add_version(
                text=text, language=language, authoritative=False, words=(title, summary, body), by=by
            )
            audit.record(by=by, action=ADD_LANGUAGE, target=text, summit=text.summit, detail={"language": language})
    except IntegrityError as problem:
        raise DecisionRefused(
            _("This text already exists in this language. Change its edition instead.")
        ) from problem
    return version


def describe(*, text: Text, by: User, topics: Sequence[str], people: Sequence[Person], **values: Any) -> None:
    """Change the details of a text: its topics, its people, and the fields in `values`.

    `topics` are names. Topics that don't exist are created. `values` may have `session`, `contact`,
    `comparison_public`, `media_access`, `gather_place` and `gather_at`. Raises PermissionDenied. Raises
    DecisionRefused for a withdrawn text. Raises ValidationError by field, also for a field that texts of this kind
    can't have.
    """
    check_can_write(by, text.summit)
    _check_details(text, topics, values)
    with transaction.atomic():
        lock_text(text.pk)
        # Read again: the text may have been tied to others, or changed, after the caller read it.
        row = Text.objects.get(pk=text.pk)
        if row.withdrawn_at is not None:
            raise DecisionRefused(_("This text has been withdrawn. Create a new text instead."))
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row.clean_fields(exclude={field.name for field in Text._meta.fields} - values.keys())
        Text.objects.filter(pk=text.pk).update(**{name: values[name] for name in changed})
        text.topics.set([Topic.objects.get_or_create(summit=text.summit, name=name)[0] for name in topics])
        text.people.set(people)
        audit.record(by=by, action=DESCRIBE, target=text, summit=text.summit, fields=[*changed, "topics", "people"])


def withdraw(*, text: Text, reason: str, by: User) -> None:
    """Withdraw a text. If it is published, it stays public, marked and with the reason. Otherwise it never will be.

    If the text is tied to texts that aren't published yet, those are held. Raises PermissionDenied. Raises
    DecisionRefused without a reason, for a reason that can't be shown, and if the text is withdrawn already.
    """
    check_can_withdraw(by, text.summit)
    cleaned_reason = _reason(reason, _("Enter the reason for withdrawal. Readers see it."))
    with transaction.atomic():
        embargo = lock_text(text.pk)
        tied = embargo.tied and embargo.held_at is None and not published_embargoes().filter(pk=embargo.pk).exists()
        changed = Text.objects.filter(pk=text.pk, withdrawn_at__isnull=True).update(
            withdrawn_at=Now(), withdrawn_by=by, withdrawal_reason=cleaned_reason
        )
        if not changed:
            raise DecisionRefused(_("This text is already withdrawn."))
        if tied and Text.objects.filter(embargo=embargo.pk, withdrawn_at__isnull=True).exists():
            holds.hold_embargo(embargo=embargo, reason=_("A text published together with it was withdrawn."), by=by)
        fields = ["withdrawn_at", "withdrawn_by", "withdrawal_reason"]
        audit.record(by=by, action=WITHDRAW, target=text, summit=text.summit, fields=fields)
        listeners.withdraw(text, removed=False)


def remove(*, text: Text, reason: str, by: User) -> None:
    """Remove a withdrawn text from the public site. Its URLs return 410 with the reason.

    Nothing is deleted. Raises PermissionDenied. Raises DecisionRefused without a reason, for a reason that can't be
    shown, if the text isn't withdrawn, and if it is removed already.
    """
    check(by, DECISIONS["remove"], text.summit)
    cleaned_reason = _reason(reason, _("Enter the reason for removal. Readers who look for the text see it."))
    with transaction.atomic():
        lock_text(text.pk)
        rows = Text.objects.filter(pk=text.pk, withdrawn_at__isnull=False, removed_at__isnull=True)
        if not rows.update(removed_at=Now(), removed_by=by, removal_reason=cleaned_reason):
            raise DecisionRefused(_("Only a withdrawn text can be removed. Withdraw it first."))
        fields = ["removed_at", "removed_by", "removal_reason"]
        audit.record(by=by, action=REMOVE, target=text, summit=text.summit, fields=fields)
        listeners.withdraw(text, removed=True)


def _reason(reason: str, wanted: str) -> str:
    if not reason.strip():
        raise DecisionRefused(wanted)
    check_remark(reason)
    return reason.strip()


def _check_slot(summit: Summit, slot: Slot | None, kind: str, wording: str) -> None:
    if slot is not None and slot.session.summit_id != summit.pk:
        raise ValidationError({"slot": _("This speech belongs to another summit.")})
    if (kind == TextKind.TRANSCRIPT) == (wording == Wording.NONE):
        raise ValidationError(
            {
                "wording": _(
                    "Choose a form for a transcript: prepared, as delivered or speaker’s notes. Leave it blank for "
                    "other texts."
                )
            }
        )
    if kind == TextKind.TRANSCRIPT and slot is None:
        raise ValidationError({"slot": _("Choose a speech. If it is missing, add it to its session first.")})


def _check_details(text: Text, topics: Sequence[str], values: Mapping[str, Any]) -> None:
    refused: dict[str, str] = {}
    if text.kind != TextKind.ADVISORY:
        message = _("Leave this blank. It is for media advisories only.")
        refused |= {name: message for name in OF_ADVISORIES if values.get(name)}
    if text.wording not in (Wording.PREPARED, Wording.DELIVERED) and values.get("comparison_public"):
        refused["comparison_public"] = _("Only a prepared text and its delivered version can be compared.")
    if text.slot_id and values.get("session"):
        refused["session"] = _("The text belongs to a speech, so its session can’t be changed here.")
    if len(topics) > MOST_TOPICS:
        refused["topics"] = _("Enter at most %(number)d topics.") % {"number": MOST_TOPICS}
    if refused:
        raise ValidationError(refused)


def _check_prepared(prepared: Text | None, slot: Slot | None) -> None:
    if prepared is not None and (slot is None or prepared.slot_id != slot.pk or prepared.wording != Wording.PREPARED):
        raise ValidationError({"prepared": _("Choose the prepared text of the same speech.")})


def _add_version(
    *, text: Text, language: str, authoritative: bool, words: tuple[str, str, str], by: User
) -> TextVersion:
    title, summary, body = words
    version = TextVersion(text=text, language=language, authoritative=authoritative)
    version.clean_fields()
    version.save(force_insert=True)
    edition = Edition(version=version, number=1, title=title.strip(), summary=summary.strip(), body=body, author=by)
    if not authoritative:
        edition.translates = _original(text)
    edition.clean_fields()
    # A text that is too long is refused before it is parsed as Markdown.
    check_content(title=edition.title, summary=edition.summary, body=body)
    edition.anchors = paragraph_anchors.counted(body)
    edition.save(force_insert=True)
    listeners.store(edition)
    return version


def _original(text: Text) -> int | None:
    """Return the number of the newest edition in a text's authoritative language, or None if there is none.

    A new translation is recorded as made from this edition.
    """
    rows = Edition.objects.filter(version__text=text, version__authoritative=True).order_by("-number")
    return rows.values_list("number", flat=True).first()
