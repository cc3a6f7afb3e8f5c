"""The desk's page of a summit's emblem: shows it on both grounds, replaces it and deletes it."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.permissions.rules import allows
from summit.summits import emblem
from summit.summits.models import Summit
from summit.users.models import User


class EmblemForm(forms.Form):
    """The form with the file of an emblem."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("PNG with a transparent background is best. JPEG and WebP also work."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


@summit_page("emblem/<slug:slug>/", "emblem", post="summit.summit.change")
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show a summit's emblem; a POST stores an uploaded one, or deletes it if it has "delete"."""
    form = EmblemForm()
    if request.method == "POST":
        if "delete" in request.POST:
            emblem.remove(summit=summit, by=user)
            messages.success(request, _("Emblem deleted. Pages and letters show only the summit’s name."))
            return redirect("admin:emblem", summit.slug)
        form = EmblemForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                emblem.store(summit=summit, content=form.cleaned_data["file"].read(), by=user)
            except emblem.EmblemProblem as problem:
                form.add_error("file", str(problem))
            else:
                if emblem.check_of_emblem(summit) is None:
                    messages.success(request, _("Emblem saved."))
                return redirect("admin:emblem", summit.slug)
    context = {
        **admin.site.each_context(request),
        "title": _("Emblem"),
        "summit": summit,
        "form": form,
        "check": emblem.check_of_emblem(summit),
        "may_change": allows(user, "summit.summit.change", summit),
    }
    return TemplateResponse(
        request, "admin/backoffice/emblem.html", context, status=400 if form.errors else 200
    ).render()


summit_pages.register(5)(
    SummitPage(gettext_lazy("Emblem"), "emblem", "summit.summit.view", MenuPlace.SETTINGS, MenuGroup.SUMMIT)
)
