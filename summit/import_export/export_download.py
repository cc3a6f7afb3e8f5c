"""The page from which the file of an exported list is downloaded."""

from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from summit.admin_base.pages import desk_page
from summit.import_export import export_services
from summit.import_export.export_admin import as_file
from summit.jobs import views as jobs_views
from summit.jobs.models.exported_files import ExportedFile
from summit.summits.models import Summit


# Only for the user who asked for the file, whatever their permissions.
@desk_page("jobs/table/<slug:public_id>/", "jobs_table", kind="kept table", see="jobs.job.view")
@never_cache
def table(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the file of an exported list to the user who asked for it.

    Raises Http404 for other users, and for a user who may no longer see the list. Raises Http404 also if the file
    isn't finished or has expired.
    """
    by = jobs_views.user_of(request)
    row = ExportedFile.objects.filter(public_id=public_id, by=by, made_at__isnull=False, until__gt=Now()).first()
    if row is None or not export_services.open_to(row, by):
        raise Http404
    summit = Summit.objects.filter(pk=row.summits[0]).first() if len(row.summits) == 1 else None
    name = export_services.file_name_of(row.label, summit, row.ending)
    return as_file(export_services.read(row), name, row.ending)
