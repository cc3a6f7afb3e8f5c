"""Import a summit from an archive, under new primary keys, in one transaction.

First the keys are reserved: as many for each table as the archive has rows. So the key of a row follows from the
row's number before the row is stored, and rows can refer to later rows.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.sql import InsertQuery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts.role_assignments import USER_ACTIONS
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import System
from summit.core.database_clock import db_now
from summit.core.models import PublicModel
from summit.core.transfer_registry import arrived, moved_of
from summit.core.validators import validate_free_slug
from summit.summits.models import Summit, slug_form
from summit.transfer import encryption, model_order
from summit.transfer.encryption import ArchiveProblem, damaged
from summit.transfer.exporter import (
    ACCOUNTS,
    BATCH,
    MANIFEST,
    Progress,
    add_file_to_digest,
    file_name,
    migrations,
    quiet,
)
from summit.transfer.values import renamed, unpacker
from summit.users.models import User

# The most values of one INSERT, and the most bytes of files that are held in memory for it.
MOST_VALUES, MOST_BYTES = 20_000, 8 * 1024 * 1024
IMPORT = audit_action("summit.import", gettext_lazy("imported the summit from an archive"))


@dataclass
class Keys:
    """The primary keys that the rows of an archive get in this installation.

    `base` has the key before the first row of each model, and `count` the number of rows. Both are dicts from the
    model's label in lower case. `accounts` are the accounts in the archive's order.
    """

    base: dict[str, int] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)
    accounts: list[User] = field(default_factory=list)

    def of(self, model: type[Model], number: object) -> int:
        """Return the primary key of the row of `model` with this number. Raises ArchiveProblem if there is none."""
        label = model._meta.label_lower
        if not isinstance(number, int) or not 1 <= number <= self.count.get(label, 0):
            raise damaged()
        return self.accounts[number - 1].pk if model is User else self.base[label] + number

    def row(self, label: str, key: str) -> str:
        """Return the primary key of a row in this installation, from the row's name `key` in the archive.

        Return the public id for an account. A name of a row that isn't in the archive is returned unchanged.
        """
        if label == User._meta.label_lower and self._is_number(label, key):
            return self.accounts[int(key[1:]) - 1].public_id
        return self.page(label, key)

    def page(self, label: str, key: str) -> str:
        """Return the primary key of a row, for a URL of the admin, from the row's name `key` in the archive.

        A name of a row that isn't in the archive is returned unchanged.
        """
        if not self._is_number(label, key):
            return key
        number = int(key[1:])
        return str(self.accounts[number - 1].pk if label == User._meta.label_lower else self.base[label] + number)

    def _is_number(self, label: str, key: str) -> bool:
        return key[:1] == "#" and key[1:].isdigit() and 1 <= int(key[1:]) <= self.count.get(label, 0)


@contextmanager
def _opened(path: Path, passphrase: str) -> Iterator[zipfile.ZipFile]:
    with encryption.reading(path, passphrase) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive
        except (zipfile.BadZipFile, zlib.error, KeyError, UnicodeDecodeError, json.JSONDecodeError) as problem:
            raise damaged() from problem


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    return manifest


def bring_in(*, path: Path, passphrase: str, slug: str | None, by: System, progress: Progress = quiet) -> Summit:
    """Store the summit of an archive and return it. The summit is paused: it sends nothing until it is resumed.

    `slug` replaces the summit's own slug, unless it is None. Raises ArchiveProblem if the archive can't be imported;
    nothing is changed then.
    """
    with _opened(path, passphrase) as archive:
        manifest = _manifest(archive)
        _check(manifest, slug)
        # Check every byte before the transaction begins: on SQLite it blocks other writers, and they must not wait
        # for a damaged file.
        archive.testzip()
        try:
            with transaction.atomic():
                return _store(archive, manifest, slug, by, progress)
        except IntegrityError as problem:
            message = _("A row of the archive already exists or doesn’t fit here: %(why)s. Nothing was changed.")
            raise ArchiveProblem(message % {"why": problem}) from None


def _check(manifest: dict[str, Any], slug: str | None) -> None:
    """Raise ArchiveProblem for an archive of another release, a summit that exists already, or an invalid slug."""
    installed, archived = migrations(), manifest["migrations"]
    differing = next(
        (app for app in sorted({*installed, *archived}) if installed.get(app) != archived.get(app)), None
    )
    if differing is not None:
        message = _(
            "The archive was created by another version (%(app)s: %(there)s, here %(here)s). Use the same version."
        )
        raise ArchiveProblem(
            message % {"app": differing, "there": archived.get(differing), "here": installed.get(differing)}
        )
    if set(manifest["parts"]) != {ACCOUNTS, *(model._meta.label for model in model_order.order())}:
        raise damaged()
    new_slug = slug or manifest["summit"]["slug"]
    try:
        slug_form(new_slug)
        validate_free_slug(new_slug)
    except ValidationError as problem:
        raise ArchiveProblem(" ".join(problem.messages)) from None
    if Summit.objects.filter(public_id=manifest["summit"]["id"]).exists():
        raise ArchiveProblem(_("This summit already exists here and can’t be imported twice."))
    if Summit.objects.filter(slug=new_slug).exists():
        message = _("Another summit uses the address “%(slug)s”. Set a different one with %(option)s.")
        raise ArchiveProblem(message % {"slug": new_slug, "option": "--slug"})


def _store(
    archive: zipfile.ZipFile, manifest: dict[str, Any], slug: str | None, by: System, progress: Progress
) -> Summit:
    keys = Keys()
    parts = manifest["parts"]
    keys.accounts = [_account(values, by) for values in _lines(archive, ACCOUNTS, parts[ACCOUNTS])]
    keys.count[User._meta.label_lower] = len(keys.accounts)
    for model in model_order.order():
        number = keys.count[model._meta.label_lower] = parts[model._meta.label]["rows"]
        keys.base[model._meta.label_lower] = _reserve(model, number)
    summit = Summit()
    for model in model_order.order():
        part = parts[model._meta.label]
        progress(model._meta.label, 0)
        if model is Summit:
            summit = _summit(archive, part, keys, slug)
        else:
            _Table(model, keys, summit).fill(archive, part)
        progress(model._meta.label, part["rows"])
    for function in arrived:
        function(summit)
    detail = {"made_at": manifest["made_at"], "audit_end": manifest["audit_end"]}
    audit.record(by=by, action=IMPORT, target=summit, summit=None, detail=detail)
    # The imported entries are added to the chain at once. They are old, and would otherwise look as if they had been
    # withheld from the chain.
    while audit.chain():
        pass
    return summit


def _account(values: dict[str, Any], by: System) -> User:
    """Return the account with the e-mail address in `values`, or a new account without password and permissions."""
    user = User.objects.filter(email__iexact=values["email"]).first()
    if user is not None:
        return user
    user = User(**{name: values[name] for name in ("email", "name", "language", "is_active")})
    if not User.objects.filter(public_id=values["public_id"]).exists():
        user.public_id = values["public_id"]
    user.set_unusable_password()
    user.save(force_insert=True)
    audit.record(by=by, action=USER_ACTIONS.add, target=user, summit=None)
    return user


def _summit(archive: zipfile.ZipFile, part: dict[str, Any], keys: Keys, slug: str | None) -> Summit:
    table = _Table(Summit, keys, Summit())
    table.set = {"paused_at": db_now(), **({"slug": slug} if slug else {})}
    table.fill(archive, part)
    return Summit.objects.get(pk=keys.of(Summit, 1))


def _reserve(model: type[Model], number: int) -> int:
    """Reserve `number` primary keys of a table, and return the key before the first reserved one."""
    meta, key = model._meta, model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(name, nextval(name) + %s) - %s FROM pg_get_serial_sequence(%s, %s) AS name",
                [number, number, f'"{meta.db_table}"', key.column],
            )
        else:
            # Keys of deleted rows must not be used again, because the audit names them.
            cursor.execute(
                "SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), "  # noqa: S608
                f'COALESCE((SELECT MAX("{key.column}") FROM "{meta.db_table}"), 0))',
                [meta.db_table],
            )
        return int(cursor.fetchone()[0])


def _lines(archive: zipfile.ZipFile, label: str, part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part of the archive. Raises ArchiveProblem at the end if they don't match the manifest."""
    digest, number = hashlib.sha256(), 0
    with archive.open(f"rows/{label}.jsonl") as rows:
        for line in rows:
            digest.update(line)
            number += 1
            yield json.loads(line)
    if (number, digest.hexdigest()) != (part["rows"], part["sha256"]):
        raise damaged()


class _Table:
    """Imports the rows of one model."""

    def __init__(self, model: type[Model], keys: Keys, summit: Summit) -> None:
        self.model, self.keys, self.summit = model, keys, summit
        self.moved = moved_of(model)
        self.columns = [(column, unpacker(column)) for column in model_order.fields(model)]
        self.files = model_order.files(model)
        self.digest, self.found = hashlib.sha256(), 0
        # Values that replace those in the archive.
        self.set: dict[str, Any] = {}

    def fill(self, archive: zipfile.ZipFile, part: dict[str, Any]) -> None:
        """Store all rows of a part in batches. Raises ArchiveProblem if rows or files don't match the manifest."""
        most = min(BATCH, MOST_VALUES // len(self.model._meta.concrete_fields))
        names, batch, buffered = set(archive.namelist()) if self.files else set(), list[Model](), 0
        for number, values in enumerate(_lines(archive, self.model._meta.label, part), start=1):
            row = self._row(number, values)
            buffered += self._read_files(row, number, archive, names)
            batch.append(row)
            if len(batch) >= most or buffered > MOST_BYTES:
                self._insert(batch)
                batch, buffered = [], 0
        self._insert(batch)
        if self.files and (self.found, self.digest.hexdigest()) != (part["files"], part["files_sha256"]):
            raise damaged()

    def _row(self, number: int, values: dict[str, Any]) -> Model:
        for name in self.moved.named:
            values[name] = renamed(values[name], self.keys)
        if self.moved.rewrite is not None:
            self.moved.rewrite(values, self.keys)
        row = self.model(pk=self.keys.of(self.model, number))
        try:
            for column, unpack in self.columns:
                value = values[column.name]
                if column.is_relation:
                    value = None if value is None else self.keys.of(model_order.target(column), value)
                    setattr(row, column.attname, value)
                else:
                    setattr(row, column.attname, unpack(value))
        except (KeyError, TypeError, ValueError) as problem:
            raise damaged() from problem
        for name, value in self.set.items():
            setattr(row, name, value)
        if self.moved.arrive is not None:
            self.moved.arrive(row, self.summit)
        return row

    def _read_files(self, row: Model, number: int, archive: zipfile.ZipFile, names: set[str]) -> int:
        size = 0
        for column in self.files:
            name = file_name(self.model, number, column.name)
            content = archive.read(name) if name in names else None
            setattr(row, column.attname, content)
            if content is not None:
                add_file_to_digest(self.digest, number, column.name, content)
                self.found, size = self.found + 1, size + len(content)
        return size

    def _insert(self, rows: list[Model]) -> None:
        if not rows:
            return
        if issubclass(self.model, PublicModel):
            existing = self.model._base_manager.filter(public_id__in=[row.public_id for row in rows])  # type: ignore[attr-defined]
            if duplicate := existing.values_list("public_id", flat=True).first():
                message = _("%(what)s “%(id)s” in the archive already exists. Nothing was changed.")
                raise ArchiveProblem(message % {"what": self.model._meta.verbose_name, "id": duplicate})
        # Raw, so that the archive's values aren't replaced by automatic values such as those of auto_now_add.
        query = InsertQuery(self.model)
        query.insert_values(list(self.model._meta.concrete_fields), rows, raw=True)
        # By the alias, because the thread's connection would be looked up for each value.
        query.get_compiler(using=DEFAULT_DB_ALIAS).execute_sql()
