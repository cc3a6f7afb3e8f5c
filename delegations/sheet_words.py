"""How pages call the rows of an uploaded table, at the desk and in the portal."""

from django.utils.translation import gettext_lazy

from summit.uploads.shown import Words

WORDS = Words(
    all=gettext_lazy("Rows of the table"),
    row=gettext_lazy("Row"),
    about=gettext_lazy("Whom it names"),
    each=gettext_lazy("Row by row"),
    some=gettext_lazy("Some of the rows"),
    show_all=gettext_lazy("Show all rows"),
    caption=gettext_lazy("What becomes of each row"),
    notices="sheets/notices.html",
    about_row="sheets/about_row.html",
)
