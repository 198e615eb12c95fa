"""Forms that never lose text: transitions and edits that notice a stale page."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import name_required


class TransitionForm(forms.Form):
    """The questions a transition asks before it runs; empty by default.

    ``obj`` is the object to change and ``by`` the acting person.
    """

    def __init__(self, *args, obj=None, by=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.by = by
        name_required(self)


class VersionedModelForm(forms.ModelForm):
    """A ModelForm over ``core.models.Versioned`` that notices a newer change.

    The page carries the version it was drawn from. When somebody saved in between, the form is
    invalid, ``stale`` is true and ``theirs`` has (field name, label, their text) for each field
    that differs; the hidden version moves on, so that saving again is a decision made with both
    texts in view. Lock the row first (``core.workflow.lock`` on the instance) in the same
    transaction.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)
        self.initial["version"] = self.instance.version
        self.stale = False
        self.theirs = []
        # _post_clean() overwrites the instance with what was typed.
        self._current = {name: self.initial.get(name) for name in self.fields if name != "version"}

    def clean(self):
        cleaned = super().clean()
        seen = cleaned.get("version")
        if self.instance.pk and seen is not None and seen != self.instance.version:
            self._mark_stale(cleaned)
        return cleaned

    def _mark_stale(self, cleaned):
        self.stale = True
        self.theirs = [
            (name, self.fields[name].label, current)
            for name, current in self._current.items()
            if name in self.changed_data and cleaned.get(name) != current
        ]
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.instance.version
        who = self.instance.updated_by
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "%(name)sさんが%(time)sに同じところを変更しました。どちらを残すか選んで、もう一度保存してください。"
                ),
                code="stale",
                params={
                    "name": who.name if who else _("別の画面のあなた、または別の人"),
                    "time": _time(self.instance.updated_at),
                },
            ),
        )

    def save(self, commit=True, *, by=None):
        self.instance.updated_by = by
        return super().save(commit=commit)


def _time(moment):
    return timezone.localtime(moment).strftime("%H:%M")
