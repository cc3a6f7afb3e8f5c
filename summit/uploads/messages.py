"""The mail that tells whoever uploaded a file, and the organisers, that it was refused."""

from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from summit.audit.services import By
from summit.core.registry import Registry
from summit.outbox.addressees import Addressee, of_user, with_roles
from summit.outbox.message_kinds import MessageKind, never_withdrawn, register
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.quarantine.kept_files import KINDS
from summit.quarantine.models import FileScan, ScanState
from summit.quarantine.services import uploader_of
from summit.templatetags.moments import day_clock
from summit.users.models import User

# Functions that return the mailbox of an actor without an account, or None. The apps above register them.
mailboxes: Registry[Callable[[By], Addressee | None]] = Registry()
# The roles that are told: who answers for the summit, and who checks people for security.
TOLD = (Role.ORGANISER, Role.VETTING)


class FileRefusedFacts(TypedDict):
    """The facts of a message that an uploaded file was refused. `what` is the type of the file, in the mail's
    language, and `signature` the virus, or "" if the file couldn't be checked."""

    what: str
    signature: str
    uploaded_at: str
    path: str
    summit: str


def _recipients(scans: Iterable[FileScan]) -> Iterable[tuple[FileScan, Addressee]]:
    for scan in scans:
        uploader = uploader_of(scan)
        own = of_user(uploader) if isinstance(uploader, User) else _mailbox(uploader)
        found = {to.key: to for to in with_roles(scan.summit, TOLD)}
        if own is not None:
            found.setdefault(own.key, own)
        yield from ((scan, to) for to in found.values())


def _mailbox(by: By) -> Addressee | None:
    return next((found for find in mailboxes if (found := find(by)) is not None), None)


def _facts(scan: FileScan, to: Addressee) -> FileRefusedFacts:
    kind = KINDS[scan.kind]
    row: Any = kind.model._base_manager.defer(kind.field).get(pk=scan.object_id)
    with override(to.language):
        return {
            "what": str(kind.model._meta.verbose_name),
            "signature": scan.signature if scan.state == ScanState.INFECTED else "",
            "uploaded_at": day_clock(scan.uploaded_at, scan.summit),
            # Somebody without an account can't open the desk.
            "path": kind.page(row) if to.key.startswith("user:") else "/portal/",
            "summit": to.name_of(scan.summit),
        }


def _context(message: Message) -> dict[str, Any]:
    return dict(message.facts)


def _subject(context: dict[str, Any]) -> str:
    if context["signature"]:
        return _("Virus found in an uploaded file (%(what)s)") % context
    return _("Uploaded file not checked for viruses (%(what)s)") % context


FILE_REFUSED: MessageKind[FileScan] = register(
    MessageKind(
        name="file_refused",
        label=gettext_lazy("uploaded file refused"),
        task="outbox.tasks.deliver",
        shown_by="tests/summit/uploads/test_scanning.py",
        facts=FileRefusedFacts,
        recipients=_recipients,
        subject_key=lambda scan: f"quarantine:{scan.kind}:{scan.object_id}",
        version=lambda scan: scan.claims,
        build_facts=_facts,
        template="mail/file_refused.txt",
        subject=_subject,
        context=_context,
        path=lambda facts: str(facts["path"]),
        why=gettext_lazy("You are receiving this because you uploaded the file or are responsible for the summit."),
        reasons={},
        withdrawn=never_withdrawn,
    )
)
