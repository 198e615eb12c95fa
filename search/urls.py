from django.urls import path

from search import views

app_name = "search"

urlpatterns = [
    path("", views.results, name="results"),
    path("suggest/", views.suggest, name="suggest"),
    path("glossary/", views.glossary, name="glossary"),
    path("glossary/add/", views.add, name="synonym_add"),
    path("glossary/<int:pk>/", views.edit, name="synonym_edit"),
    path("glossary/<int:pk>/remove/", views.remove, name="synonym_remove"),
]
