"""An address for transition buttons without a domain."""

from django.urls import include, path

from core import views

urlpatterns = [
    path(
        "",
        include(
            (
                [path("<slug:public_id>/do/<slug:name>/", views.healthz, name="go")],
                "core-test",
            )
        ),
    )
]
