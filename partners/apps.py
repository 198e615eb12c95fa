from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Capability profiles, licences, technologies, applications."""

    name = "partners"
    verbose_name = "企業・支援機関"

    def ready(self):
        from partners import notifications, todo  # noqa: F401, PLC0415 -- they register themselves
