import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rules import has_perm as has_object_perm
from rules.contrib.models import RulesModel

from accounts import rules
from accounts.enums import HOSPITAL_ROLES, OUTSIDE_ROLES, OrganisationKind, Role
from accounts.querysets import InvitationQuerySet, OrganisationQuerySet, UserQuerySet
from core.models import PublicId
from core.prepared import Prepared


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Creates people by their mail address."""

    def create_user(self, email, password=None, **fields):
        """Make a person who signs in with ``email``; no password means that none works."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Make a system administrator."""
        fields = {"is_staff": True, "is_superuser": True, "name": email, **fields}
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What she may do follows from her memberships."""

    email = models.EmailField(_("メールアドレス"), unique=True)
    name = models.CharField(_("氏名"), max_length=80)
    kana = models.CharField(_("フリガナ"), max_length=120, blank=True)
    profession = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("職種"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "profession"},
    )
    language = models.CharField(_("言語"), max_length=5, choices=settings.LANGUAGES, default="ja")
    shortcuts = models.BooleanField(
        _("キーボードの近道を使う"),
        default=True,
        help_text=_("音声入力などで意図しない操作になるときは、外してください。"),
    )
    is_staff = models.BooleanField(_("管理画面に入れる"), default=False)
    is_active = models.BooleanField(
        _("有効"), default=True, help_text=_("外すと、その場でログインが切れます。")
    )
    date_joined = models.DateTimeField(_("登録日時"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case")
        ]

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    def has_perm(self, perm, obj=None):
        """Ask ``rules`` about objects; system administrators get no shortcut past them.

        Without an object, who may enter Django admin has its model permissions besides.
        """
        if obj is None and self.is_staff:
            return super().has_perm(perm)
        return self.is_active and has_object_perm(perm, self, obj)

    @cached_property
    def active_memberships(self):
        """(role, organisation id) pairs; one query per person and request."""
        return ACTIVE_MEMBERSHIPS.rows(user=self.pk)

    def holds(self, role, organisation_id):
        """Whether she has this role in this organisation."""
        return (role, organisation_id) in self.active_memberships

    def holds_any(self, *roles):
        """Whether she has one of these roles anywhere."""
        return any(role in roles for role, _organisation in self.active_memberships)

    def organisations(self, *roles):
        """The ids of the organisations where she has one of these roles (or any role)."""
        return {
            organisation
            for role, organisation in self.active_memberships
            if not roles or role in roles
        }

    @property
    def offices(self):
        """The ids of the hospitals whose support office she works in."""
        return self.organisations(Role.OFFICE)

    @property
    def hospitals(self):
        """The ids of the hospitals she belongs to."""
        return self.organisations(*HOSPITAL_ROLES)

    @property
    def outside_organisations(self):
        """The ids of the companies, agencies and associations she speaks for."""
        return self.organisations(*OUTSIDE_ROLES)


class Organisation(PublicId, RulesModel):
    """A hospital, company, agency, municipality, association or university."""

    kind = models.CharField(_("種別"), max_length=20, choices=OrganisationKind)
    name = models.CharField(_("名称"), max_length=120)
    kana = models.CharField(_("フリガナ"), max_length=160, blank=True)
    prefecture = models.ForeignKey(
        "taxonomy.Term",
        verbose_name=_("都道府県"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to={"kind": "prefecture"},
    )
    contact_email = models.EmailField(_("問い合わせ先メール"), blank=True)
    contact_phone = models.CharField(_("問い合わせ先電話"), max_length=20, blank=True)
    is_active = models.BooleanField(_("有効"), default=True)
    created_at = models.DateTimeField(_("登録日時"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("組織")
        verbose_name_plural = _("組織")
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="organisation_name_once")
        ]
        rules_permissions = {
            "keep_closed_days": rules.is_office_of_hospital,
            "keep_seal": rules.is_office_of_hospital,
            "keep_decision_kinds": rules.is_office_of_hospital,
            "invite_to": rules.is_open_organisation
            & (
                rules.is_administrator | rules.is_office_of_hospital | rules.is_office_for_outsiders
            ),
        }

    def __str__(self):
        return self.name

    @property
    def is_hospital(self):
        """Whether needs come from here."""
        return self.kind == OrganisationKind.HOSPITAL


class Department(models.Model):
    """A ward or unit of a hospital, with its head."""

    hospital = models.ForeignKey(
        Organisation,
        verbose_name=_("病院"),
        on_delete=models.CASCADE,
        related_name="departments",
        limit_choices_to={"kind": OrganisationKind.HOSPITAL},
    )
    name = models.CharField(_("部署名"), max_length=80)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("部署長"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="headed_departments",
    )
    order = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("部署")
        verbose_name_plural = _("部署")
        constraints = [
            models.UniqueConstraint(
                fields=["hospital", "name"], name="department_name_once_per_hospital"
            )
        ]

    def __str__(self):
        return self.name


class ClosedDay(models.Model):
    """A day on which a hospital's office does not work, besides weekends and holidays."""

    hospital = models.ForeignKey(
        Organisation,
        verbose_name=_("病院"),
        on_delete=models.CASCADE,
        related_name="closed_days",
        limit_choices_to={"kind": OrganisationKind.HOSPITAL},
    )
    day = models.DateField(_("日付"))
    name = models.CharField(_("名前"), max_length=60)

    class Meta:
        verbose_name = _("病院の休業日")
        verbose_name_plural = _("病院の休業日")
        constraints = [models.UniqueConstraint(fields=["hospital", "day"], name="closed_day_once")]

    def __str__(self):
        return f"{self.day} {self.name}"


class Membership(models.Model):
    """One role of one person in one organisation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人"),
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("組織"), on_delete=models.CASCADE, related_name="memberships"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("部署"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="memberships",
    )
    role = models.CharField(_("役割"), max_length=20, choices=Role)
    since = models.DateTimeField(_("登録日時"), default=timezone.now)

    class Meta:
        verbose_name = _("所属と役割")
        verbose_name_plural = _("所属と役割")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="role_once_per_person"
            )
        ]
        indexes = [models.Index(fields=["organisation", "role"])]

    def __str__(self):
        return f"{self.organisation} {self.get_role_display()} {self.user}"


ACTIVE_MEMBERSHIPS = Prepared(
    lambda user: Membership.objects.filter(user=user, organisation__is_active=True).values_list(
        "role", "organisation_id"
    ),
    "user",
)


class Invitation(PublicId, RulesModel):
    """A seat kept for somebody until a date. Only a hash of the link's secret is stored."""

    email = models.EmailField(_("メールアドレス"))
    name = models.CharField(_("氏名"), max_length=80, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("組織"), on_delete=models.CASCADE, related_name="invitations"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("部署"), null=True, blank=True, on_delete=models.SET_NULL
    )
    roles = models.JSONField(_("役割"), default=list)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("招待した人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("招待した日時"), default=timezone.now)
    expires_at = models.DateTimeField(_("期限"))
    accepted_at = models.DateTimeField(_("受けた日時"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("受けた人"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    cancelled_at = models.DateTimeField(_("取り消した日時"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("招待")
        verbose_name_plural = _("招待")
        rules_permissions = {"cancel": rules.may_invite_to_organisation}

    def __str__(self):
        return f"{self.email} → {self.organisation}"

    @staticmethod
    def new_secret():
        """A fresh secret for the link and its hash for the database."""
        secret = secrets.token_urlsafe(24)
        return secret, Invitation.hashed(secret)

    @staticmethod
    def hashed(secret):
        """SHA-256, as stored."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def role_labels(self):
        """The roles in words."""
        return [Role(role).label for role in self.roles]

    @property
    def is_open(self):
        """Whether the link still works."""
        return not self.accepted_at and not self.cancelled_at and self.expires_at > timezone.now()
