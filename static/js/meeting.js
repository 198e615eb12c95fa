/* Members' screens follow the meeting; a hidden tab asks nothing until somebody looks again. */
(() => {
  "use strict";
  const isLive = (element) => element.matches?.("[data-live]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && isLive(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-live]")) htmx.trigger(element, "seen");
  });
})();
