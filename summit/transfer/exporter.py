"""Export a summit to an archive. Rows are streamed, so that no table is held in memory as a whole."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.audit import services as audit
from summit.audit import verification
from summit.audit.actions import audit_action
from summit.audit.services import System
from summit.core.database_clock import db_now
from summit.core.transfer_registry import MOVED, moved_of, programs
from summit.quarantine.models import PENDING, FileScan
from summit.quarantine.selectors import is_on
from summit.summits.models import Summit
from summit.transfer import encryption, model_order
from summit.transfer.encryption import ArchiveProblem
from summit.transfer.values import pack, renamed
from summit.users.models import User

BATCH = 500
ACCOUNTS = "accounts"
MANIFEST = "manifest.json"
Progress = Callable[[str, int], object]
EXPORT = audit_action("summit.export", gettext_lazy("exported the summit to an archive"))


def quiet(part: str, rows: int) -> None:
    """Do nothing. It is the Progress for callers that report no progress."""


@dataclass
class Numbers:
    """The numbers of rows in an archive, which replace primary keys there.

    `of` is a dict from model labels in lower case to dicts from primary key to number. `accounts` is a dict from the
    public ids of accounts to their numbers.
    """

    of: dict[str, dict[int, int]] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def row(self, label: str, key: str) -> str:
        """Return the archive's name of a row, such as "#3" for the third row of its model.

        `key` is the primary key, or the public id of an account. If the row isn't in the archive, the name is one
        that no row of another installation has.
        """
        if label == User._meta.label_lower:
            return f"#{self.accounts[key]}" if key in self.accounts else key
        return self.page(label, key)

    def page(self, label: str, key: str) -> str:
        """Return the archive's name of a row from the primary key `key` in a URL of the admin.

        The name is "#3" for the third row, or "~17" for key 17 if the row isn't in the archive.
        """
        if not key.isdigit():
            return key
        number = self.of.get(label, {}).get(int(key))
        return f"~{key}" if number is None else f"#{number}"


def migrations() -> dict[str, str]:
    """Return a dict from the apps that have rows in an archive to the last applied migration of each.

    Installations with the same migrations have the same tables.
    """
    names = MigrationRecorder(connection).applied_migrations()
    known = {label.partition(".")[0] for label in MOVED}
    return {app: max(name for owner, name in names if owner == app) for app in sorted(known)}


@contextmanager
def snapshot() -> Iterator[None]:
    """Run the block in a transaction that sees one state of the database. Other connections can keep writing."""
    if connection.in_atomic_block:
        yield
        return
    wrapper: Any = connection
    previous_mode = getattr(wrapper, "transaction_mode", None)
    if wrapper.vendor == "sqlite":
        # The block only reads, so it must not lock the database for writers.
        wrapper.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if wrapper.vendor == "sqlite":
            wrapper.transaction_mode = previous_mode


def export(*, summit: Summit, path: Path, passphrase: str, by: System, progress: Progress = quiet) -> dict[str, Any]:
    """Write a summit to an archive and return the archive's manifest.

    The audit records the export before it begins, as an event of the installation, because personal data leaves it.
    Raises ArchiveProblem or OSError; no file is left then.
    """
    waiting = FileScan.objects.held().filter(summit=summit, state__in=PENDING).count() if is_on() else 0
    if waiting:
        message = ngettext(
            "%(number)d file is still being checked for viruses. Try again in a minute.",
            "%(number)d files are still being checked for viruses. Try again in a minute.",
            waiting,
        )
        raise ArchiveProblem(message % {"number": waiting})
    with encryption.writing(path, passphrase) as file:
        with transaction.atomic():
            audit.record(by=by, action=EXPORT, target=summit, summit=None)
        with snapshot(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(summit, archive, progress)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    return manifest


def _write(summit: Summit, archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    numbers = Numbers()
    parts = {ACCOUNTS: _accounts(summit, archive, numbers)}
    for model in model_order.order():
        label = model._meta.label
        progress(label, 0)
        parts[label] = _rows(model, summit, archive, numbers)
        if model_order.files(model):
            parts[label] |= _files(model, summit, archive)
        progress(label, parts[label]["rows"])
    return {
        "format": encryption.FORMAT,
        "summit": {"id": summit.public_id, "slug": summit.slug, "name": summit.name},
        "made_at": pack(db_now()),
        # The end of the audit's chain in this installation. With it, `verify_audit --expect` on this installation
        # proves that the chain had these entries.
        "audit_end": str(verification.end()),
        "migrations": migrations(),
        "parts": parts,
    }


def _accounts(summit: Summit, archive: zipfile.ZipFile, numbers: Numbers) -> dict[str, Any]:
    """Write the accounts to which rows refer, and return the entry of this part in the manifest.

    The accounts have their e-mail addresses, but no passwords and no permissions.
    """
    keys: set[int] = set()
    for model in model_order.order():
        for name, target in model_order.references(model).items():
            if target is User:
                rows = model_order.rows(model, summit).order_by().exclude(**{name: None})
                keys.update(rows.values_list(f"{name}_id", flat=True).distinct())
    nobody = set(User.objects.filter(programs()).values_list("pk", flat=True))
    users = sorted(User.objects.in_bulk(list(keys)).values(), key=lambda user: (user.email, user.pk))
    entries = []
    for number, user in enumerate(users, start=1):
        numbers.of.setdefault(User._meta.label_lower, {})[user.pk] = number
        numbers.accounts[user.public_id] = number
        values = {name: getattr(user, name) for name in ("public_id", "email", "name", "language", "is_active")}
        entries.append(values | ({"is_active": False} if user.pk in nobody else {}))
    return _part(archive, ACCOUNTS, iter(entries))


def _rows(model: type[Model], summit: Summit, archive: zipfile.ZipFile, numbers: Numbers) -> dict[str, Any]:
    """Write a model's rows, each as a line of JSON, and return the entry of this part in the manifest.

    The rows are numbered from 1.
    """
    numbers_by_pk = (
        None if model._meta.label == model_order.AUDIT else numbers.of.setdefault(model._meta.label_lower, {})
    )
    rows = model_order.rows(model, summit).defer(*(field.name for field in model_order.files(model)))
    if numbers_by_pk is not None and model in model_order.references(model).values():
        # Rows of this model refer to each other, also to later ones, so all need their numbers first.
        numbers_by_pk |= {key: number for number, key in enumerate(rows.values_list("pk", flat=True), start=1)}

    def lines() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(rows.iterator(chunk_size=BATCH), start=1):
            if numbers_by_pk is not None:
                numbers_by_pk[row.pk] = number
            yield _line(row, numbers)

    return _part(archive, model._meta.label, lines())


def _line(row: Model, numbers: Numbers) -> dict[str, Any]:
    moved = moved_of(type(row))
    values = {}
    for column in model_order.fields(type(row)):
        value = getattr(row, column.attname)
        values[column.name] = _reference(row, column, value, numbers) if column.is_relation else pack(value)
    for name in moved.named:
        values[name] = renamed(values[name], numbers)
    if moved.rewrite is not None:
        moved.rewrite(values, numbers)
    return values


def _reference(row: Model, column: Any, value: int | None, numbers: Numbers) -> int | None:
    if value is None:
        return None
    number = numbers.of[model_order.target(column)._meta.label_lower].get(value)
    if number is None:
        message = _("%(row)s refers to a row of another summit (%(column)s). Correct that first.")
        raise ArchiveProblem(message % {"row": f"{row._meta.label} {row.pk}", "column": column.name})
    return number


def _part(archive: zipfile.ZipFile, label: str, entries: Iterator[dict[str, Any]]) -> dict[str, Any]:
    digest, number = hashlib.sha256(), 0
    with archive.open(f"rows/{label}.jsonl", "w", force_zip64=True) as out:
        for values in entries:
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            out.write(line)
            number += 1
    return {"rows": number, "sha256": digest.hexdigest()}


def _files(model: type[Model], summit: Summit, archive: zipfile.ZipFile) -> dict[str, Any]:
    """Write the bytes in a model's rows as files, one at a time, and return the files' entries in the manifest."""
    digest, count = hashlib.sha256(), 0
    names = [column.name for column in model_order.files(model)]
    rows = model_order.rows(model, summit).values_list(*names)
    for number, values in enumerate(rows.iterator(chunk_size=1), start=1):
        for name, value in zip(names, values, strict=True):
            if value is None:
                continue
            content, count = bytes(value), count + 1
            add_file_to_digest(digest, number, name, content)
            archive.writestr(file_name(model, number, name), content)
    return {"files": count, "files_sha256": digest.hexdigest()}


def file_name(model: type[Model], number: int, column: str) -> str:
    """Return the name of the file in an archive with the bytes of a column, for the row with this number."""
    return f"files/{model._meta.label}/{number}.{column}"


def add_file_to_digest(digest: Any, number: int, column: str, content: bytes) -> None:
    """Add a file to the digest of its part. `number` is the row's number."""
    digest.update(f"{number}.{column} {hashlib.sha256(content).hexdigest()}\n".encode())
