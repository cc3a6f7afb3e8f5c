"""Backups on SQLite: whole or not there, restored into an empty installation alone, where nothing is sent."""

import fcntl
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from summit.core import database_identity
from summit.core.metrics import exposition
from summit.core.process_cache import forget_all
from summit.maintenance import heartbeats
from summit.maintenance.backups import archive, backup, contents, keys, postgresql, sqlite
from summit.maintenance.backups.problems import BackupProblem, Refused
from summit.maintenance.backups.restore import restore
from summit.summits import installation
from summit.summits.models import Installation, Summit
from tests import factories as f
from tests.summit.outbound_traffic import sending_summit, sweep_with

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the database be another file for whoever restores, which isn't there yet."""
    path = tmp_path / "elsewhere" / "summit.sqlite3"
    path.parent.mkdir()
    monkeypatch.setattr(sqlite, "database_path", lambda: path)
    return path


@contextmanager
def on(path: Path) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    forget_all()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        forget_all()


def changed(path: Path, **values: Any) -> Path:
    """Return a copy of a backup whose manifest says something else."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        new.writestr(archive.DUMP, old.read(archive.DUMP))
        new.writestr(archive.MANIFEST, json.dumps({**json.loads(old.read(archive.MANIFEST)), **values}))
    return copy


@pytest.mark.slow("restores a backup and runs all that sends")
@pytest.mark.parametrize("marked", [True, False])
def test_what_was_restored_is_silent(
    folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    """A file that is restored over its original may be the same in all that a database knows of itself."""
    monkeypatch.setattr(database_identity, "of_file", lambda name: "file:1")
    installation.watch()
    summit = sending_summit()
    path, manifest = backup.make(folder)
    if not marked:
        monkeypatch.setattr(sqlite, "mark_as_copy", lambda execute: None)
    assert restore(path).manifest == manifest
    with on(elsewhere):
        assert list(Summit.objects.values_list("name", flat=True)) == [summit.name]
        assert any(sweep_with(monkeypatch)().values()) is not marked
        installation.watch()
        assert (Installation.objects.get().paused_at is not None) is marked
        assert (Summit.objects.get().is_paused) is marked


def test_its_age_is_known_and_it_is_no_sweep(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert heartbeats.last_backup() is None
    monkeypatch.setattr(backup.os, "link", MagicMock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(BackupProblem):
        backup.make(folder)
    assert heartbeats.last_backup() is None
    monkeypatch.undo()
    backup.make(folder)
    age = heartbeats.last_backup()
    assert age is not None
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert list(heartbeats.beats().rows) == []
    assert b"summit_backup_seconds 0." in exposition()


def test_it_says_what_it_holds_and_no_key(folder: Path, settings: Any) -> None:
    f.SummitFactory()
    settings.SECRET_KEY_FALLBACKS = ["an older secret"]
    path, manifest = backup.make(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert manifest.contents.rows["summit_summit"] == 1
    assert "0001_initial" in manifest.contents.migrations["summit"]
    assert manifest.keys["FIELD_KEYS"] == [keys.fingerprint(key) for key in settings.FIELD_KEYS]
    with zipfile.ZipFile(path) as whole:
        said = whole.read(archive.MANIFEST).decode()
    assert manifest.keys["SECRET_KEY_FALLBACKS"][0] in said
    for secret in (settings.SECRET_KEY, *settings.FIELD_KEYS, *settings.SECRET_KEY_FALLBACKS):
        assert secret not in said
    assert backup.verify(path) == manifest
    with (folder / "piped.zip").open("wb") as file:
        pipe: Any = _Unseekable(file)
        piped = backup.write(pipe, folder)
    assert backup.verify(folder / "piped.zip") == piped


def test_options_that_do_not_fit_are_refused() -> None:
    for arguments in ([], ["folder", "--keys"], ["folder", "--keep=0"], ["-", "--keep=2"]):
        with pytest.raises(CommandError) as refused:
            call_command("backup", *arguments)
        assert refused.value.returncode == 2
    # For the note of the keys, their fingerprints are printed.
    said = StringIO()
    call_command("backup", keys=True, stdout=said)
    assert f"SECRET_KEY: {keys.fingerprint(project.SECRET_KEY)}\n" in said.getvalue()


NOT_YET: list[tuple[dict[str, Any], str]] = [
    ({"vendor": "postgresql"}, "Set DATABASE_URL"),
    ({"contents": {"migrations": {"press": ["0999_later"]}, "rows": {}, "audit_end": ""}}, "Install that version"),
    ({"keys": {"FIELD_KEYS": ["0f"], "SECRET_KEY": ["1f"], "SECRET_KEY_FALLBACKS": []}}, "FIELD_KEYS: the key 0f"),
]


def test_what_must_be_done_first_is_said(folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _manifest = backup.make(folder)

    def only_read(path: Path) -> archive.Manifest:
        with archive.opened(path) as (_whole, manifest):
            return manifest

    monkeypatch.setattr("summit.maintenance.backups.restore.verify", only_read)
    for values, why in NOT_YET:
        with pytest.raises(Refused, match=why):
            restore(changed(path, **values))
        assert not elsewhere.exists()
    assert restore(changed(path, **NOT_YET[2][0]), without_keys=True).migrations == 0
    # An installation from before installations were known has a mark too.
    with on(elsewhere):
        assert Installation.objects.get().database == contents.RESTORED


def test_a_damaged_file_is_found_and_nothing_restored(folder: Path, elsewhere: Path) -> None:
    path, _manifest = backup.make(folder)
    cut, other = folder / "cut.zip", folder / "other.zip"
    cut.write_bytes(path.read_bytes()[:-100])
    other.write_bytes(b"text")
    for damaged in (changed(path, sha256="0" * 64), cut, other):
        for command in (("backup", f"--verify={damaged}"), ("restore", str(damaged))):
            with pytest.raises(CommandError, match="Take another file") as failed:
                call_command(*command)
            assert failed.value.returncode == 1
    assert not elsewhere.exists()


def test_older_ones_are_deleted_when_the_new_one_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (1, 2, 3):
        (folder / f"summit-2025110{day}T020000Z.zip").touch()
    others = {"summit-notes.zip", "other.zip", ".summit-written.part"}
    for name in (*others, ".summit-killed.part"):
        (folder / name).touch()
    with (folder / ".summit-written.part").open("wb") as written, monkeypatch.context() as full:
        fcntl.flock(written, fcntl.LOCK_EX)

        def no_space(*args: Any) -> None:
            raise OSError(28, "No space left on device")

        full.setattr(backup, "fingerprints", no_space)
        with pytest.raises(BackupProblem, match="No space left"):
            backup.make(folder, keep=2)
        assert len(backup.backups(folder)) == 3
        assert {path.name for path in folder.iterdir()} - {path.name for path in backup.backups(folder)} == others
        full.undo()
        path, _manifest = backup.make(folder, keep=2)
    assert backup.backups(folder) == [path, folder / "summit-20251103T020000Z.zip"]
    assert {each.name for each in folder.iterdir()} == {path.name, "summit-20251103T020000Z.zip", *others}


def test_the_copy_is_of_one_file_and_overwrites_no_database(folder: Path) -> None:
    """What stands in SQLite's log beside its file is in the backup; a copy of the file alone lacks it."""
    f.SummitFactory()
    path, _manifest = backup.make(folder)
    alone = folder / "alone.sqlite3"
    shutil.copyfile(connection.settings_dict["NAME"], alone)
    with archive.opened(path) as (whole, manifest):
        found = sqlite.read_through(archive.chunks(whole, manifest))
    assert found is not None
    assert found.rows["summit_summit"] == 1
    assert sqlite.inspect(alone).rows["summit_summit"] == 0
    with pytest.raises(CommandError, match="holds a database already") as refused:
        call_command("restore", str(path))
    assert (refused.value.returncode, Summit.objects.count()) == (2, 1)


class _Unseekable:
    """A file as a pipe is one."""

    def __init__(self, file: Any) -> None:
        self.write, self.flush = file.write, file.flush


def test_postgresql_compresses_by_zstd_where_its_program_can(tmp_path: Path) -> None:
    for said, option in (
        ('connection to server on socket "/nowhere/.s.PGSQL.5432" failed', ["--compress=zstd:3"]),
        ("this build does not support compression with zstd", []),
        ('invalid value "zstd:3" for option -Z/--compress', []),
    ):
        program = tmp_path / "pg_dump"
        program.write_text(f"#!/bin/sh\necho 'pg_dump: error: {said}' >&2\nexit 1\n")
        program.chmod(0o755)
        assert postgresql.compression(str(program)) == option
