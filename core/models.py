"""Abstract bases only; core has no tables."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks alike when read aloud


def new_public_id() -> str:
    """Twelve random characters: an address that tells nobody how many others there are."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


class PublicId(models.Model):
    """Has an address that cannot be counted or guessed."""

    public_id = models.CharField(max_length=12, unique=True, editable=False, default=new_public_id)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Counts its changes, so that a stale page is noticed (core.forms.VersionedModelForm)."""

    version = models.PositiveIntegerField(_("版"), default=0, editable=False)
    created_at = models.DateTimeField(_("作成日時"), auto_now_add=True)
    updated_at = models.DateTimeField(_("最終更新"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("最後に変更した人"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Save and count. ``update_fields`` gets the counter too."""
        self.version += 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version", "updated_at"}
        super().save(*args, **kwargs)
