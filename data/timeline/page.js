/* page.js
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is shown, what is selected, and what people do with mouse and keyboard.
 */

"use strict";

const byId = id => document.getElementById(id);
const trace = new Trace(JSON.parse(byId("trace").textContent));
const scene = new Scene(trace);
const whole = { from: -Math.max(trace.end, 1) * 0.01, to: Math.max(trace.end, 1) * 1.01 };
/* Less than that is one event. */
const SPAN_MIN = 20;

const layers = [
  ["messages", "requests", true, "Requests, replies and errors"],
  ["other", "other messages", false, "Handshakes, pings, credit, ends of connections"],
  ["operations", "operations", true, "What clients do"],
  ["parts", "their parts", true, "Each get, pend and commit of it"],
  ["faults", "faults", true, "Faults, down times and pauses"],
  ["notes", "notes", true, "Starts, kills, clock steps"],
  ["events", "events", false, "Disks and alarms"],
];

const state = {
  view: { ...whole },
  selected: null,
  cone: null,
  coneOnly: false,
  layers: Object.fromEntries(layers.map(([name, , isOn]) => [name, isOn])),
  matches: [],
  marks: [],
};

/* Drawing */

let isDrawing = false;

function redraw() {
  if (isDrawing)
    return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

function draw() {
  const picture = byId("picture"), overview = byId("overview");
  const width = byId("scroll").clientWidth;
  const top = byId("scroll").getBoundingClientRect().top + window.scrollY;

  scene.resize(width, Math.max(300, Math.min(window.innerHeight - top - 70, 900)));
  state.marks = scene.marks(state.view, {
    layers: state.layers, cone: state.cone, coneOnly: state.coneOnly, selected: state.selected,
    matched: state.matches.length > 0 ? new Set(state.matches) : null,
  });
  picture.setAttribute("height", scene.height);
  picture.setAttribute("aria-label", `Timeline from ${tellTime(state.view.from)} to ${tellTime(state.view.to)}, `
    + `${state.marks.length} marks`);
  picture.classList.toggle("has-cone", state.cone !== null);
  picture.classList.toggle("dense", state.marks.filter(mark => mark.kind === "message").length > 120);
  picture.innerHTML = paintPicture(scene, state.marks, trace.failureAt);
  overview.innerHTML = paintOverview(trace, state.view, overview.clientWidth, overview.clientHeight, trace.failureAt);
}

/* The view */

function show(from, to) {
  const span = Math.min(Math.max(to - from, SPAN_MIN), whole.to - whole.from);
  const middle = (from + to) / 2;

  state.view.from = Math.min(Math.max(middle - span / 2, whole.from), whole.to - span);
  state.view.to = state.view.from + span;
  redraw();
}

function zoom(factor, time = (state.view.from + state.view.to) / 2) {
  show(time - (time - state.view.from) * factor, time + (state.view.to - time) * factor);
}

function move(share) {
  const by = (state.view.to - state.view.from) * share;

  show(state.view.from + by, state.view.to + by);
}

function bringIntoView(item) {
  const span = state.view.to - state.view.from;
  const length = item.to - item.from;

  if (item.from < state.view.from || item.to > state.view.to || length < span / 400)
    show(item.from - Math.max(length * 2, Math.min(span / 2, 50000)),
         item.to + Math.max(length * 2, Math.min(span / 2, 50000)));
}

function showCone(cone) {
  /* Pings that come of it much later are not what it is about. */
  const items = trace.items.filter(item => (item.layer === "messages" || item.type === "operation")
                                           && trace.isInCone(item, cone));

  if (items.length === 0)
    return;
  const from = items.reduce((least, item) => Math.min(least, item.from), Infinity);
  const to = items.reduce((most, item) => Math.max(most, item.to), 0);
  const margin = Math.max((to - from) * 0.08, 2000);

  show(from - margin, to + margin);
}

/* The selection */

function select(item, { isMoving = true } = {}) {
  state.selected = item;
  state.cone = item && item.events.length > 0 ? trace.cone(item) : null;
  if (item && isMoving)
    bringIntoView(item);
  showDetails(item);
  redraw();
}

function selectFailure() {
  state.selected = null;
  state.cone = trace.failureCone();
  if (state.cone.causes.size + state.cone.effects.size === 0)
    state.cone = null;
  else
    showCone(state.cone);
  showFailure();
  redraw();
}

function step(by) {
  const list = state.matches.length > 0 ? state.matches
    : trace.items.filter(item => scene.isShown(item, state)
                                 && (!state.coneOnly || !state.cone || trace.isInCone(item, state.cone)));
  const at = state.selected ? list.indexOf(state.selected) : -1;
  const from = state.view.from;
  const next = at >= 0 ? list[at + by]
    : by > 0 ? list.find(item => item.from >= from) : list.filter(item => item.from <= state.view.to).pop();

  if (next)
    select(next);
}

function search() {
  const text = byId("search").value;

  state.matches = trace.search(text);
  byId("matches").textContent = text.trim() === "" ? ""
    : state.matches.length === 0 ? "nothing found"
    : `${state.matches.length} found, Enter for the next`;
  redraw();
}

/* Details */

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);

  for (const [key, value] of Object.entries(attributes))
    if (key === "onclick")
      node.addEventListener("click", value);
    else
      node.setAttribute(key, value);
  node.append(...children.filter(child => child !== null));
  return node;
}

function row(name, value) {
  return value === undefined || value === null || value === "" ? null
    : element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, String(value)));
}

function itemButton(item) {
  const who = item.type === "message" ? `${trace.name(item.fromLane)} → ${trace.name(item.toLane)}: `
    : item.type === "fault" ? "" : `${trace.name(item.lane)}: `;

  return element("li", {}, element("button", { type: "button", onclick: () => select(item) },
    element("time", {}, tellTime(item.from)), who + item.text
      + (item.type === "message" && item.fate !== "received" ? ` (${item.fate})` : "")
      + (item.type === "operation" && item.result ? ` → ${item.result}` : "")));
}

function itemList(title, items) {
  const most = 40;

  if (items.length === 0)
    return null;
  return element("section", {}, element("h3", {}, title), element("ol", {}, ...items.slice(0, most).map(itemButton)),
                 items.length > most ? `and ${items.length - most} more` : null);
}

function messageRows(item) {
  const [send] = item.records;
  const end = item.records.find(record => record.record === "lose");

  return [
    row("from", trace.name(item.fromLane)), row("to", trace.name(item.toLane)), row("sent", tellTime(item.from)),
    row(item.fate, item.fate === "under way" ? "" : tellTime(item.to)),
    row("took", item.fate === "received" ? tellSpan(item.to - item.from) : ""),
    row("because", end?.why && trace.tell(end.why)),
    row("sent again", item.losses > 0 ? `${item.losses} times` : ""), row("held up", item.stalled ? "yes" : ""),
    row("corrupted", item.corrupted ? "yes" : ""), row("blocks", send.blocks?.join(", ")), row("action", send.action),
    row("revision", send.rev), row("result", send.result), row("envelope", send.envelope),
    row("protocol", send.protocol), row("size", send.bytes === undefined ? "" : `${send.bytes} bytes`),
    row("connection", send.connection), row("request", send.request),
  ];
}

function operationRows(item) {
  const [begin, end] = item.records;

  return [
    row("client", trace.name(item.lane)), row("outcome", item.outcome), row("result", item.result),
    row("because", end?.why && trace.tell(end.why)), row("begun", tellTime(item.from)),
    row("ended", item.isOpen ? "never" : tellTime(item.to)),
    row("took", item.isOpen ? "" : tellSpan(item.to - item.from)), row("blocks", item.blocks.join(", ")),
    row("action", begin.action), row("revision", begin.rev),
  ];
}

function otherRows(item) {
  return [row("at", (item.lanes || [item.lane]).map(lane => trace.name(lane)).join(", ")),
          row("from", tellTime(item.from)),
          row("until", item.to === item.from ? "" : item.isOpen ? "the end" : tellTime(item.to)),
          row("lasts", item.to === item.from ? "" : tellSpan(item.to - item.from))];
}

function showDetails(item) {
  const panel = byId("details");

  if (!item) {
    showSummary();
    return;
  }
  const rows = item.type === "message" ? messageRows(item) : item.type === "operation" ? operationRows(item)
    : otherRows(item);
  const tellable = other => other !== item && (other.type === "message" || (other.type === "operation"));
  const within = numbers => trace.items.filter(other =>
    tellable(other) && other.events.length > 0 && other.events.every(number => numbers.has(number)));

  panel.replaceChildren(
    element("h2", {}, item.text), element("table", {}, element("tbody", {}, ...rows.filter(one => one))),
    item.whole ? element("p", {}, element("button", { type: "button", onclick: () => select(item.whole) },
                                          `part of: ${item.whole.text}`)) : "",
    ...[item.parts && itemList("Its parts", item.parts),
        state.cone && itemList("What led to it", within(state.cone.causes)),
        state.cone && itemList("What came of it", within(state.cone.effects).filter(other => !(item.parts || [])
          .includes(other))),
        element("details", {}, element("summary", {}, "Lines of the trace"),
                element("pre", {}, item.records.map(record => JSON.stringify(record)).join("\n")))]
      .filter(one => one));
}

function showMany(mark) {
  select(null, { isMoving: false });
  byId("details").replaceChildren(element("h2", {}, mark.words),
    element("p", {}, "They lie close together; zoom in to tell them apart."),
    element("button", { type: "button", onclick: () => {
      const from = Math.min(...mark.items.map(item => item.from)), to = Math.max(...mark.items.map(item => item.to));

      show(from - (to - from) * 0.1 - 500, to + (to - from) * 0.1 + 500);
    } }, "Zoom in on them"), itemList("They are", mark.items));
}

function showFailure() {
  const blocks = trace.about.blocks || [];

  byId("details").replaceChildren(
    element("h2", {}, "The failure"), element("p", {}, trace.tell(trace.about.reason || "")),
    blocks.length > 0 ? element("p", {}, `It is about ${blocks.join(", ")}.`) : "",
    ...[itemList("What is named", trace.failure),
        itemList("Faults before it", trace.items.filter(item => item.type === "fault"
          && item.from <= (trace.failureAt ?? trace.end)))].filter(one => one));
}

function showSummary() {
  const lost = trace.items.filter(item => item.fate === "lost").length;
  const count = (type, also = () => true) => trace.items.filter(item => item.type === type && also(item)).length;

  byId("details").replaceChildren(
    element("h2", {}, trace.header.scenario.summary),
    element("table", {}, element("tbody", {}, row("events", trace.verdict?.events ?? trace.events.size),
      row("messages", count("message")), row("lost", lost), row("operations", count("operation", item => !item.part)),
      row("faults", count("fault")), row("simulated", tellTime(trace.end)), row("hash", trace.verdict?.hash),
      row("build", trace.header.build), row("signatures", trace.header.signatures))),
    element("p", {}, "Click anything to see what led to it and what came of it."),
    ...[itemList("Faults", trace.items.filter(item => item.type === "fault"))].filter(one => one));
}

/* What people do */

function onKey(event) {
  if (event.target.matches("input[type=search], textarea") || event.ctrlKey || event.metaKey || event.altKey)
    return;
  const isPicture = event.target === byId("picture") || event.target === document.body;
  const actions = {
    "+": () => zoom(1 / 1.5), "=": () => zoom(1 / 1.5), "-": () => zoom(1.5), "0": () => show(whole.from, whole.to),
    "Home": isPicture ? () => show(whole.from, whole.to) : null,
    "ArrowLeft": isPicture ? () => move(-0.15) : null, "ArrowRight": isPicture ? () => move(0.15) : null,
    "n": () => step(1), "p": () => step(-1), "f": () => trace.failureAt !== null && selectFailure(),
    "c": () => { byId("cone-only").click(); }, "/": () => byId("search").focus(), "Escape": () => select(null),
  };

  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
}

function onClick(event) {
  const node = event.target.closest?.(".mark");
  const mark = node && state.marks[Number(node.dataset.mark)];

  if (!mark)
    select(null, { isMoving: false });
  else if (mark.items.length > 1)
    showMany(mark);
  else
    select(mark.items[0], { isMoving: false });
}

function watchPicture(picture) {
  let drag = null;

  picture.addEventListener("wheel", event => {
    event.preventDefault();
    const box = picture.getBoundingClientRect();

    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      move((event.deltaX || event.deltaY) / scene.width);
    else
      zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY)) * 0.0022), scene.time(event.clientX - box.left));
  }, { passive: false });
  picture.addEventListener("pointerdown", event => {
    if (event.button === 0)
      drag = { x: event.clientX, y: event.clientY, view: { ...state.view }, isMoved: false };
  });
  window.addEventListener("pointermove", event => {
    if (!drag || (!drag.isMoved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 4))
      return;
    const by = (drag.x - event.clientX) / scene.width * (drag.view.to - drag.view.from);

    drag.isMoved = true;
    picture.classList.add("dragging");
    show(drag.view.from + by, drag.view.to + by);
  });
  window.addEventListener("pointerup", () => {
    picture.classList.remove("dragging");
    /* The click that ends a drag selects nothing. */
    setTimeout(() => { drag = null; });
  });
  picture.addEventListener("click", event => { if (!drag?.isMoved) onClick(event); });
  picture.addEventListener("dblclick", event =>
    zoom(0.4, scene.time(event.clientX - picture.getBoundingClientRect().left)));
}

function watchOverview(overview) {
  const go = event => {
    const box = overview.getBoundingClientRect();
    const time = (event.clientX - box.left) / box.width * trace.end;
    const half = (state.view.to - state.view.from) / 2;

    show(time - half, time + half);
  };

  overview.addEventListener("pointerdown", event => {
    overview.setPointerCapture(event.pointerId);
    if (state.view.to - state.view.from >= (whole.to - whole.from) * 0.98)
      show(state.view.from, state.view.from + (state.view.to - state.view.from) / 5);
    go(event);
  });
  overview.addEventListener("pointermove", event => { if (event.buttons & 1) go(event); });
}

function fillHeader() {
  const { header, verdict, about } = trace;
  const word = verdict ? verdict.verdict : "died";

  byId("verdict").textContent = verdict ? word : "no verdict";
  byId("verdict").classList.add(word);
  byId("name").textContent = `${header.name}, seed ${header.seed}`;
  byId("facts").textContent = `${trace.verdict?.events ?? trace.events.size} events in ${tellTime(trace.end)}, `
    + `build ${header.build}`;
  byId("reproduce").textContent = about.reproduce;
  byId("reason").hidden = !about.reason;
  byId("reason").textContent = (verdict?.asExpected ? "As expected: " : "") + trace.tell(about.reason || "");
  byId("reason").classList.toggle("expected", verdict?.asExpected === true);
  byId("left-out").hidden = !about.leftOut;
  byId("left-out").textContent = about.leftOut || "";
  byId("failure").hidden = trace.failureAt === null;
  byId("copy").addEventListener("click", () => navigator.clipboard?.writeText(about.reproduce)
    .then(() => { byId("copy").textContent = "Copied"; }, () => getSelection().selectAllChildren(byId("reproduce"))));
}

function fillTools() {
  for (const [name, words, isOn, title] of layers) {
    const box = element("input", { type: "checkbox", "data-layer": name });

    box.checked = isOn;
    box.addEventListener("change", () => { state.layers[name] = box.checked; redraw(); });
    byId("layers").append(element("label", { title }, box, words));
  }
  byId("zoom-in").addEventListener("click", () => zoom(1 / 1.5));
  byId("zoom-out").addEventListener("click", () => zoom(1.5));
  byId("fit").addEventListener("click", () => show(whole.from, whole.to));
  byId("failure").addEventListener("click", selectFailure);
  byId("cone-only").addEventListener("change", event => { state.coneOnly = event.target.checked; redraw(); });
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("keydown", event => {
    if (event.key === "Enter") {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      byId("search").value = "";
      search();
      byId("picture").focus();
    }
  });
  byId("theme").addEventListener("click", () => {
    const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";

    document.documentElement.dataset.theme = isDark ? "light" : "dark";
  });
}

function fillLegend() {
  const shaft = (look, extra = "") => `<svg aria-hidden="true"><g class="mark message ${look}">`
    + `<path class="shaft" d="M2 4L38 14"/><path class="head" d="${paintHead(2, 4, 38, 14)}"/>${extra}</g></svg>`;
  const bar = outcome => `<svg aria-hidden="true"><g class="mark operation ${outcome}">`
    + `<rect x="2" y="3" width="38" height="12"/></g></svg>`;
  const entries = [
    [shaft("request"), "request"], [shaft("reply"), "reply"], [shaft("error"), "error"],
    [shaft("other"), "other message"], [shaft("request resent"), "lost on its way and sent again"],
    [`<svg aria-hidden="true"><g class="mark message request lost"><path class="shaft" d="M2 4L26 10"/>`
     + `<path class="cross" d="M21 5L31 15M31 5L21 15"/></g></svg>`, "never came"],
    [shaft("request many"), "several messages"], [bar("success"), "success"],
    [bar("failure"), "refused: nothing came of it"], [bar("unknown"), "outcome not known"],
    [bar("open"), "never ended"],
    [`<svg aria-hidden="true"><g class="mark fault"><rect x="2" y="3" width="38" height="12"/></g></svg>`, "fault"],
    [`<svg aria-hidden="true"><g class="mark state"><rect x="2" y="3" width="38" height="12"/></g></svg>`,
     "down or paused"],
    [`<svg aria-hidden="true"><g class="mark note">${painters.note({ x: 20, y: 9 })}</g></svg>`,
     "start, kill, clock step"],
    [`<svg aria-hidden="true"><g class="mark note bad">${painters.note({ x: 20, y: 9, look: "bad" })}</g></svg>`,
     "a check failed"],
  ];

  document.querySelector("#legend .legend").innerHTML
    = entries.map(([picture, words]) => `<span>${picture}${words}</span>`).join("");
}

fillHeader();
fillTools();
fillLegend();
watchPicture(byId("picture"));
watchOverview(byId("overview"));
document.addEventListener("keydown", onKey);
new ResizeObserver(redraw).observe(byId("scroll"));
if (trace.failureAt !== null)
  selectFailure();
else
  showSummary();
draw();
