from django.contrib import admin

from committee.models import (
    Award,
    Case,
    Committee,
    Conflict,
    Criterion,
    Decision,
    Letter,
    Member,
    Review,
    Round,
    Rubric,
)


class ReadOnlyMixin:
    """Who did what and when; never to change, and without what a conflict of interest hides.

    Scores, reasons and texts are read on the pages, where the rules hold for everybody.
    """

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class MemberInline(ReadOnlyMixin, admin.TabularInline):
    model = Member
    extra = 0


@admin.register(Committee)
class CommitteeAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["name", "hospital", "is_active"]
    list_filter = ["is_active", "hospital"]
    list_select_related = ["hospital"]
    search_fields = ["name"]
    inlines = [MemberInline]


class CriterionInline(ReadOnlyMixin, admin.TabularInline):
    model = Criterion
    extra = 0


@admin.register(Rubric)
class RubricAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["name", "hospital", "created_at"]
    list_filter = ["hospital"]
    list_select_related = ["hospital"]
    search_fields = ["name"]
    inlines = [CriterionInline]


@admin.register(Round)
class RoundAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["title", "committee", "state", "deadline", "released_at"]
    list_filter = ["state", "committee__hospital"]
    list_select_related = ["committee"]
    search_fields = ["title"]
    date_hierarchy = "deadline"


class ConflictInline(ReadOnlyMixin, admin.TabularInline):
    model = Conflict
    fields = ["member", "at"]
    extra = 0


class DecisionInline(ReadOnlyMixin, admin.TabularInline):
    model = Decision
    fields = ["decided_by", "decided_at", "is_current"]
    extra = 0


@admin.register(Case)
class CaseAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["need", "round", "order"]
    list_filter = ["round__state"]
    list_select_related = ["need", "round"]
    search_fields = ["need__number", "round__title"]
    inlines = [ConflictInline, DecisionInline]


@admin.register(Review)
class ReviewAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["case", "reviewer", "completed_at", "updated_at"]
    list_select_related = ["case__need", "case__round", "reviewer"]
    search_fields = ["case__need__number", "reviewer__name"]
    fields = ["case", "reviewer", "completed_at", "version", "created_at", "updated_at"]


@admin.register(Letter)
class LetterAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["case", "released_at", "updated_at"]
    list_select_related = ["case__need", "case__round"]
    search_fields = ["case__need__number"]
    exclude = ["subject", "body"]


@admin.register(Award)
class AwardAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["number", "kind", "hospital", "awarded_on"]
    list_filter = ["kind", "hospital"]
    list_select_related = ["kind", "hospital"]
    search_fields = ["number", "verification_code"]
