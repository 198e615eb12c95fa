from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from documents.models import Document, Version


class ReadOnlyAdmin(admin.ModelAdmin):
    """Files come and go only through documents.actions."""

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False


class VersionInline(admin.TabularInline):
    model = Version
    fields = ["number", "name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at"]
    ordering = ["-number"]
    extra = 0
    can_delete = False

    def has_add_permission(self, _request, _obj=None):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Which file belongs to what; the bytes are read through the pages only."""

    list_display = ["title", "slot", "target_type", "target_id", "created_at", "removed_at"]
    list_filter = ["target_type", "slot", "created_at", ("removed_at", admin.EmptyFieldListFilter)]
    search_fields = ["title", "public_id", "versions__name", "versions__sha256"]
    list_select_related = ["target_type"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    inlines = [VersionInline]


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    """Every uploaded file."""

    list_display = ["name", "document", "number", "content_type", "size", "by", "uploaded_at"]
    list_filter = ["content_type", "uploaded_at"]
    search_fields = ["name", "sha256", "uploaded_by__name", "document__title"]
    list_select_related = ["document", "uploaded_by"]
    date_hierarchy = "uploaded_at"
    ordering = ["-uploaded_at"]
    exclude = ["file"]

    @admin.display(description=_("登録した人"), ordering="uploaded_by__name")
    def by(self, version):
        return version.uploaded_by
