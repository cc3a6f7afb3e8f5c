"""URLs of the press site, below "<summit>/press/". They must stay stable, because feeds and bookmarks store them."""

from django.urls import path, register_converter

from press.public import sitemap
from press.public.views import comparison, lists, quotes, subscriptions, texts
from press.published_texts.selectors import FORMATS


class LanguageConverter:
    """The path converter of language codes, such as "fr" or "pt-br"."""

    regex = r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


class EndingConverter(LanguageConverter):
    """The path converter of the suffixes of other formats: one of FORMATS."""

    regex = "|".join(FORMATS)


register_converter(LanguageConverter, "language")
register_converter(EndingConverter, "ending")

app_name = "press"
urlpatterns = [
    path("", lists.index, name="list"),
    path("feed.atom", lists.atom, name="atom"),
    path("feed.json", lists.json_feed, name="json-feed"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("oembed", quotes.oembed, name="oembed"),
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscription/<str:token>/", subscriptions.subscription, name="subscription"),
    path("<slug:slug>/", texts.text, name="text"),
    path("<slug:slug>.<ending:ending>", texts.export, name="export"),
    path("<slug:slug>/edition/<int:number>/", texts.edition, name="edition"),
    path("<slug:slug>/comparison/", comparison, name="comparison"),
    path("<slug:slug>/files/<slug:public_id>/<str:name>", texts.file, name="file"),
    path("<slug:slug>/<language:language>/", texts.text, name="language"),
    path("<slug:slug>/<language:language>/edition/<int:number>/", texts.edition, name="language-edition"),
    path("<slug:slug>/<language:language>.<ending:ending>", texts.export, name="language-export"),
]
