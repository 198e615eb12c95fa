/* Keys of the score form and the member's own total. The page works without them.
   A single letter or digit does something only while the focus is in the form, outside its text
   boxes (WCAG 2.1.4); nothing does anything while somebody composes. */
(() => {
  "use strict";
  const form = document.getElementById("answers");
  const total = form?.querySelector(".own-mark");
  if (!total) return;
  const items = [...form.querySelectorAll("[data-score]")];
  const next = form.querySelector("button[value=next]");
  const LOWEST = 1;
  const HIGHEST = 5;
  const chosen = (item) => item.querySelector("input:checked");

  /* The formula of committee/scoring.py; shown only when every item has an answer. */
  const add = () => {
    total.hidden = !items.every(chosen);
    let sum = 0;
    let weights = 0;
    for (const item of items) {
      const value = Number(chosen(item)?.value);
      if (!("counts" in item.dataset) || !value) continue;
      const weight = Number(item.dataset.weight);
      sum += weight * (LOWEST + ((HIGHEST - LOWEST) * (value - 1)) / (item.dataset.scale - 1));
      weights += weight;
    }
    total.querySelector("output").textContent = weights ? (sum / weights).toFixed(2) : "–";
  };

  const enter = (item) => {
    (chosen(item) ?? item.querySelector("input")).focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };
  const begin = () => {
    const first = items.find((item) => !chosen(item)) ?? items[0];
    if (!first) return;
    form.closest("section").scrollIntoView();
    enter(first);
  };

  const give = (item, mark) => {
    const choice = item.querySelector(`input[value="${mark}"]`);
    if (!choice) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    const following = items[items.indexOf(item) + 1];
    if (following) enter(following);
    else next?.focus();
  };

  /* Leaving the focus saves (autosave.js), so that nothing is asked about unsaved words. */
  const leave = (link) => {
    document.activeElement.blur();
    link?.click();
  };

  const composes = (event) => event.isComposing || event.keyCode === 229;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || composes(event)) return;
    const inside = form.contains(event.target);
    /* Elsewhere this opens a link in a new tab, or belongs to another box. */
    if (!inside && event.target.closest("a, button, input, select, summary, textarea")) return;
    event.preventDefault();
    if (event.repeat) return;
    if (!inside) begin();
    else if (next) form.requestSubmit(next);
  });

  form.addEventListener("keydown", (event) => {
    if (composes(event) || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea")) return;
    const item = event.target.closest("[data-score]");
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      leave(document.getElementById(event.key === "j" ? "next-case" : "previous-case"));
    } else if (item && /^\d$/.test(event.key)) {
      event.preventDefault();
      if (!event.repeat) give(item, event.key === "0" ? "10" : event.key);
    }
  });

  form.addEventListener("input", add);
  add();
  const help = form.querySelector(".keys");
  if (help) help.hidden = false;
})();
