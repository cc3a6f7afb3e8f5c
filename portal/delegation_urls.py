"""URLs of a delegation's pages in the portal."""

from django.urls import path

from portal.views.delegation import (
    bilaterals,
    contacts,
    declarations,
    focal_points,
    import_people,
    people,
    person,
    status_page,
    transferable_passes,
    visas,
    withdraw_and_replace,
)

_PERSON = "people/<str:person>/"
_BILATERAL = "bilaterals/<str:bilateral>/"
urlpatterns = [
    path("", status_page.standing, name="delegation"),
    path("public-listing/", status_page.public_listing, name="public_listing"),
    path("people/", people.people, name="people"),
    path("people/confirm/", people.confirm, name="people_confirm"),
    path("people/add/", people.add, name="person_add"),
    path("people/export/", import_people.export, name="people_export"),
    path("people/table/", import_people.upload, name="people_table"),
    path("people/table/empty/", import_people.blank_table, name="people_blank"),
    path("people/table/<str:sheet>/", import_people.sheet, name="people_sheet"),
    path("people/table/<str:sheet>/undo/", import_people.undo, name="people_sheet_undo"),
    path("people/table/<str:sheet>/delete/", import_people.discard, name="people_sheet_drop"),
    path(_PERSON, person.person, name="person"),
    path(f"{_PERSON}photograph.jpg", person.photo, name="person_photo"),
    path(f"{_PERSON}edit/<str:section>/", person.edit, name="person_edit"),
    path(f"{_PERSON}withdraw/", withdraw_and_replace.withdraw, name="person_withdraw"),
    path(f"{_PERSON}replace/", withdraw_and_replace.replace, name="person_replace"),
    path(f"{_PERSON}declarations/", declarations.of_person, name="person_declarations"),
    path(f"{_PERSON}declarations/<str:declaration>/withdraw/", declarations.withdraw, name="declaration_withdraw"),
    path("visas/", visas.letters, name="visas"),
    path("visas/<str:letter>/take-back/", visas.withdraw, name="visa_take_back"),
    path("visas/<str:letter>/letter.pdf", visas.paper, name="visa_paper"),
    path("declarations/", declarations.declared, name="declarations"),
    path("overpasses/", transferable_passes.transferable_passes, name="transferable_passes"),
    path("overpasses/<int:pk>/", transferable_passes.transferable_pass, name="transferable_pass"),
    path("bilaterals/", bilaterals.bilaterals, name="bilaterals"),
    path("bilaterals/ask/", bilaterals.ask, name="bilateral_ask"),
    path(f"{_BILATERAL}accept/", bilaterals.accept, name="bilateral_accept"),
    path(f"{_BILATERAL}propose/", bilaterals.propose, name="bilateral_propose"),
    path(f"{_BILATERAL}agree/", bilaterals.agree, name="bilateral_agree"),
    path(f"{_BILATERAL}decline/", bilaterals.decline, name="bilateral_decline"),
    path(f"{_BILATERAL}withdraw/", bilaterals.withdraw, name="bilateral_withdraw"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/remove/", contacts.remove, name="contact_remove"),
    path("focal-points/", focal_points.focal_points, name="focal_points"),
    path("focal-points/leave/", focal_points.leave, name="focal_leave"),
    path("focal-points/<int:pk>/take-back/", focal_points.withdraw, name="focal_withdraw"),
]
