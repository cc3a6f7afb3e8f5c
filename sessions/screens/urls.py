"""URLs of screens, below /<summit>/screens/."""

from django.urls import path

from sessions.screens import views

app_name = "screens"
urlpatterns = [
    path("<slug:key>/", views.screen, name="screen"),
    path("<slug:key>/content/", views.content, name="content"),
]
