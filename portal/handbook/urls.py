"""URLs of the handbook."""

from django.urls import path

from portal.handbook import views

app_name = "handbook"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.task, name="task"),
]
