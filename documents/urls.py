from django.urls import path

from documents import views

app_name = "documents"

urlpatterns = [
    path("<slug:public_id>/", views.download, name="download"),
    path("<slug:public_id>/remove/", views.remove, name="remove"),
]
