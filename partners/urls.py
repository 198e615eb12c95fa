from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [
    path("", views.ProfileList.as_view(), name="list"),
    path("own/", views.own, name="own"),
    path("apply/", views.apply, name="apply"),
    path("apply/done/", views.applied, name="applied"),
    path("applications/", views.ApplicationList.as_view(), name="applications"),
    path("applications/<slug:public_id>/", views.application, name="application"),
    path("applications/<slug:public_id>/do/<slug:name>/", views.transition, name="transition"),
    path("<slug:public_id>/", views.detail, name="detail"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
]
