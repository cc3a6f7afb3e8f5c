"""The exceptions of backups, with messages for operators."""


class BackupProblem(Exception):
    """A backup couldn't be made, read or restored. The message says why, and what to do."""


class Refused(BackupProblem):
    """Nothing was begun, because something has to be done first. The message says what."""
