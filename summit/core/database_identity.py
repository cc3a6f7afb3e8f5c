"""Which database this is, so that a copy of it knows that it is one."""

import os
from pathlib import Path
from typing import Any

from django.db import models

# PostgreSQL's own number of a cluster, kept by its standbys and not by what is restored elsewhere, and the database's
# number in it. Any role may ask for both.
_POSTGRESQL = (
    "(SELECT control.system_identifier || ':' || base.oid FROM pg_control_system() control, pg_database base "
    "WHERE base.datname = current_database())"
)


def of_file(name: str) -> str:
    """Return what tells a file from its copies: where its name stands on the disk (its inode), which writing and
    vacuuming keep and copying doesn't. "" for what is no file."""
    path = Path(name)
    return f"file:{os.stat(path).st_ino}" if path.is_file() else ""


class DatabaseIdentity(models.Func):
    """SQL for the identity of the database that answers, as text: read anew in each query."""

    output_field = models.CharField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str]]:
        """Return the identity of SQLite's file, which SQL can't ask for."""
        return "%s", (of_file(str(connection.settings_dict["NAME"])),)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[()]]:
        """Return PostgreSQL's question."""
        return _POSTGRESQL, ()
