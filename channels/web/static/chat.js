// The conversation, alive: sends without reloading, shows answers as they come, loses nothing on the way.
//
// The page works without this file. What a message looks like is also in templates/messages.html.
// Everything shown goes through textContent: nothing that anybody wrote can become mark-up.

const chat = document.getElementById("chat");
const log = document.getElementById("log");
const typing = document.getElementById("typing");
const status = document.getElementById("status");
const dock = document.getElementById("dock");
const composer = document.getElementById("composer");
const field = document.getElementById("text");
const words = chat.dataset;

const LONGEST_WAIT = 15_000;
const DRAFT = "signpost.draft";
const OUTBOX = "signpost.outbox";

/** Number of the newest event that is shown. */
let last = Number(words.last);
/** Messages without an answer yet, oldest first: {key, text, payload, reply_to, accepted}. */
let outbox = read(OUTBOX, []);
let stream = null;
let failures = 0;
let sending = false;
let retry = 0;

// --- Elements ---------------------------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== "") made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function parts(line) {
  return line.map((part) => (part.url ? element("a", { href: part.url }, part.text) : part.text));
}

function blocks(content) {
  return content.map((block) =>
    block.kind === "list"
      ? element("ul", {}, ...block.lines.map((line) => element("li", {}, ...parts(line))))
      : element("p", {}, ...block.lines.flatMap((line, i) => [...(i ? [element("br")] : []), ...parts(line)])),
  );
}

function saidElement(event) {
  return element(
    "div",
    { class: "message said", id: event.number && `m${event.number}`, "data-key": event.message_id, lang: event.language },
    element("p", { class: "unseen" }, words.you),
    element("p", { class: "bubble" }, event.text),
  );
}

function turnElement(event) {
  return element(
    "div",
    { class: "message turn", id: `m${event.number}`, lang: event.language },
    element("p", { class: "unseen" }, words.assistant),
    ...event.replies.map((reply) => replyElement(reply, event.number)),
  );
}

function replyElement(reply, number) {
  const { unknown, sources } = reply;
  return element(
    "div",
    { class: "reply" },
    ...blocks(reply.blocks),
    unknown && element("div", { class: "unknown" }, element("p", { class: "label" }, unknown.heading), ...blocks(unknown.content)),
    reply.overdue ? element("p", { class: "overdue" }, reply.overdue) : null,
    sources || reply.checked
      ? element(
          "div",
          { class: "origin" },
          sources && element("p", { class: "label" }, sources.heading),
          sources && element("ul", {}, ...sources.content.map(sourceElement)),
          reply.checked ? element("p", { class: "checked" }, reply.checked) : null,
        )
      : null,
    reply.buttons.length ? choicesElement(reply.buttons, number) : null,
  );
}

function sourceElement(source) {
  return element("li", {}, source.url ? element("a", { href: source.url }, source.label) : source.label);
}

function choicesElement(buttons, number) {
  return element(
    "form",
    { class: "choices", method: "post", action: "/messages" },
    element("input", { type: "hidden", name: "key", value: newKey() }),
    element("input", { type: "hidden", name: "reply_to", value: number }),
    ...buttons.map((button) => element("button", { name: "payload", value: button.payload }, button.title)),
  );
}

// --- What arrives -----------------------------------------------------------------------------------------

function show(event) {
  if (event.number <= last) return;
  last = event.number;
  if (event.kind === "said") showSaid(event);
  else showTurn(event);
}

function showSaid(event) {
  const mine = log.querySelector(`[data-key="${CSS.escape(event.message_id)}"]`);
  if (mine) {
    mine.id = `m${event.number}`;
  } else {
    log.insertBefore(saidElement(event), log.querySelector(".waiting"));
  }
  markPressed(event.payload ? event.reply_to : 0, event.payload || event.text);
}

function showTurn(event) {
  const mine = outbox.find((item) => item.key === event.message_id);
  outbox = outbox.filter((item) => item !== mine);
  save(OUTBOX, outbox);
  const question = log.querySelector(`[data-key="${CSS.escape(event.message_id)}"]`);
  question?.classList.remove("waiting");
  const shown = turnElement(event);
  shown.classList.add("new");
  if (event.erased) log.replaceChildren(shown);
  else log.insertBefore(shown, log.querySelector(".waiting"));
  offerTabStop(shown);
  updateTyping();
  if (mine) reveal(question ?? shown, shown);
  if (mine && event.switch_to && event.switch_to !== words.language) location.assign(`/${event.switch_to}`);
}

/** Scroll so that the answer is seen from its beginning, or whole with its question if that fits. */
function reveal(question, shown) {
  const room = window.innerHeight - dock.offsetHeight - 32;
  const whole = shown.getBoundingClientRect().bottom - question.getBoundingClientRect().top;
  if (whole > room) question.scrollIntoView({ block: "start" });
  else shown.scrollIntoView({ block: "end" });
}

function markPressed(replyTo, value) {
  const form = replyTo ? document.querySelector(`#m${Number(replyTo)}`) : document.getElementById("suggestions");
  for (const button of form?.querySelectorAll("button") ?? []) {
    if (button.value === value) button.setAttribute("aria-pressed", "true");
  }
}

function updateTyping() {
  const wasHidden = typing.hidden;
  typing.hidden = !outbox.some((item) => item.accepted);
  if (wasHidden && !typing.hidden) typing.scrollIntoView({ block: "nearest" });
}

// --- What is sent -----------------------------------------------------------------------------------------

function send(text, payload = null, replyTo = null) {
  const item = { key: newKey(), text, payload, reply_to: replyTo, accepted: false };
  outbox.push(item);
  save(OUTBOX, outbox);
  const shown = showWaiting(item);
  shown.scrollIntoView({ block: "end" });
  flush();
}

function showWaiting(item) {
  const shown = saidElement({ text: item.text, message_id: item.key, language: words.chosen });
  shown.classList.add("waiting");
  log.append(shown);
  return shown;
}

/** Send what has not arrived, one after another; what fails for want of a connection stays for the next time. */
async function flush() {
  if (sending) return;
  sending = true;
  clearTimeout(retry);
  try {
    for (let item; (item = outbox.find((each) => !each.accepted)); ) {
      const wait = await post(item);
      if (wait) {
        retry = setTimeout(flush, wait);
        break;
      }
    }
  } finally {
    sending = false;
    updateTyping();
  }
}

/** Send one message; returns the milliseconds to wait before trying again, or 0. */
async function post(item) {
  const { key, text, payload, reply_to } = item;
  let response;
  try {
    response = await fetch("/api/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({ text, payload, reply_to, language: words.chosen || null }),
    });
  } catch {
    tell(words.offline);
    return 3000;
  }
  if (response.ok) {
    item.accepted = true;
    const { answer } = await response.json().catch(() => ({}));
    // Answered before, and shown: a reload came between the answer and our taking note of it.
    if (answer && answer <= last) outbox = outbox.filter((each) => each !== item);
    save(OUTBOX, outbox);
    tell("");
    // The answer comes by the stream; without one, open it now.
    if (!stream) connect();
    updateTyping();
    return 0;
  }
  const problem = await response.json().catch(() => ({ message: words.offline }));
  tell(problem.message);
  if (response.status === 429) return 1000 * Number(response.headers.get("Retry-After") || 5);
  if (response.status >= 500) return 3000;
  refuse(item);
  return 0;
}

/** The server will never take this one: say so and give the text back. */
function refuse(item) {
  outbox = outbox.filter((each) => each !== item);
  save(OUTBOX, outbox);
  const shown = log.querySelector(`[data-key="${CSS.escape(item.key)}"]`);
  shown?.classList.replace("waiting", "failed");
  shown?.append(element("p", { class: "mark" }, words.notSent));
  if (!item.payload && !field.value) field.value = item.text;
}

// --- The stream -------------------------------------------------------------------------------------------

function connect() {
  disconnect();
  stream = new EventSource(`/api/events?after=${last}`);
  stream.onmessage = (message) => show(JSON.parse(message.data));
  stream.addEventListener("ready", () => {
    if (status.textContent === words.offline) tell(words.online);
    failures = 0;
    // What the server took before the connection broke may not have been answered; sent twice is answered once.
    for (const item of outbox) item.accepted = false;
    flush();
  });
  stream.onerror = () => {
    disconnect();
    failures += 1;
    if (failures > 1) tell(words.offline);
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures);
    reconnect = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  };
}

let reconnect = 0;

function disconnect() {
  clearTimeout(reconnect);
  stream?.close();
  stream = null;
}

// --- Keyboard and forms -----------------------------------------------------------------------------------

/** The log is one tab stop: of its links and buttons only `chosen` is reached by Tab, arrows lead to the others. */
function makeTabStop(chosen) {
  for (const each of log.querySelectorAll("a[href], button")) each.tabIndex = each === chosen ? 0 : -1;
}

function offerTabStop(shown) {
  if (log.contains(document.activeElement)) {
    makeTabStop(document.activeElement);
    return;
  }
  const all = [...log.querySelectorAll("a[href], button")];
  makeTabStop(shown?.querySelector(".choices button") ?? shown?.querySelector("a[href]") ?? all.at(-1));
}

log.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const all = [...log.querySelectorAll("a[href], button")];
  const here = all.indexOf(document.activeElement);
  const there = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (here < 0 || there === undefined) return;
  event.preventDefault();
  const next = all[Math.max(0, Math.min(all.length - 1, there))];
  makeTabStop(next);
  next.focus();
});

log.addEventListener("focusin", (event) => {
  if (event.target.matches("a[href], button")) makeTabStop(event.target);
});

chat.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target === composer) {
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    save(DRAFT, "");
    send(text);
    field.focus();
    return;
  }
  const button = event.submitter;
  if (!button) return;
  const payload = button.name === "payload" ? button.value : null;
  const replyTo = Number(event.target.elements.reply_to?.value) || null;
  const text = payload === null ? button.value : button.textContent;
  // A double click is one choice.
  if (outbox.some((item) => item.text === text && item.payload === payload && item.reply_to === replyTo)) return;
  button.setAttribute("aria-pressed", "true");
  send(text, payload, replyTo);
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
field.addEventListener("input", () => save(DRAFT, field.value));

// --- Small things -----------------------------------------------------------------------------------------

function tell(text) {
  if (status.textContent !== text) status.textContent = text;
}

function newKey() {
  // Not randomUUID: it is missing on plain http.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function read(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function save(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage may be full or forbidden; then only a reload in mid-sending can lose something.
  }
}

// --- Start ------------------------------------------------------------------------------------------------

for (const item of outbox) {
  if (!log.querySelector(`[data-key="${CSS.escape(item.key)}"]`)) showWaiting(item);
}
field.value ||= read(DRAFT, "");
offerTabStop(log.lastElementChild);
log.querySelector(".message.said:nth-last-of-type(-n + 2)")?.scrollIntoView({ block: "start" });

// The form covers the lower end of the page where it stays in view; what is scrolled to must stop above it.
new ResizeObserver(() => {
  const covers = getComputedStyle(dock).position === "sticky" ? dock.offsetHeight : 0;
  document.documentElement.style.scrollPaddingBottom = `${covers + 16}px`;
  log.querySelector(".waiting")?.scrollIntoView({ block: "nearest" });
}).observe(dock);

// A tab that nobody sees needs no stream, and browsers allow only six to a server.
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
addEventListener("online", connect);
addEventListener("pageshow", (event) => event.persisted && connect());
addEventListener("pagehide", disconnect);
connect();
