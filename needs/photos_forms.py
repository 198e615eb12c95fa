"""Where a photo is painted over: boxes in percent, drawn on the picture or typed."""

import unicodedata

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.fields import name_required
from documents.pictures import Box

MOST_BOXES = 10
SIDES = {
    "left": gettext_lazy("左からの位置"),
    "top": gettext_lazy("上からの位置"),
    "width": gettext_lazy("幅"),
    "height": gettext_lazy("高さ"),
}
SMALLEST, WHOLE = 1, 100


class PercentField(forms.FloatField):
    """Percent of the picture; 全角 and a % behind are welcome."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        """A number, or None."""
        return super().to_python(unicodedata.normalize("NFKC", value or "").rstrip("% "))


class BoxForm(forms.Form):
    """One box; its row may stay empty."""

    left = PercentField(min_value=0, max_value=WHOLE)
    top = PercentField(min_value=0, max_value=WHOLE)
    width = PercentField(min_value=SMALLEST, max_value=WHOLE)
    height = PercentField(min_value=SMALLEST, max_value=WHOLE)

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = number
        for name, side in SIDES.items():
            words = {"number": number, "side": side}
            self.fields[name].label = _("隠すところ%(number)sの%(side)s") % words
        name_required(self)

    def clean(self):
        for start, length in (("left", "width"), ("top", "height")):
            if self._end(start, length) > WHOLE:
                words = {"start": self.fields[start].label, "length": SIDES[length]}
                self.add_error(
                    length,
                    _("「%(start)s」と「%(length)s」を足して100以下にしてください") % words,
                )

    def box(self):
        """The rectangle, or None for an empty row."""
        if not self.cleaned_data:
            return None
        return Box(**{name: self.cleaned_data[name] / WHOLE for name in SIDES})

    def drawn(self):
        """What the page draws on the picture, as far as it was typed well."""
        if not self.is_bound or not self.is_valid() or not self.cleaned_data:
            return None
        return {name: self.cleaned_data[name] for name in SIDES}

    def _end(self, start, length):
        # Sums of decimals are a little off: 66.7 + 33.3.
        ends = [self.cleaned_data.get(start), self.cleaned_data.get(length)]
        return 0 if None in ends else round(sum(ends), 3)


class BaseBoxFormSet(forms.BaseFormSet):
    """Up to ten boxes, at least one."""

    default_error_messages = {
        "missing_management_form": gettext_lazy(
            "入力した内容を読み取れませんでした。もう一度、隠すところを選んでください。"
        ),
        "too_many_forms": gettext_lazy("隠すところは10か所までにしてください"),
    }

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "number": (index or 0) + 1}

    @property
    def boxes(self):
        """The rectangles that were asked for."""
        return [box for box in (form.box() for form in self.forms) if box]

    def clean(self):
        if self.management_form.is_valid() and not any(self.errors) and not self.boxes:
            raise forms.ValidationError(
                _("隠すところを1つ以上選んでください。写真の上をなぞるか、数字を入力します。")
            )


BoxFormSet = forms.formset_factory(
    BoxForm,
    formset=BaseBoxFormSet,
    extra=MOST_BOXES,
    max_num=MOST_BOXES,
    absolute_max=MOST_BOXES,
    validate_max=True,
)
