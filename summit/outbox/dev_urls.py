"""The development mailbox and the components; routed only where this is not production (summit/urls.py)."""

from django.urls import path

from summit.http import components
from summit.outbox import dev_views

app_name = "dev"
urlpatterns = [
    path("components/", components.page, name="components"),
    path("mail/", dev_views.mailbox, name="mail"),
    path("mail/<slug:public_id>/", dev_views.mail, name="message"),
    path("mail/<slug:public_id>/source/", dev_views.source, name="source"),
    path("mail/<slug:public_id>/parts/<int:number>/", dev_views.part, name="part"),
]
