"""The public home of a summit."""

from django.urls import path

from summit import sitemaps, views

app_name = "summit"
urlpatterns = [
    path("", views.home, name="home"),
    path("picture.png", views.picture, name="picture"),
    path("theme.css", views.theme, name="theme"),
    path("sitemap.xml", sitemaps.home, name="sitemap"),
]
