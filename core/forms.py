"""Forms that never lose text: transitions and edits that notice a stale page."""

import hashlib
import json

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import name_required

HIDDEN = {"version", "basis"}
SHORT_FINGERPRINT = 16


class TransitionForm(forms.Form):
    """The questions a transition asks before it runs; empty by default.

    ``obj`` is the object to change and ``by`` the acting person. ``beside`` may name a template
    that shows of ``object`` what one reads while answering.
    """

    beside = ""

    def __init__(self, *args, obj=None, by=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.by = by
        name_required(self)

    def performed(self):
        """What a form keeps besides, once the transition has run and in its transaction."""


class VersionedModelForm(forms.ModelForm):
    """A ModelForm over ``core.models.Versioned`` that notices a newer change.

    The page carries the version it was drawn from. When somebody saved in between, the form is
    invalid, ``stale`` is true and ``theirs`` has (field name, label, their text) for each field
    that differs; the hidden version moves on, so that saving again is a decision made with both
    texts in view. Who saved last, the reader herself perhaps, says ui/conflict.html. Lock the row first (``core.workflow.lock`` on the instance) in the same
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
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "ほかの画面で%(time)sに同じところが変更されました。どちらを残すか選んで、もう一度保存してください。"
                ),
                code="stale",
                params={"time": _time(self.instance.updated_at)},
            ),
        )

    def save(self, commit=True, *, by=None):
        self.instance.updated_by = by
        return super().save(commit=commit)


class AutosavedModelForm(VersionedModelForm):
    """A form whose page is saved while somebody types (core.autosave).

    A change of other fields meanwhile does not make it stale: ``basis`` is a fingerprint of the
    stored answers that the page was drawn from.
    """

    basis = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._current.pop("basis", None)
        self.initial["basis"] = self.fingerprint()
        for name in HIDDEN & self.fields.keys():
            # Some browsers put an old value back into a hidden control when a page is reloaded.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def stored(self):
        """The answers of this page as they are stored now."""
        return forms.model_to_dict(self.instance, fields=self._meta.fields)

    def fingerprint(self):
        """A short text that changes with the stored answers of this page."""
        answers = json.dumps(self.stored(), default=str, sort_keys=True)
        return hashlib.sha256(answers.encode()).hexdigest()[:SHORT_FINGERPRINT]

    @property
    def kept(self):
        """The names of the answers that were changed and are acceptable."""
        return [name for name in self.changed_data if name in self.cleaned_data.keys() - HIDDEN]

    def _mark_stale(self, cleaned):
        answers_changed = set(self.changed_data) - HIDDEN
        if not answers_changed or cleaned.get("basis") == self.initial["basis"]:
            return
        super()._mark_stale(cleaned)
        self.data[self.add_prefix("basis")] = self.initial["basis"]


def _time(moment):
    return timezone.localtime(moment).strftime("%H:%M")
