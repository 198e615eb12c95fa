from django.contrib import admin
from django.db import models

from partners.models import Application, Licence, Profile


class LicenceInline(admin.TabularInline):
    model = Licence
    extra = 0


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):
    """What hospitals read about a partner."""

    list_display = ["organisation", "company_type", "tagline", "is_listed", "updated_at"]
    list_filter = ["is_listed", "company_type", "organisation__kind", "organisation__prefecture"]
    search_fields = ["organisation__name", "organisation__kana", "tagline", "strengths"]
    list_select_related = ["organisation", "company_type"]
    autocomplete_fields = ["organisation"]
    filter_horizontal = ["technologies", "interests"]
    readonly_fields = ["public_id", "version", "created_at", "updated_at", "updated_by"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [LicenceInline]
    ordering = ["organisation__name"]

    def has_delete_permission(self, _request, _obj=None):
        return False  # its organisation's 「有効」 is for that

    def save_model(self, request, obj, form, change):
        obj.updated_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Offices answer on their own pages; here it is only looked up."""

    list_display = ["company", "name", "email", "state", "created_at", "handled_by"]
    list_filter = ["state", "prefecture", "created_at"]
    search_fields = ["company", "name", "email"]
    list_select_related = ["handled_by"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False
