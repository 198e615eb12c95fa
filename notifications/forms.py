from django import forms
from django.apps import apps

from notifications.kinds import registry
from notifications.models import Channel, Preference


class PreferencesForm(forms.Form):
    """One choice for each kind that may be turned down; named by the kind's slug."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = dict(Preference.objects.filter(user=user).values_list("kind", "channel"))
        for kind in registry:
            if not kind.essential:
                self.fields[kind.slug] = forms.ChoiceField(
                    label=kind.label,
                    choices=Channel.choices,
                    widget=forms.RadioSelect,
                    initial=chosen.get(kind.slug, Channel.MAIL),
                )

    def groups(self):
        """(app's name, its rows) in the order of the apps; a row is (label, field or None)."""
        by_app = {}
        for kind in registry:
            field = self[kind.slug] if kind.slug in self.fields else None
            app = apps.get_app_config(kind.slug.split(".")[0])
            by_app.setdefault(app.verbose_name, []).append((kind.label, field))
        return by_app.items()
