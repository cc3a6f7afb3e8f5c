"""The summit at a public address."""

from django.http import Http404

from summit.summits.models import Summit


def get_summit(slug: str) -> Summit:
    """Return the public summit at an address. Raises Http404 for one that is not there or not public."""
    try:
        return Summit.objects.open_to_public().get(slug=slug)
    except Summit.DoesNotExist:
        raise Http404 from None
