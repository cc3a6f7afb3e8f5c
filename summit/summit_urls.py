"""URLs of a summit's public home, and of its emblem, preview picture, stylesheet and sitemap."""

from django.urls import path

from summit.public import views as public_views
from summit.public_base import sitemaps

app_name = "summit"
urlpatterns = [
    path("", public_views.home, name="home"),
    path("emblem.png", public_views.emblem, name="emblem"),
    path("picture.png", public_views.picture, name="picture"),
    path("theme.css", public_views.theme, name="theme"),
    path("sitemap.xml", sitemaps.home, name="sitemap"),
]
