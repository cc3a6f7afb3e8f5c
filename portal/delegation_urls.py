"""The addresses of a delegation in the portal."""

from django.urls import path

from portal.views.delegation import (
    declarations,
    focal,
    leaving,
    overpasses,
    people,
    person,
    roster,
    standing,
    visas,
)

_PERSON = "people/<str:person>/"
urlpatterns = [
    path("", standing.standing, name="delegation"),
    path("people/", people.people, name="people"),
    path("people/confirm/", people.confirm, name="people_confirm"),
    path("people/add/", people.add, name="person_add"),
    path("people/export/", roster.export, name="people_export"),
    path("people/table/", roster.upload, name="people_table"),
    path("people/table/empty/", roster.blank_table, name="people_blank"),
    path("people/table/<str:sheet>/", roster.sheet, name="people_sheet"),
    path("people/table/<str:sheet>/delete/", roster.drop, name="people_sheet_drop"),
    path(_PERSON, person.person, name="person"),
    path(f"{_PERSON}photograph.jpg", person.photo, name="person_photo"),
    path(f"{_PERSON}edit/<str:section>/", person.edit, name="person_edit"),
    path(f"{_PERSON}withdraw/", leaving.withdraw, name="person_withdraw"),
    path(f"{_PERSON}replace/", leaving.replace, name="person_replace"),
    path(f"{_PERSON}declarations/", declarations.of_person, name="person_declarations"),
    path(f"{_PERSON}declarations/<str:declaration>/withdraw/", declarations.withdraw, name="declaration_withdraw"),
    path("visas/", visas.letters, name="visas"),
    path("visas/<str:letter>/take-back/", visas.take_back, name="visa_take_back"),
    path("visas/<str:letter>/letter.pdf", visas.paper, name="visa_paper"),
    path("declarations/", declarations.declared, name="declarations"),
    path("overpasses/", overpasses.overpasses, name="overpasses"),
    path("overpasses/<int:pk>/", overpasses.overpass, name="overpass"),
    path("focal-points/", focal.focal_points, name="focal_points"),
    path("focal-points/leave/", focal.leave, name="focal_leave"),
    path("focal-points/<int:pk>/take-back/", focal.withdraw, name="focal_withdraw"),
]
