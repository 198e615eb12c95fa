/* Keys for those who want them; who switches them off in the settings never gets this file. */
(() => {
  "use strict";
  const SOON = 1000;
  let wentTo = 0;

  /* Not while somebody types or composes, and never a key of the browser or a screen reader. */
  const isTyping = ({ target }) => target.closest("textarea, select, [contenteditable], dialog, input:not([type='checkbox'], [type='radio'])");
  const isOurs = (event) => !(event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || isTyping(event));

  const rows = () => [...document.querySelectorAll("[data-rows] > tr")];
  const here = () => document.activeElement?.closest("[data-rows] > tr");
  const link = (row) => row?.querySelector(".title a");

  const step = (by) => {
    const all = rows();
    if (!all.length) return false;
    const now = all.indexOf(here());
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
    link(all[next])?.focus();
    return true;
  };
  const press = (control) => { control?.click(); return Boolean(control); };

  const actions = {
    "?": () => { const help = document.getElementById("keys"); help?.showModal(); return Boolean(help); },
    "/": () => { const box = document.querySelector("[data-key='/']"); box?.focus(); return Boolean(box); },
    g: () => { wentTo = Date.now(); return true; },
    h: () => Date.now() - wentTo < SOON && press(document.querySelector(".brand")),
    u: () => press([...document.querySelectorAll(".breadcrumb a")].pop()),
    a: () => { const verb = document.querySelector(".picked-bar button"); verb?.focus(); return Boolean(verb); },
    n: () => press(document.querySelector("[data-key='n']")),
    j: () => step(1),
    k: () => step(-1),
    o: () => press(link(here())),
    x: () => press(here()?.querySelector("input[type='checkbox']")),
  };

  document.addEventListener("keydown", (event) => {
    if (!isOurs(event) || !Object.hasOwn(actions, event.key)) return;
    if (actions[event.key]()) event.preventDefault();
  });
})();
