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
    Score,
)


class ReadOnlyMixin:
    """What people decided is looked at here, never changed: changes go through the pages."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class MemberInline(admin.TabularInline):
    model = Member
    extra = 0
    raw_id_fields = ["user"]


@admin.register(Committee)
class CommitteeAdmin(admin.ModelAdmin):
    list_display = ["name", "hospital", "is_active"]
    list_filter = ["is_active", "hospital"]
    list_select_related = ["hospital"]
    search_fields = ["name"]
    raw_id_fields = ["hospital"]
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
    extra = 0


class DecisionInline(ReadOnlyMixin, admin.TabularInline):
    model = Decision
    extra = 0


@admin.register(Case)
class CaseAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["need", "round", "order"]
    list_filter = ["round__state"]
    list_select_related = ["need", "round"]
    search_fields = ["need__number", "round__title"]
    inlines = [ConflictInline, DecisionInline]


class ScoreInline(ReadOnlyMixin, admin.TabularInline):
    model = Score
    extra = 0


@admin.register(Review)
class ReviewAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["case", "reviewer", "completed_at", "updated_at"]
    list_select_related = ["case__need", "case__round", "reviewer"]
    search_fields = ["case__need__number", "reviewer__name"]
    inlines = [ScoreInline]


@admin.register(Letter)
class LetterAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["subject", "case", "released_at"]
    list_select_related = ["case__need", "case__round"]
    search_fields = ["subject", "case__need__number"]


@admin.register(Award)
class AwardAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["number", "kind", "hospital", "awarded_on"]
    list_filter = ["kind", "hospital"]
    list_select_related = ["kind", "hospital"]
    search_fields = ["number", "verification_code"]
