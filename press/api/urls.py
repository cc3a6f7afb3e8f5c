"""Addresses of the API of public texts, below "api/v1/"."""

from django.urls import path

from press.api.public import TextDetail, TextList
from summit.api.public import public_api

urlpatterns = [
    path("summits/<slug:summit>/texts/", public_api(TextList.as_view()), name="text-list"),
    path("summits/<slug:summit>/texts/<slug:slug>/", public_api(TextDetail.as_view()), name="text-detail"),
]
