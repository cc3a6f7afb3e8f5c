"""Addresses of working resources about parties, their people and their invitations, below "api/v1/"."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
