from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("people/", views.PeopleList.as_view(), name="people"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:pk>/activate/", views.activate, name="activate"),
    path("people/<int:pk>/roles/<int:seat_pk>/take/", views.take_role, name="take_role"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<slug:public_id>/cancel/", views.cancel, name="cancel"),
    path("accept/<str:secret>/", views.accept, name="accept"),
    path("settings/", views.own_settings, name="settings"),
    path("language/", views.language, name="language"),
    path("resume/", views.resume, name="resume"),
]
