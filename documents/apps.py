from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Private files: checks, versions, hashes, access."""

    name = "documents"
    verbose_name = _("書類")
