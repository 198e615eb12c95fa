"""All addresses, one line an app."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from core import views as core_views

urlpatterns = [
    path("", include("home.urls")),
    path("needs/", include("needs.urls")),
    path("search/", include("search.urls")),
    path("committee/", include("committee.urls")),
    path("partners/", include("partners.urls")),
    path("publications/", include("disclosure.urls")),
    path("matches/", include("matching.urls")),
    path("contracts/", include("contracts.urls")),
    path("contributions/", include("contributions.urls")),
    path("documents/", include("documents.urls")),
    path("notifications/", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("admin/", admin.site.urls),
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
