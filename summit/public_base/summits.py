"""Look up the summit that the URL of a public page names."""

from django.http import Http404

from summit.summits.models import Summit


def get_summit(slug: str) -> Summit:
    """Return the public summit with this slug. Raises Http404 if there is none or it isn't public."""
    try:
        return Summit.objects.open_to_public().get(slug=slug)
    except Summit.DoesNotExist:
        raise Http404 from None
