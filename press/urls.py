"""Addresses of the press site, below "<summit>/press/". They are kept for good: feeds and readers hold them."""

from django.urls import path, register_converter

from press import sitemap, views
from press.reading import FORMATS


class LanguageConverter:
    """A language code, such as "fr" or "pt-br"."""

    regex = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


class EndingConverter(LanguageConverter):
    """The ending of a format's address."""

    regex = "|".join(FORMATS)


register_converter(LanguageConverter, "language")
register_converter(EndingConverter, "ending")

app_name = "press"
urlpatterns = [
    path("", views.index, name="list"),
    path("feed.atom", views.atom, name="atom"),
    path("feed.json", views.json_feed, name="json-feed"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("oembed", views.oembed, name="oembed"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscription/<str:token>/", views.subscription, name="subscription"),
    path("<slug:slug>/", views.text, name="text"),
    path("<slug:slug>.<ending:ending>", views.export, name="export"),
    path("<slug:slug>/edition/<int:number>/", views.edition, name="edition"),
    path("<slug:slug>/comparison/", views.comparison, name="comparison"),
    path("<slug:slug>/files/<slug:public_id>/<str:name>", views.file, name="file"),
    path("<slug:slug>/<language:language>/", views.text, name="language"),
    path("<slug:slug>/<language:language>/edition/<int:number>/", views.edition, name="language-edition"),
    path("<slug:slug>/<language:language>.<ending:ending>", views.export, name="language-export"),
]
