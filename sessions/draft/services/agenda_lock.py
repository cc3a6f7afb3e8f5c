"""The lock for all changes to a summit's agenda."""

from summit.summits.models import Summit


def lock(summit: Summit) -> None:
    """Make all other editors and releases of this summit's agenda wait until the transaction ends.

    Rows that merely refer to the summit can still be written. This prevents a deadlock. A sign-up locks a session and
    then records an entry that refers to the summit, while a release locks the summit and then waits for the session.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
