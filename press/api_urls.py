"""Addresses of the API of public texts, below "api/v1/"."""

from django.urls import path

from press.api import TextDetail, TextList
from summit.http.public import public_page

urlpatterns = [
    path("summits/<slug:summit>/texts/", public_page(TextList.as_view()), name="text-list"),
    path("summits/<slug:summit>/texts/<slug:slug>/", public_page(TextDetail.as_view()), name="text-detail"),
]
