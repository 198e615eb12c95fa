from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django import forms

from core.fields import (
    AmountField,
    DigitsField,
    JapaneseDateField,
    KanaField,
    LongTextField,
    NamedErrorsMixin,
    NumberField,
    TolerantEmailField,
)
from core.forms import TransitionForm

TODAY = "2026-11-22 12:00+09:00"


class Answers(TransitionForm):
    """One field of each sort."""

    title = forms.CharField(label="ひとことで", max_length=40)
    story = LongTextField(label="困っていること", min_length=3, max_length=5)
    often = forms.ChoiceField(label="頻度", choices=[("", ""), ("daily", "毎日")])
    sure = forms.BooleanField(label="100%確認した")
    photo = forms.FileField(label="写真")
    kana = KanaField(label="フリガナ")
    email = TolerantEmailField(label="メールアドレス")
    phone = DigitsField(label="電話番号", lengths=(10, 11))
    budget = AmountField(label="予算", min_value=1)
    wish = JapaneseDateField(label="希望日", future=True)
    count = forms.IntegerField(label="人数", max_value=9)
    size = NumberField(label="長さ")


def errors_of(name, value):
    return Answers({name: value}).errors.get(name, [])


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("title", "", "「ひとことで」を入力してください"),
        ("title", "あ" * 52, "「ひとことで」は40字以内で入力してください(いま52字です)"),
        ("story", "あ", "「困っていること」は3字以上で入力してください(いま1字です)"),
        ("often", "", "「頻度」を選んでください"),
        ("often", "never", "「頻度」を選びなおしてください"),
        ("sure", "", "「100%確認した」を確認して、チェックを入れてください"),
        ("photo", "", "「写真」を選んでください"),
        ("kana", "山田", "「フリガナ」はカタカナで入力してください"),
        ("email", "", "「メールアドレス」を入力してください"),
        ("email", "taro", "メールアドレスに「@」を入れてください"),
        ("email", "taro@", "メールアドレスは name@example.jp のように入力してください"),
        ("phone", "電話なし", "「電話番号」は数字で入力してください"),
        ("phone", "119", "「電話番号」は10か11けたの数字で入力してください"),
        ("budget", "たくさん", "「予算」は 1,200,000 や 120万円 のように入力してください"),
        ("budget", "0円", "「予算」は1以上の数字で入力してください"),
        ("wish", "いつか", "「希望日」は 2026/12/5 のように入力してください"),
        ("wish", "2026/11/22", "「希望日」は今日より後の日付にしてください"),
        ("count", "三人", "「人数」は数字で入力してください"),
        ("count", "10", "「人数」は9以下の数字で入力してください"),
        ("size", "", "「長さ」を入力してください"),
        ("size", "3メートル", "「長さ」は 12 や 3.5 のように数字だけで入力してください"),
        ("size", "1.2.3", "「長さ」は 12 や 3.5 のように数字だけで入力してください"),
        ("size", "9" * 16, "「長さ」は 12 や 3.5 のように数字だけで入力してください"),
    ],
)
@time_machine.travel(TODAY)
def test_errors_say_what_to_do_next(name, value, error):
    assert errors_of(name, value) == [error]


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("story", " a\r\nb\rc ", "a\nb\nc"),
        ("story", "𠮷𠮷𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷𠮷"),
        ("kana", "やまだ ﾊﾅｺ", "ヤマダ\u3000ハナコ"),
        ("email", " ｔａｒｏ＠Example.jp。", "taro@example.jp"),
        ("phone", "(03)1234ー5678", "0312345678"),
        ("budget", "１２０万円", 1_200_000),
        ("size", "１，２００．５", Decimal("1200.5")),
        ("size", "－3", Decimal(-3)),
        ("size", "1.2万", Decimal(12000)),
        ("size", "0", Decimal(0)),
        ("wish", "12/5", date(2026, 12, 5)),
        ("wish", "R8.12.5", date(2026, 12, 5)),
    ],
)
@time_machine.travel(TODAY)
def test_typed_text_is_converted_quietly(name, typed, stored):
    form = Answers({name: typed})
    form.full_clean()

    assert (form.errors.get(name), form.cleaned_data.get(name)) == (None, stored)


@pytest.mark.parametrize("field", [AmountField, JapaneseDateField, KanaField, TolerantEmailField])
def test_optional_fields_may_stay_empty(field):
    assert not field(required=False).clean("")


def test_an_amount_is_shown_with_commas():
    assert AmountField().prepare_value(1_200_000) == "1,200,000"


@pytest.mark.parametrize(("typed", "changed"), [("120万円", False), ("121万円", True), ("?", True)])
def test_an_amount_has_changed_when_the_yen_have(typed, changed):
    assert AmountField().has_changed(1_200_000, typed) is changed


class OwnWords(NamedErrorsMixin, forms.Form):
    """A form that chose a message itself, and one label of Django's making."""

    reason = forms.CharField(label="理由", error_messages={"required": "理由を書いてください"})
    memo = forms.CharField()


def test_own_messages_stay():
    assert OwnWords({}).errors["reason"] == ["理由を書いてください"]


def test_a_field_without_label_is_named_like_its_label_on_the_page():
    assert OwnWords({}).errors["memo"] == ["「Memo」を入力してください"]


def test_naming_one_form_leaves_the_class_alone():
    Answers({}).full_clean()

    assert "「" not in str(Answers.base_fields["title"].error_messages["required"])
