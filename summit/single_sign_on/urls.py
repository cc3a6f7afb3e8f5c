"""URLs of single sign-on. The short name of a provider is in the addresses that its administrator enters."""

from django.urls import path

from summit.single_sign_on import views

urlpatterns = [
    path("signed-out/", views.signed_out, name="sso_signed_out"),
    path("link/", views.unlinked, name="sso_unlinked"),
    path("link/<str:token>/", views.invitation, name="sso_invitation"),
    path("<slug:slug>/", views.begin, name="sso_begin"),
    path("<slug:slug>/callback/", views.callback, name="sso_callback"),
    path("<slug:slug>/back-channel-logout/", views.back_channel, name="sso_back_channel"),
    path("<slug:slug>/acs/", views.acs, name="sso_acs"),
    path("<slug:slug>/acs/finish/", views.finish, name="sso_finish"),
    path("<slug:slug>/logout/", views.single_logout, name="sso_sls"),
    path("<slug:slug>/metadata/", views.metadata, name="sso_metadata"),
]
