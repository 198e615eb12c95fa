"""A name band on a photo is circled with a finger, and then it is on no photo any more."""

from io import BytesIO

import pytest
from PIL import Image

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TITLE = "ネームバンドが点滴の管に引っかかる"
PROBLEM = "夜勤で体位を変えるたびに、ネームバンドが点滴の管に引っかかって困っています。"
STEEL_BLUE = (70, 130, 180)


def test_a_box_drawn_by_hand_is_burnt_into_the_photo(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)
    nurse.press("次へ")
    nurse.tick("病棟")
    nurse.tick("毎日")
    nurse.press("次へ")
    nurse.attach("追加する写真", "山田太郎さん.jpg", a_photo(), "image/jpeg")
    nurse.press("選んだ写真を追加する")
    assert "山田" not in nurse.page.content()

    nurse.press("隠す")
    before = address_of_the_photo(nurse)
    draw(nurse, (0.2, 0.2), (0.6, 0.5))
    assert nurse.main.get_by_label("左から").first.input_value() == "20"
    nurse.press("塗りつぶして保存する")

    assert "「写真1.jpg」の1か所を塗りつぶしました。" in nurse.text
    painted = photo_at(nurse, address_of_the_photo(nurse))
    assert is_near(painted.getpixel((480, 280)), (0, 0, 0))
    assert is_near(painted.getpixel((100, 700)), STEEL_BLUE)
    assert nurse.status_of(before) == 404


def draw(person, start, end):
    """Press the button of the mouse at one corner of the picture's box, let go at the other."""
    picture = person.main.locator("svg[preserveAspectRatio]")
    picture.scroll_into_view_if_needed()
    frame = picture.bounding_box()
    mouse = person.page.mouse
    for (x, y), act in ((start, mouse.down), (end, mouse.up)):
        mouse.move(frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y, steps=4)
        act()


def address_of_the_photo(person):
    return person.main.get_by_role("img", name="写真1.jpg").get_attribute("src")


def photo_at(person, address):
    answer = person.context.request.get(f"{person.site}{address}")
    return Image.open(BytesIO(answer.body()))


def is_near(colour, other):
    """A JPEG is never exact."""
    return all(abs(one - two) < 12 for one, two in zip(colour, other, strict=True))


def a_photo():
    output = BytesIO()
    Image.new("RGB", (1200, 800), STEEL_BLUE).save(output, "JPEG")
    return output.getvalue()
