from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import actions
from accounts.models import Department, Invitation, Membership, Organisation, User

# A second address in allauth's table would be a second way into somebody's account.
admin.site.unregister(EmailAddress)


class LowerCaseEmailMixin:
    """Addresses are stored in lower case, so that one person is one account."""

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()


class PersonCreationForm(LowerCaseEmailMixin, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class PersonChangeForm(LowerCaseEmailMixin, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": forms.EmailField}


class SeatInline(admin.TabularInline):
    model = Membership
    fields = ["organisation", "department", "role", "since"]
    autocomplete_fields = ["organisation", "department"]
    readonly_fields = ["since"]
    extra = 0


class DepartmentInline(admin.TabularInline):
    model = Department
    fields = ["name", "head", "order"]
    autocomplete_fields = ["head"]
    ordering = ["order", "pk"]
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People. Accounts are closed and opened by actions, which leave a record."""

    add_form = PersonCreationForm
    form = PersonChangeForm
    list_display = ["name", "email", "is_active", "is_staff", "last_login", "date_joined"]
    list_filter = ["is_active", "is_staff", "memberships__role", "memberships__organisation__kind"]
    search_fields = ["name", "kana", "email"]
    ordering = ["kana", "pk"]
    date_hierarchy = "date_joined"
    filter_horizontal = []
    autocomplete_fields = []
    readonly_fields = ["is_active", "last_login", "date_joined"]
    inlines = [SeatInline]
    actions = ["close_accounts", "open_accounts"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("本人"), {"fields": ["name", "kana", "profession", "language"]}),
        (_("権限"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("日時"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "usable_password", "password1", "password2"]}),
    ]

    def has_delete_permission(self, _request, _obj=None):
        return False

    @admin.action(description=_("選んだ人の利用を止める"), permissions=["change"])
    def close_accounts(self, request, queryset):
        self._switch(request, queryset.filter(is_active=True), actions.deactivate)

    @admin.action(description=_("選んだ人の利用を再開する"), permissions=["change"])
    def open_accounts(self, request, queryset):
        self._switch(request, queryset.filter(is_active=False), actions.activate)

    @staticmethod
    def _switch(request, queryset, action):
        changed = 0
        for person in queryset.exclude(pk=request.user.pk):
            try:
                action(person, by=request.user)
            except actions.LastOfficeMemberError:
                text = _("%(name)sさんは支援オフィスの最後のひとりなので、止めませんでした。")
                messages.warning(request, text % {"name": person.name})
            else:
                changed += 1
        text = ngettext("%(count)d人を変更しました。", "%(count)d人を変更しました。", changed)
        messages.success(request, text % {"count": changed})


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Hospitals with their departments, companies, agencies."""

    list_display = ["name", "kind", "prefecture", "is_active", "created_at"]
    list_filter = ["kind", "is_active", "prefecture"]
    search_fields = ["name", "kana", "contact_email", "public_id"]
    list_select_related = ["prefecture"]
    autocomplete_fields = ["prefecture"]
    readonly_fields = ["public_id", "created_at"]
    ordering = ["kind", "kana", "pk"]

    def has_delete_permission(self, _request, _obj=None):
        return False  # 「有効」 is for that: needs and contracts keep their parties

    def get_inlines(self, _request, obj):
        return [DepartmentInline] if obj and obj.is_hospital else []


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """Wards and units, with their heads."""

    list_display = ["name", "hospital", "head", "order"]
    list_filter = ["hospital"]
    search_fields = ["name", "hospital__name", "head__name"]
    list_select_related = ["hospital", "head"]
    autocomplete_fields = ["hospital", "head"]
    ordering = ["hospital", "order", "pk"]

    def has_delete_permission(self, _request, obj=None):
        return obj is not None and not obj.needs.exists()  # needs keep the place they come from


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who has which role where."""

    list_display = ["user", "organisation", "department", "role", "since"]
    list_filter = ["role", "organisation__kind", "organisation"]
    search_fields = ["user__name", "user__email", "organisation__name"]
    list_select_related = ["user", "organisation", "department"]
    autocomplete_fields = ["user", "organisation", "department"]
    readonly_fields = ["since"]
    ordering = ["-since"]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Read only: invitations are made and cancelled on the pages of the office."""

    list_display = ["email", "name", "organisation", "words", "expires_at", "accepted_at", "by"]
    list_filter = ["organisation__kind", "created_at", ("accepted_at", admin.EmptyFieldListFilter)]
    search_fields = ["email", "name", "organisation__name", "invited_by__name"]
    list_select_related = ["organisation", "invited_by"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    exclude = ["secret_hash"]

    def has_add_permission(self, _request):
        return False

    def has_change_permission(self, _request, _obj=None):
        return False

    def has_delete_permission(self, _request, _obj=None):
        return False

    @admin.display(description=_("役割"))
    def words(self, invitation):
        return "・".join(str(label) for label in invitation.role_labels)

    @admin.display(description=_("招待した人"), ordering="invited_by__name")
    def by(self, invitation):
        return invitation.invited_by
