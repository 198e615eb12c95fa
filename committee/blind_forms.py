"""What the office checks before a blind round begins."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from committee import blind
from committee.models import Redaction
from core.fields import LongTextField, name_required
from core.forms import VersionedModelForm
from needs.clearance import label_of

ROOM = 500  # a replaced word may be longer than the word was


class RedactionForm(VersionedModelForm):
    """Each text of the need as the members shall read it; an emptied one stays empty.

    The first time the texts come with names and personal data painted over, for a person to look
    at; ``pieces`` shows the original with those places marked.
    """

    class Meta:
        model = Redaction
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        need = self.instance.case.need
        self.names = blind.names_in(need)
        self.originals = blind.originals(need)
        for name, text in self.originals.items():
            self.fields[name] = self._field(name, text)
            self.initial[name] = self._current[name] = self._shown(name, text)
        name_required(self)

    def _field(self, name, text):
        rows = min(12, max(2, len(text) // 30 + 1))
        field = LongTextField(
            label=_("委員が読む文: %(label)s") % {"label": label_of(self.instance.case.need, name)},
            required=False,
            max_length=len(text) + ROOM,
        )
        field.widget.attrs["rows"] = 2 if name == "title" else rows
        return field

    def _shown(self, name, text):
        texts = self.instance.texts
        return texts[name] if name in texts else blind.proposed(text, self.names)

    @property
    def pairs(self):
        """(label, the original in pieces, field) in the order of the sheet."""
        need = self.instance.case.need
        return [
            (label_of(need, name), blind.pieces(text, self.names), self[name])
            for name, text in self.originals.items()
        ]

    def clean(self):
        """An emptied text is sent as an empty one; what was not sent at all is no answer."""
        if any(self.add_prefix(name) not in self.data for name in self.originals):
            raise ValidationError(_("入力した内容が届きませんでした。もう一度、保存してください。"))
        return super().clean()

    def save(self, commit=True, *, by=None):
        self.instance.texts = {name: self.cleaned_data[name] for name in self.originals}
        return super().save(commit=commit, by=by)
