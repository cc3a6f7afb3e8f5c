"""The development mailbox; routed only where this is not production (summit/urls.py)."""

from django.urls import path

from summit.outbox import dev_views

app_name = "dev"
urlpatterns = [
    path("mail/", dev_views.mailbox, name="mail"),
    path("mail/<slug:public_id>/", dev_views.mail, name="message"),
    path("mail/<slug:public_id>/source/", dev_views.source, name="source"),
    path("mail/<slug:public_id>/parts/<int:number>/", dev_views.part, name="part"),
]
