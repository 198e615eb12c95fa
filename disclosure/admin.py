from django.contrib import admin

from disclosure.models import Publication, PublishedField, Reading


class ReadOnly:
    """What went out, and who read it, changes only through the portal's own pages."""

    def has_add_permission(self, *_args):
        return False

    def has_change_permission(self, *_args):
        return False

    def has_delete_permission(self, *_args):
        return False


class FieldInline(ReadOnly, admin.TabularInline):
    model = PublishedField
    fields = ["label", "tier"]
    readonly_fields = ["label"]
    ordering = ["order"]


@admin.register(Publication)
class PublicationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["title", "hospital", "state", "text_version", "published_at", "open_until"]
    list_filter = ["state", "hospital", "novelty"]
    list_select_related = ["hospital"]
    search_fields = ["title", "public_id", "need__number"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    inlines = [FieldInline]
    # Administrators keep the system; they do not read needs (docs/decisions/0005).
    exclude = ["summary", "wanted"]


@admin.register(Reading)
class ReadingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "organisation", "user", "publication", "tier", "basis", "text_version"]
    list_filter = ["tier", "at"]
    list_select_related = ["organisation", "user", "publication"]
    search_fields = ["organisation__name", "user__name", "publication__title"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
