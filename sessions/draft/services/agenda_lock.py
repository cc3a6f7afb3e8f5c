"""The lock under which a summit's agenda changes."""

from summit.summits.models import Summit


def lock(summit: Summit) -> None:
    """Make whoever else edits or releases this summit's agenda wait until the transaction ends.

    Not whoever merely refers to the summit: who signs up holds a session and records it, while a release that holds
    the summit waits for that session.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
