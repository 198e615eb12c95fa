/* Small helps on top of pages that work without them. No dependencies; no inline script. */
(() => {
  "use strict";
  const words = document.body.dataset;
  const byId = (id) => document.getElementById(id);
  const say = (text) => { byId("status").textContent = text; };
  const length = (control) => [...control.value.trim()].length;

  /* Character counters, from three quarters of the limit. */
  const count = (control) => {
    const line = document.querySelector(`[data-counter-of="${control.id}"]`);
    if (!line) return;
    const now = length(control);
    const max = Number(control.dataset.max);
    line.hidden = now < max * 0.75;
    line.textContent = line.dataset.words.replace("%s", now.toLocaleString());
    line.classList.toggle("over", now > max);
  };

  const type = (control, text) => {
    control.focus();
    control.setRangeText(text, control.selectionStart, control.selectionEnd, "end");
    control.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* A text that was replaced can be had back; once gone from a box, no browser brings it. */
  const offerBack = (control) => {
    const before = control.value;
    const back = document.createElement("button");
    back.type = "button";
    back.className = "btn btn-quiet btn-small";
    back.textContent = words.undo;
    back.addEventListener("click", () => {
      control.value = before;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.focus();
      back.remove();
    });
    control.parentElement.querySelector(":scope > .undo")?.remove();
    back.classList.add("undo");
    control.after(back);
  };

  /* Put an answer into the controls called name; several values stand on lines of their own. */
  const fill = (name, text) => {
    const controls = [...document.getElementsByName(name)];
    for (const control of controls) {
      if (control.type === "radio" || (control.type === "checkbox" && controls.length > 1)) control.checked = text.split("\n").includes(control.value);
      else if (control.type === "checkbox") control.checked = text === "True";
      else control.value = text;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    controls[0]?.focus();
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(words.copied);
    const before = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = before; }, 3000);
  };

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1024)}KB` : `${(bytes / 1048576).toFixed(1)}MB`);
  const list = (input) => {
    const lines = document.querySelector(`[data-files-of="${input.id}"]`);
    if (!lines) return;
    lines.replaceChildren(...[...input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} (${size(file.size)})`;
      return line;
    }));
  };

  /* While sending, the button says so and a second press does nothing. */
  const send = (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button || button.tagName !== "BUTTON") return;
    button.dataset.words = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = words.sending;
    say(words.sending);
  };
  const ready = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[data-words]")) {
        button.textContent = button.dataset.words;
        button.removeAttribute("aria-disabled");
      }
    }
  };

  /* Ticked rows are counted beside what can be done with them. */
  const pick = (form) => {
    const boxes = [...form.querySelectorAll("[data-rows] input[type='checkbox']")];
    const ticked = boxes.filter((box) => box.checked).length;
    const line = form.querySelector("[data-picked]");
    line.dataset.none ??= line.textContent;
    line.textContent = ticked ? line.dataset.picked.replace("%s", ticked) : line.dataset.none;
    const all = form.querySelector("[data-pick-all]");
    all.hidden = false;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };

  /* An error is about what was sent: it goes when the answer changes, and its line in the summary with it. */
  const forgive = (field) => {
    field.classList.remove("has-error");
    for (const words of field.querySelectorAll(".error")) words.remove();
    for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    for (const link of document.querySelectorAll(".error-summary a[href^='#']")) {
      if (!field.contains(byId(link.hash.slice(1)))) continue;
      const summary = link.closest(".error-summary");
      link.closest("li").remove();
      const left = summary.querySelectorAll("li").length;
      const title = summary.querySelector("h2");
      if (title) title.lastChild.textContent = title.lastChild.textContent.replace(/\d+/, left);
      if (!left) summary.remove();
    }
  };

  const start = (root) => {
    for (const form of root.querySelectorAll("[data-picks]")) pick(form);
    for (const control of root.querySelectorAll("[data-max]")) count(control);
    for (const button of root.querySelectorAll("[data-use][hidden], [data-copy][hidden], .starters[hidden]")) button.hidden = false;
    root.querySelector("#error-summary")?.focus();
  };

  document.addEventListener("input", ({ target }) => {
    if (target.dataset.max) count(target);
    const refused = target.closest(".has-error");
    if (refused) forgive(refused);
    const form = target.closest("form[data-guard]");
    if (form) form.dataset.dirty = "1";
  });
  document.addEventListener("change", ({ target }) => {
    if (target.type === "file") list(target);
    const form = target.closest("[data-picks]");
    if (!form || target.type !== "checkbox") return;
    if ("pickAll" in target.dataset) for (const box of form.querySelectorAll("[data-rows] input[type='checkbox']")) box.checked = target.checked;
    pick(form);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-insert], [data-use], [data-copy], [data-print]");
    if (!button) {
      for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
      return;
    }
    if ("insert" in button.dataset) type(byId(button.dataset.for), button.dataset.insert);
    else if ("use" in button.dataset) {
      if ("undo" in button.dataset) offerBack(document.getElementsByName(button.dataset.for)[0]);
      fill(button.dataset.for, button.dataset.use);
    } else if ("copy" in button.dataset) copy(button);
    else window.print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  /* The titles under the search box: arrows go through them, Escape puts them away. */
  document.addEventListener("keydown", (event) => {
    const links = [...event.target.closest(".search-box")?.querySelectorAll(".suggestions a") ?? []];
    const by = { ArrowDown: 1, ArrowUp: -1, Escape: 0 }[event.key];
    if (!links.length || by === undefined || event.isComposing || event.keyCode === 229) return;
    const at = by ? links.indexOf(document.activeElement) + by : -1;
    (links[Math.min(at, links.length - 1)] ?? byId("search-box")).focus();
    if (!by) byId("suggestions").replaceChildren();
    event.preventDefault();
  });
  document.addEventListener("submit", send);
  window.addEventListener("pageshow", () => {
    ready();
    for (const form of document.querySelectorAll("[data-picks]")) pick(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
  });

  /* htmx: say failures and keep the page as it is. */
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => say(words.failed));
  }
  /* A filtered list keeps a short address, to be sent to a colleague: nothing that is not asked for. */
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.matches("form.filter[role='search']")) for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
  document.addEventListener("htmx:load", ({ detail }) => { if (detail.elt !== document.body) start(detail.elt); });

  start(document);
})();
