from django.urls import path

from matching import views

app_name = "matching"
urlpatterns = [
    path("", views.MatchList.as_view(), name="list"),
    path("of/<slug:public_id>/interest/", views.interest, name="interest"),
    path("of/<slug:public_id>/partners/", views.suggest, name="suggest"),
    path("<slug:public_id>/", views.detail, name="detail"),
    path("<slug:public_id>/do/<slug:name>/", views.transition, name="transition"),
]
