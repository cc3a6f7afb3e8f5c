"""An identity of the database, by which the installation detects that it is a copy."""

import os
from pathlib import Path
from typing import Any

from django.db import models

# PostgreSQL's system identifier of the cluster and the database's oid in it. Standbys have the same identifier, a
# database restored elsewhere doesn't. Any role may read both.
_POSTGRESQL = (
    "(SELECT control.system_identifier || ':' || base.oid FROM pg_control_system() control, pg_database base "
    "WHERE base.datname = current_database())"
)


def of_file(name: str) -> str:
    """Return the identity of a file, from its inode, or "" if there is no such file.

    Writing to the file and vacuuming keep the inode; copying the file doesn't.
    """
    path = Path(name)
    return f"file:{os.stat(path).st_ino}" if path.is_file() else ""


class DatabaseIdentity(models.Func):
    """An expression for the identity of the database that executes the query, as text.

    Each query reads the identity again.
    """

    output_field = models.CharField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str]]:
        """Return a parameter with the identity of SQLite's file, because SQL can't read it."""
        return "%s", (of_file(str(connection.settings_dict["NAME"])),)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[()]]:
        """Return the SQL that reads PostgreSQL's identifiers."""
        return _POSTGRESQL, ()
