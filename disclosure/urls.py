from django.urls import path

from disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.office_list, name="list"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("start/<slug:public_id>/", views.start, name="start"),
    path("<slug:public_id>/", views.detail, name="detail"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
    path("<slug:public_id>/do/<slug:name>/", views.transition, name="transition"),
    path("<slug:public_id>/consent/", views.consent, name="consent"),
    path("<slug:public_id>/confirm-ip/", views.confirm_ip, name="confirm_ip"),
    path("<slug:public_id>/preview/", views.preview, name="preview"),
    path("<slug:public_id>/ledger/", views.ledger, name="ledger"),
]
