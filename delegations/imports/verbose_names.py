"""The texts that pages use for the rows of an import file, at the desk and in the portal."""

from django.utils.translation import gettext_lazy

from summit.uploads.report_page import of_rows

WORDS = of_rows(
    about=gettext_lazy("Whom it names"), notices="import_files/notices.html", about_row="import_files/about_row.html"
)
