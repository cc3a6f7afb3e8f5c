"""The root URLconf. It includes the other apps by strings, because this app may not import them.

The URLs of summits come last, because they begin with the summit's slug. The first part of any other URL is refused
as a slug (summit.core.validators.reserved_slugs).
"""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from summit.outbox import provider_webhook
from summit.public import health
from summit.public import views as public_views
from summit.public_base import sitemaps

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public_views.root, name="root"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", public_views.robots, name="robots"),
    path(".well-known/security.txt", public_views.security, name="security"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("accounts/sso/", include("summit.single_sign_on.urls")),
    path("accounts/", include("summit.accounts.urls")),
    path("admin/", admin.site.urls),
    path("portal/", include("portal.urls")),
    path("i/", include("portal.letter_link_urls")),
    path("calendar/", include("sessions.calendars.urls")),
    path("handbook/", include("portal.handbook.urls")),
    path("webhooks/mail/", provider_webhook.mail_events, name="mail-events"),
    path("api/v1/", include("portal.api_urls")),
]
if not settings.PRODUCTION:
    urlpatterns += [path("dev/", include("summit.dev_urls"))]
urlpatterns += [
    path("<slug:summit>/", include("summit.summit_urls")),
    path("<slug:summit>/", include("sessions.public.urls")),
    path("<slug:summit>/screens/", include("sessions.screens.urls")),
    path("<slug:summit>/press/", include("press.public.urls")),
]

handler400 = "summit.public.error_pages.bad_request"
handler403 = "summit.public.error_pages.forbidden"
handler404 = "summit.public.error_pages.not_found"
handler500 = "summit.public.error_pages.server_error"
