/* Draw the boxes that hide parts of a photo. The numbers beside it are what is sent. */
(() => {
  "use strict";
  const form = document.querySelector("[data-covering]");
  if (!form) return;
  const picture = form.querySelector("svg");
  const SIDES = ["left", "top", "width", "height"];
  const SMALLEST = 1;
  const rows = [...form.querySelectorAll("[data-row]")].map((place) => ({
    place,
    rect: picture.querySelector(`[data-box="${place.dataset.row}"]`),
    inputs: SIDES.map((side) => place.querySelector(`[name$="-${side}"]`)),
  }));
  const tidy = (number) => Math.round(number * 10) / 10;
  const within = (number, most) => Math.min(Math.max(number, 0), most);
  const isEmpty = (row) => row.inputs.every((input) => !input.value.trim());
  const free = () => rows.find((row) => row.place.hidden);
  const read = (row) => row.inputs.map((input) => Number(input.value.normalize("NFKC").replace(/[%\s]+$/, "")));

  const draw = (row) => {
    const box = read(row);
    const whole = row.inputs.every((input) => input.value.trim()) && box.every(Number.isFinite) && box[2] > 0 && box[3] > 0;
    ["x", "y", "width", "height"].forEach((name, at) => {
      if (whole) row.rect.setAttribute(name, box[at]);
      else row.rect.removeAttribute(name);
    });
  };

  const write = (row, [left, top, width, height]) => {
    const [x, y] = [tidy(left), tidy(top)];
    const box = [x, y, Math.min(tidy(width), tidy(100 - x)), Math.min(tidy(height), tidy(100 - y))];
    row.inputs.forEach((input, at) => { input.value = box[at]; });
    row.inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
    draw(row);
  };

  const show = (row, shown) => {
    row.place.hidden = !shown;
    form.querySelector("[data-none]").hidden = rows.some((each) => !each.place.hidden);
    form.querySelector("[data-add]").disabled = !free();
  };

  const clear = (row) => {
    for (const input of row.inputs) input.value = "";
    draw(row);
    show(row, false);
  };

  const at = (event) => {
    const frame = picture.getBoundingClientRect();
    return [
      within((event.clientX - frame.left) / frame.width * 100, 100),
      within((event.clientY - frame.top) / frame.height * 100, 100),
    ];
  };

  /* A press on a box moves it; elsewhere it begins a new one. */
  let held = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = at(event);
    const touched = rows.find((row) => row.rect === event.target);
    const row = touched ?? free();
    if (!row || held) return;
    held = touched ? { row, x, y, moves: read(row) } : { row, x, y };
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = at(event);
    if (held.moves) {
      const [left, top, width, height] = held.moves;
      write(held.row, [within(left + x - held.x, 100 - width), within(top + y - held.y, 100 - height), width, height]);
    } else {
      write(held.row, [Math.min(x, held.x), Math.min(y, held.y), Math.abs(x - held.x), Math.abs(y - held.y)]);
    }
  });
  const release = () => {
    if (!held) return;
    const { row, moves } = held;
    held = null;
    const [, , width, height] = read(row);
    if (!moves && (isEmpty(row) || width < SMALLEST || height < SMALLEST)) clear(row);
    else show(row, true);
  };
  picture.addEventListener("pointerup", release);
  picture.addEventListener("pointercancel", release);

  form.addEventListener("input", ({ target }) => {
    const row = rows.find(({ inputs }) => inputs.includes(target));
    if (row) draw(row);
  });
  for (const kind of ["focusin", "focusout"]) {
    form.addEventListener(kind, ({ target }) => {
      const row = rows.find(({ place }) => place.contains(target));
      row?.rect.classList.toggle("current", kind === "focusin");
    });
  }
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-add], [data-clear]");
    if (!button) return;
    const row = "add" in button.dataset ? free() : rows.find(({ place }) => place.contains(button));
    if ("clear" in button.dataset) {
      clear(row);
      form.querySelector("[data-add]").focus();
    } else if (row) {
      write(row, [40, 40, 20, 20]);
      show(row, true);
      row.inputs[0].focus();
    }
  });

  form.classList.add("drawing");
  for (const part of form.querySelectorAll("[data-drawn], [data-add], [data-clear]")) part.hidden = false;
  for (const row of rows) { draw(row); show(row, !isEmpty(row)); }
})();
