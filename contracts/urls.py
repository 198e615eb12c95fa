from django.urls import path

from contracts import views

app_name = "contracts"
urlpatterns = [
    path("", views.ContractList.as_view(), name="list"),
    path("new/<slug:public_id>/", views.new, name="new"),
    path("<slug:public_id>/", views.detail, name="detail"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
    path("<slug:public_id>/do/<slug:name>/", views.transition, name="transition"),
    path("<slug:public_id>/upload/<slug:slot>/", views.upload, name="upload"),
    path("<slug:public_id>/note/", views.note, name="note"),
]
