/* Saves what is typed on the server while somebody types; nothing is kept in the browser. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const line = document.getElementById("autosave");
  if (!form || !line) return;
  const words = line.querySelector("p");
  const compare = line.querySelector("button");
  const PAUSE = 2000;
  const LONGEST = 60000;
  const PATIENCE = 20000;
  const SURVIVES_LEAVING = 60000; /* bytes that browsers still send for a page that has gone */
  const control = (name) => form.elements.namedItem(name);

  const typed = () => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    for (const name of ["csrfmiddlewaretoken", "_once", "version", "basis"]) body.delete(name);
    return body;
  };
  const hasFiles = () => [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);

  /* What the server has; a refused page shows what it has not. */
  let known = form.querySelector(".has-error") ? null : typed().toString();
  let sending = null;             /* the running attempt */
  let unanswered = null;          /* sent, but nobody knows whether it arrived */
  let stopped = false;            /* only a person can go on from here */
  let spoken = false;
  let waiting = false;
  let delay = PAUSE;
  let timer = 0;

  const say = (text) => { document.getElementById("status").textContent = text; };
  const tell = (text, failing) => {
    words.textContent = text;
    line.classList.toggle("failing", failing);
    if (failing || !spoken) say(text);
    spoken = true;
  };
  const unsaved = () => { form.dataset.dirty = "1"; };
  const stop = (text) => { stopped = true; unsaved(); tell(text, true); };
  const plan = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  /* The same words again until somebody answers: sent twice, they change nothing the second time. */
  const letter = () => {
    const body = typed();
    const text = body.toString();
    for (const name of ["csrfmiddlewaretoken", "version", "basis"]) if (control(name)) body.append(name, control(name).value);
    if (form.dataset.autosave === "new") body.append("_once", control("_once").value);
    body.append("go", "auto");
    return { url: form.action, body, text };
  };

  const later = () => {
    unsaved();
    if (words.textContent !== line.dataset.offline) tell(line.dataset.offline, true);
    plan(delay);
    delay = Math.min(delay * 2, LONGEST);
  };

  /* The page of a new need goes on as the page of its draft. */
  const move = (data) => {
    history.replaceState(null, "", data.url);
    form.action = data.url;
    form.dataset.autosave = "";
    control("_once").value = data.once;
  };

  const hint = (html) => {
    const place = document.getElementById("advice");
    if (html === undefined || !place || place.contains(document.activeElement) || place.dataset.html === html) return;
    place.dataset.html = html;
    place.innerHTML = html;
    place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place } }));
  };

  const accept = (data, text) => {
    unanswered = null;
    delay = PAUSE;
    for (const name of ["version", "basis"]) if (name in data) control(name).value = data[name];
    if (data.url) move(data);
    if (!("message" in data)) return plan(0); /* it only said where the page stands */
    known = text;
    hint(data.advice);
    const more = typed().toString() !== known;
    if (data.errors || more || hasFiles()) unsaved();
    else delete form.dataset.dirty;
    /* After a failure it says "saved" only when everything is. */
    const late = more && line.classList.contains("failing") && !data.errors;
    if (data.message && !late) tell(data.message, Boolean(data.errors));
    if (more) plan(late ? 0 : PAUSE);
  };

  const attempt = async () => {
    unanswered ||= letter();
    const { url, body, text } = unanswered;
    const calm = !line.classList.contains("failing") && navigator.onLine && !hasFiles();
    const keepalive = "keepalive" in Request.prototype && body.toString().length < SURVIVES_LEAVING;
    /* Such a request arrives even when she leaves; then there is nothing to warn of. */
    if (calm && keepalive) delete form.dataset.dirty;
    let response;
    try {
      response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, keepalive, signal: AbortSignal.timeout(PATIENCE) });
      if (response.status >= 500 || response.status === 429) throw new Error(response.status);
    } catch { return later(); }
    const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");
    let data = null;
    try { data = isOurs ? await response.json() : null; } catch { return later(); }
    /* The sign-in page speaks JSON, too, when it is asked to. */
    const isAnswer = data && ("message" in data || "version" in data);
    if (response.ok && isAnswer) return accept(data, text);
    unanswered = null;
    if (data?.message) {
      compare.hidden = !data.compare;
      return stop(data.message);
    }
    stop(response.ok ? line.dataset.signedOut : line.dataset.refused);
  };

  async function save() {
    clearTimeout(timer);
    if (stopped || form.dataset.sent) return;
    if (sending) { await sending; return; }
    if (!unanswered && typed().toString() === known) return;
    sending = attempt();
    await sending;
    sending = null;
  }

  const changed = (event) => {
    if (event.isComposing || stopped) return;
    if (!line.classList.contains("failing") || !unanswered) plan(PAUSE);
  };
  form.addEventListener("input", changed);
  form.addEventListener("compositionend", changed);
  form.addEventListener("focusout", () => { if (!unanswered) save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("online", () => { delay = PAUSE; save(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  /* First what is in the air, then the page itself: they must not overtake each other. */
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (stopped || (!sending && !unanswered && navigator.onLine)) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    const button = event.submitter;
    await (sending ?? save());
    waiting = false;
    if (!unanswered) form.requestSubmit(button);
    else say(line.dataset.offline);
  });

  line.hidden = false;
})();
