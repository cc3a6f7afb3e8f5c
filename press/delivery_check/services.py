"""Mark a prepared text while the speech is given, and create the text as delivered from the marks.

Each mark is a row, which is saved at once with the time of the database's clock. If two officers mark at the same
time, both rows are stored. The second officer to mark a passage must see the first officer's mark before replacing
it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from press.delivery_check.models import WITH_WORDS, PassageCheck, PassageCheckKind
from press.delivery_check.passages import DeliveredPassage, Passage, passages, spoken
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.permissions import check_can_write
from press.texts.selectors.edition_validation import check_content
from press.texts.services import editions, texts
from press.texts.services.locks import lock_text
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.languages import spoken as interface
from summit.users.models import User

MARK = audit_action(
    "press.mark",
    lambda facts: _("recorded a change in delivery (%(anchor)s)") % {"anchor": facts.detail.get("anchor", "")},
    label=gettext_lazy("recorded a change in delivery"),
)


class PassageCheckConflict(DecisionRefused):
    """Somebody else marked the passage after the user loaded it.

    `current` is the other mark, or None if a mark was undone and none counts now.
    """

    def __init__(self, message: str, current: PassageCheck | None) -> None:
        super().__init__(message)
        self.current = current


@dataclass(frozen=True)
class Marked:
    """A passage with its marks.

    `mark` is the mark that counts, `inserted` the insertion that counts, and `history` all marks, the oldest first.
    """

    passage: Passage
    mark: PassageCheck | None = None
    inserted: PassageCheck | None = None
    history: tuple[PassageCheck, ...] = field(default=())


def marked(edition: Edition) -> list[Marked]:
    """Return the passages of an edition with their marks. Makes one query.

    Marks made in other editions of the same version count for passages with the same anchor.
    """
    rows = _rows(edition.version)
    by_anchor: dict[str, list[PassageCheck]] = {}
    for row in rows:
        by_anchor.setdefault(row.anchor, []).append(row)
    return [
        Marked(
            part,
            _counting(by_anchor.get(part.anchor, ()), inserted=False),
            _counting(by_anchor.get(part.anchor, ()), inserted=True),
            tuple(by_anchor.get(part.anchor, ())),
        )
        for part in passages(edition.body, edition.anchors)
    ]


def _rows(version: TextVersion, **more: str) -> list[PassageCheck]:
    rows = PassageCheck.objects.filter(edition__version=version, **more).select_related("by", "edition")
    return list(rows.order_by("pk"))


def _counting(rows: Iterable[PassageCheck], *, inserted: bool) -> PassageCheck | None:
    """Return the newest mark that wasn't undone, or None.

    With `inserted` only insertions are considered, otherwise only marks of the passage itself.
    """
    undone = {row.undoes_id for row in rows if row.undoes_id}
    remaining = [row for row in rows if row.kind != PassageCheckKind.UNDO and row.pk not in undone]
    of_kind = [row for row in remaining if (row.kind == PassageCheckKind.INSERT) == inserted]
    return of_kind[-1] if of_kind else None


def mark(
    *, edition: Edition, anchor: str, kind: str, by: User, words: str = "", seen: int | None = None
) -> PassageCheck:
    """Save a mark of a passage, and return it. `words` are the spoken words for CHANGE, or the added ones for INSERT.

    If the same user repeats the same mark, it is saved once. `seen` is the primary key of the mark that the user saw,
    0 for none, or None to skip the check for conflicts. Raises PermissionDenied. Raises PassageCheckConflict if
    somebody else has marked the passage in the meantime. Raises DecisionRefused if the text can't be marked, the kind
    or words are missing, or the passage isn't in the edition. Raises ValidationError for words that can't be
    published.
    """
    check_markable(edition, by)
    words = words.replace("\r\n", "\n").strip() if kind in WITH_WORDS else ""
    if kind not in PassageCheckKind.values or kind == PassageCheckKind.UNDO:
        raise DecisionRefused(_("Choose what was said: as written, not spoken, changed or inserted."))
    if kind in WITH_WORDS and not words:
        raise DecisionRefused(_("Enter the words spoken."))
    if words:
        check_content(title="x", summary="", body=words)
    row = PassageCheck(edition=edition, anchor=anchor, kind=kind, words=words, by=by)
    row.clean_fields()
    if anchor not in {part.anchor for part in passages(edition.body, edition.anchors) if part.anchor}:
        raise DecisionRefused(_("This passage is no longer in the text. Reload the page."))
    with transaction.atomic():
        lock_text(edition.version.text_id)
        current = _counting(_rows(edition.version, anchor=anchor), inserted=kind == PassageCheckKind.INSERT)
        if current and current.by_id == by.pk and (current.kind, current.words) == (kind, words):
            return current
        _check_seen(current, seen, by)
        row.save(force_insert=True)
        _record(row, by)
    row.refresh_from_db(fields=["at"])
    return row


def undo(*, passage_check: PassageCheck, by: User) -> PassageCheck:
    """Undo a mark, and return the row that undoes it. The previous mark of the passage, if any, counts again.

    Undoing a mark twice changes nothing. Raises PermissionDenied. Raises DecisionRefused for a mark of kind UNDO, and
    if the text can't be marked.
    """
    check_markable(passage_check.edition, by)
    if passage_check.kind == PassageCheckKind.UNDO:
        raise DecisionRefused(_("This change undoes another one. Check the passage again."))
    with transaction.atomic():
        lock_text(passage_check.edition.version.text_id)
        existing = PassageCheck.objects.filter(undoes=passage_check).first()
        if existing is not None:
            return existing
        row = PassageCheck(
            edition=passage_check.edition,
            anchor=passage_check.anchor,
            kind=PassageCheckKind.UNDO,
            undoes=passage_check,
            by=by,
        )
        row.save(force_insert=True)
        _record(row, by)
    return row


def make_delivered(*, edition: Edition, by: User, tell_removed: bool = True) -> Text:
    """Create the text as delivered from an edition and its marks, in draft, and return it.

    Passages that weren't spoken are left out, and insertions are added. If the text as delivered exists already, it
    gets a new edition or a new language. With `tell_removed` a notice for readers replaces passages that weren't
    spoken. Raises PermissionDenied, DecisionRefused, EditConflict and ValidationError.
    """
    check_markable(edition, by)
    version = edition.version
    prepared = version.text
    with transaction.atomic():
        lock_text(prepared.pk)
        body = delivered_body(edition, tell_removed=tell_removed)
        values: dict[str, Any] = {"title": edition.title, "summary": edition.summary, "body": body, "by": by}
        text = Text.objects.filter(prepared=prepared, withdrawn_at__isnull=True).select_related("summit").first()
        if text is None:
            return texts.create_text(
                summit=prepared.summit,
                kind=TextKind.TRANSCRIPT,
                wording=Wording.DELIVERED,
                slot=prepared.slot,
                prepared=prepared,
                language=version.language,
                contact=prepared.contact,
                **values,
            )
        rows = TextVersion.objects.filter(text=text, language=version.language).select_related("text__summit")
        existing = rows.first()
        if existing is None:
            texts.add_language(text=text, language=version.language, **values)
            return text
        newest = editions.newest(existing)
        if newest.body != body:
            editions.draft(version=existing, based_on=newest.number, **values)
    return text


def delivered_body(edition: Edition, *, tell_removed: bool = True) -> str:
    """Return the body of the text as delivered, by the marks of an edition, as Markdown. Makes one query.

    Raises DecisionRefused if all passages are marked as not spoken.
    """
    marked_passages = marked(edition)
    heard = {each.passage.anchor: _delivered_passage(each) for each in marked_passages if each.passage.anchor}
    with translation.override(interface(edition.version.language)):
        removed = pgettext("in a text as delivered", "[passage not delivered]") if tell_removed else ""
    body = spoken([each.passage for each in marked_passages], heard, removed=removed)
    if not any(each.passage.anchor and heard[each.passage.anchor].body != "" for each in marked_passages):
        raise DecisionRefused(_("Every passage is marked as not spoken, so there is nothing to publish."))
    return body


def _delivered_passage(marked_passage: Marked) -> DeliveredPassage:
    bodies = {
        PassageCheckKind.STRIKE.value: "",
        PassageCheckKind.CHANGE.value: marked_passage.mark.words if marked_passage.mark else "",
    }
    body = bodies.get(marked_passage.mark.kind) if marked_passage.mark else None
    return DeliveredPassage(body, marked_passage.inserted.words if marked_passage.inserted else "")


def check_markable(edition: Edition, by: User) -> None:
    """Raise an error unless the user may mark passages of an edition.

    Raises PermissionDenied. Raises DecisionRefused if the text isn't a prepared speech or is withdrawn.
    """
    text = edition.version.text
    check_can_write(by, text.summit)
    if text.kind != TextKind.TRANSCRIPT or text.wording != Wording.PREPARED:
        raise DecisionRefused(_("Only prepared texts of speeches can be checked against delivery."))
    if text.withdrawn_at is not None:
        raise DecisionRefused(_("This text has been withdrawn. Create a new text instead."))


def _check_seen(current: PassageCheck | None, seen: int | None, by: User) -> None:
    if seen is None or seen == (current.pk if current else 0):
        return
    if current is None:
        raise PassageCheckConflict(
            _("Someone else has just undone a change here. Check the passage, then record yours."), None
        )
    if current.by_id != by.pk:
        message = _(
            "%(who)s has already recorded “%(kind)s” for this passage. Record your change again to replace it."
        )
        raise PassageCheckConflict(message % {"who": current.by, "kind": current.get_kind_display()}, current)


def _record(row: PassageCheck, by: User) -> None:
    version = row.edition.version
    detail = {"anchor": row.anchor, "kind": row.kind}
    audit.record(by=by, action=MARK, target=row.edition, summit=version.text.summit, detail=detail)
