from django.contrib import admin

from search import synonyms
from search.models import Synonym


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    """The glossary of ward words; a change is heard at the next search."""

    list_display = ["__str__", "note"]
    search_fields = ["words", "note"]
    ordering = ["words"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        synonyms.forget()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        synonyms.forget()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        synonyms.forget()
