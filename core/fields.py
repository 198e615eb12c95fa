"""Form fields that convert quietly what people type, and errors that say what to do next.

Messages carry the field's label in 「」. ``name_required`` gives the same voice to Django's own
fields; ``core.forms`` calls it for every form of the product.
"""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BLANK_CHOICE_DASH
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import japanese

CHOICES = (forms.ChoiceField, forms.ModelChoiceField, forms.FileField)
DASHES = BLANK_CHOICE_DASH[0][1]
# Codes whose messages Django fills in with %: a % of the label has to be doubled there.
FILLED = {"max_length", "min_length", "max_value", "min_value", "invalid_choice"}


def name_required(form):
    """Put each field's label into its messages: 「○○」を入力してください / を選んでください.

    A message that a form chose itself is left alone. The browser's own check is switched off:
    the server's words are the only words.
    """
    form.use_required_attribute = False
    for name, field in form.fields.items():
        field.label = field.label or form[name].label
        _replace_dashes(field)
        for code, message in _messages(field).items():
            _replace_default(field, code, message)


def _replace_dashes(field):
    """Say 「選んでください」 where Django draws a row of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = _("選んでください") if field.required else _("選ばない")
    elif isinstance(field, forms.ChoiceField) and field.choices[:1] == BLANK_CHOICE_DASH:
        field.choices = [("", _("選んでください")), *field.choices[1:]]


def _messages(field):
    """Code → message for the kinds of mistakes that ``field`` can find."""
    messages = {"required": _required_message(field)}
    if isinstance(field, forms.CharField):
        messages["max_length"] = _(
            "「%(label)s」は%(limit)s字以内で入力してください(いま%(now)s字です)"
        )
        messages["min_length"] = _(
            "「%(label)s」は%(limit)s字以上で入力してください(いま%(now)s字です)"
        )
    if isinstance(field, forms.IntegerField | forms.FloatField | forms.DecimalField):
        messages["invalid"] = _("「%(label)s」は数字で入力してください")
        messages["max_value"] = _("「%(label)s」は%(limit)s以下の数字で入力してください")
        messages["min_value"] = _("「%(label)s」は%(limit)s以上の数字で入力してください")
    if isinstance(field, forms.EmailField):
        messages["invalid"] = TolerantEmailField.default_error_messages["invalid"]
    if isinstance(field, CHOICES) and not isinstance(field, forms.FileField):
        messages["invalid_choice"] = _("「%(label)s」を選びなおしてください")
    return messages


def _required_message(field):
    if isinstance(field, forms.BooleanField):
        return _("「%(label)s」を確認して、チェックを入れてください")
    if isinstance(field, CHOICES):
        return _("「%(label)s」を選んでください")
    return _("「%(label)s」を入力してください")


def _replace_default(field, code, message):
    chosen = field.error_messages.get(code)
    if chosen is not None and not _is_default(type(field), code, chosen):
        return
    label = str(field.label)
    # Validators fill %(limit_value)s and %(show_value)s in later.
    field.error_messages[code] = message % {
        "label": label.replace("%", "%%") if code in FILLED else label,
        "limit": "%(limit_value)s",
        "now": "%(show_value)s",
    }


def _is_default(kind, code, message):
    return any(
        message is each.__dict__.get("default_error_messages", {}).get(code)
        for each in kind.__mro__
        if each.__module__.startswith("django.")
    )


class NamedErrorsMixin:
    """For any form: its messages name its fields."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_required(self)


class LabelledMixin:
    """Raises errors by code with the field's label filled in."""

    def error(self, code, **params):
        """The ValidationError for ``code``."""
        return ValidationError(
            self.error_messages[code], code=code, params={"label": self.label, **params}
        )


class LongTextField(LabelledMixin, forms.CharField):
    """Several lines; a line break counts as one character, as it does in the browser."""

    widget = forms.Textarea

    def to_python(self, value):
        """Every line break becomes one newline."""
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class KanaField(LabelledMixin, forms.CharField):
    """フリガナ, from ひらがな or 半角カナ too."""

    default_error_messages = {
        "kana": gettext_lazy("「%(label)s」はカタカナで入力してください"),
    }

    def to_python(self, value):
        """全角カタカナ."""
        return japanese.normalise_kana(super().to_python(value))

    def validate(self, value):
        """Refuse kanji and letters."""
        super().validate(value)
        if value and not japanese.is_kana(value):
            raise self.error("kana")


class TolerantEmailField(LabelledMixin, forms.EmailField):
    """An address as people paste it: 全角, spaces around, a 。 behind."""

    default_error_messages = {
        "at": gettext_lazy("メールアドレスに「@」を入れてください"),
        "invalid": gettext_lazy("メールアドレスは name@example.jp のように入力してください"),
    }

    def to_python(self, value):
        """The address as stored."""
        return japanese.normalise_email(super().to_python(value))

    def validate(self, value):
        """A missing @ gets its own sentence."""
        super().validate(value)
        if value and "@" not in value:
            raise self.error("at")

    def run_validators(self, value):
        """Without an @ one sentence is enough."""
        if "@" in str(value):
            super().run_validators(value)

    def widget_attrs(self, widget):
        """A text box: the browser's own check would refuse 全角 before we can convert it."""
        widget.input_type = "text"
        return {
            **super().widget_attrs(widget),
            "inputmode": "email",
            "autocapitalize": "off",
            "spellcheck": "false",
        }


class DigitsField(LabelledMixin, forms.CharField):
    """電話番号, 郵便番号 or 法人番号: hyphens, spaces and 全角 are taken away.

    ``lengths`` are the allowed numbers of digits, ``(10, 11)`` for a phone.
    """

    default_error_messages = {
        "digits": gettext_lazy("「%(label)s」は数字で入力してください"),
        "length": gettext_lazy("「%(label)s」は%(lengths)sけたの数字で入力してください"),
    }

    def __init__(self, *, lengths=(), **kwargs):
        self.lengths = lengths
        super().__init__(**kwargs)

    def to_python(self, value):
        """Digits."""
        return japanese.normalise_digits(super().to_python(value))

    def validate(self, value):
        """Only digits, and as many as allowed."""
        super().validate(value)
        if value and not (value.isascii() and value.isdigit()):
            raise self.error("digits")
        if value and self.lengths and len(value) not in self.lengths:
            raise self.error("length", lengths=_("か").join(map(str, self.lengths)))

    def widget_attrs(self, widget):
        """The number keys on a phone."""
        return {**super().widget_attrs(widget), "inputmode": "numeric"}


class AmountField(LabelledMixin, forms.IntegerField):
    """金額 in yen: 120万円, 1,200,000, 全角."""

    widget = forms.TextInput
    parse = staticmethod(japanese.parse_amount)
    inputmode = "text"
    default_error_messages = {
        "invalid": gettext_lazy("「%(label)s」は 1,200,000 や 120万円 のように入力してください"),
    }

    def to_python(self, value):
        """The number, or None."""
        if value in self.empty_values or isinstance(value, int | Decimal):
            return None if value in self.empty_values else value
        try:
            return self.parse(value)
        except ValueError:
            raise self.error("invalid") from None

    def prepare_value(self, value):
        """With commas, as it is read."""
        return f"{value:,}" if isinstance(value, int | Decimal) else value

    def has_changed(self, initial, data):
        """Compare number with number, not with how it was typed."""
        return forms.Field.has_changed(self, initial, self._quietly(data))

    def _quietly(self, data):
        try:
            return self.to_python(data)
        except ValidationError:
            return data

    def widget_attrs(self, widget):
        """The number keys on a phone."""
        return {**super().widget_attrs(widget), "inputmode": self.inputmode}


class NumberField(AmountField):
    """A count or a measure, as a Decimal: 12, 1,200, 3.5, 1.2万, 全角."""

    parse = staticmethod(japanese.parse_number)
    inputmode = "decimal"
    default_error_messages = {
        "invalid": gettext_lazy("「%(label)s」は 12 や 3.5 のように数字だけで入力してください"),
    }


class JapaneseDateField(LabelledMixin, forms.DateField):
    """A day in any form of ``core.japanese.parse_date``; ``future`` refuses today and before."""

    default_error_messages = {
        "invalid": gettext_lazy("「%(label)s」は 2026/12/5 のように入力してください"),
        "past": gettext_lazy("「%(label)s」は今日より後の日付にしてください"),
    }

    def __init__(self, *, future=False, **kwargs):
        self.future = future
        super().__init__(**kwargs)

    def to_python(self, value):
        """A date, or None."""
        if isinstance(value, str) and value.strip():
            try:
                return japanese.parse_date(value, today=timezone.localdate())
            except ValueError:
                raise self.error("invalid") from None
        return super().to_python(None if isinstance(value, str) else value)

    def validate(self, value):
        """Refuse the past where only the future makes sense."""
        super().validate(value)
        if self.future and value and value <= timezone.localdate():
            raise self.error("past")

    def widget_attrs(self, widget):
        """Plain text; the echo beside it shows what was understood."""
        return {**super().widget_attrs(widget), "autocomplete": "off", "class": "date-input"}


class ManyChoicesField(forms.ModelMultipleChoiceField):
    """Several rows of a table. A number too large for the database is an unknown choice."""

    def _check_values(self, value):
        try:
            return super()._check_values(value)
        except OverflowError:  # SQLite, for ``pk__in``; Django guards single lookups only
            raise ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": "…"}
            ) from None
