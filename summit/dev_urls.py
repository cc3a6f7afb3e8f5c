"""URLs of the development mailbox and the components page. Production doesn't include them (summit/urls.py)."""

from django.urls import path

from summit.outbox import development_mailbox
from summit.public import components_page

app_name = "dev"
urlpatterns = [
    path("components/", components_page.page, name="components"),
    path("mail/", development_mailbox.mailbox, name="mail"),
    path("mail/<slug:public_id>/", development_mailbox.mail, name="message"),
    path("mail/<slug:public_id>/source/", development_mailbox.source, name="source"),
    path("mail/<slug:public_id>/page/", development_mailbox.page, name="page"),
    path("mail/<slug:public_id>/parts/<int:number>/", development_mailbox.part, name="part"),
]
