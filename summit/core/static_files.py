"""Static files of several releases beside each other."""

from datetime import datetime

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ReleaseStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Static files with digests in their names, and a manifest of these names for each release.

    Releases share STATIC_ROOT during an upgrade. With one manifest, a process of the former release that starts after
    the new one's `collectstatic` would name the new one's files, and not find those that the new one hasn't.
    """

    manifest_name = f"staticfiles-{settings.VERSION}.json"

    def get_modified_time(self, name: str) -> datetime:
        """Raise NotImplementedError, so that `collectstatic` copies each file.

        It would keep a file that is newer than its own. One of another release is, where that collected its files
        after this one was installed.
        """
        raise NotImplementedError
