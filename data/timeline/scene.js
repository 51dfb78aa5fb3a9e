/* scene.js
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where things are, and which of them are drawn: what would lie on top of each other is one mark.
 */

"use strict";

const LABEL_WIDTH = 108;
const AXIS_HEIGHT = 26;
const FAULT_HEIGHT = 20;
const LANE_HEIGHT_MIN = 62;
const LANE_HEIGHT_MAX = 120;
/* Nodes have no bars. */
const NODE_HEIGHT_MIN = 40;
const NODE_HEIGHT_MAX = 84;
const BAR_HEIGHT = 17;
const PART_HEIGHT = 12;
/* More marks of a kind than that cannot be told apart, and make the page slow. */
const MARKS_MAX = 500;
const MESSAGES_MAX = 260;

class Scene {
  constructor(trace) {
    this.trace = trace;
    this.faults = trace.items.filter(item => item.type === "fault");
    this.packFaults();
    const hasWorld = trace.items.some(item => item.lane === 0 && item.type === "note" && !item.bad);
    const shown = trace.actors.filter(actor => actor && (actor.number > 0 || hasWorld));

    this.order = [...shown.filter(actor => trace.isClient(actor.number)),
                  ...shown.filter(actor => !trace.isClient(actor.number) && actor.number > 0),
                  ...shown.filter(actor => actor.number === 0)];
  }

  /* Faults that overlap are in rows of their own. */
  packFaults() {
    const ends = [], lasts = [];

    for (const fault of this.faults) {
      let row = ends.findIndex(end => end <= fault.from);

      if (row < 0)
        row = ends.length;
      if (ends[row] !== undefined)
        lasts[row].next = fault;
      ends[row] = Math.max(fault.to, fault.from + 1);
      lasts[row] = fault;
      fault.row = row;
    }
    this.faultRows = ends.length;
  }

  resize(width, height) {
    const top = AXIS_HEIGHT + this.faultRows * FAULT_HEIGHT + (this.faultRows > 0 ? 6 : 0);
    const room = (height - top) / Math.max(this.order.length, 1);
    const clientHeight = Math.round(Math.min(LANE_HEIGHT_MAX, Math.max(LANE_HEIGHT_MIN, room)));
    const nodeHeight = Math.round(Math.min(NODE_HEIGHT_MAX, Math.max(NODE_HEIGHT_MIN, 0.75 * room)));
    let y = top;

    this.width = Math.max(width - LABEL_WIDTH, 50);
    this.lanes = new Map();
    this.order.forEach((actor, index) => {
      const isClient = this.trace.isClient(actor.number);
      const laneHeight = isClient ? clientHeight : nodeHeight;

      /* Bars above the line of a client; nodes have their line in the middle. */
      this.lanes.set(actor.number, { actor, index, y, height: laneHeight, isClient,
                                     line: isClient ? y + Math.max(BAR_HEIGHT + PART_HEIGHT + 14, laneHeight - 16)
                                                    : y + Math.round(laneHeight / 2) });
      y += laneHeight;
    });
    this.height = y;
  }

  x(time) { return LABEL_WIDTH + (time - this.view.from) / (this.view.to - this.view.from) * this.width; }

  time(x) { return this.view.from + (x - LABEL_WIDTH) / this.width * (this.view.to - this.view.from); }

  /* The marks of what is to be seen; `options`: layers, cone, coneOnly, matched (a set), selected. */
  marks(view, options) {
    this.view = view;
    const seen = this.trace.items.filter(item =>
      item.to >= view.from && item.from <= view.to && this.isShown(item, options));

    for (const item of seen)
      item.inCone = options.cone ? this.trace.isInCone(item, options.cone) : false;
    /* Faults and notes frame everything. */
    for (const item of seen)
      item.inCone ||= options.cone !== null && ["fault", "down", "paused", "note"].includes(item.type);
    const wanted = options.cone && options.coneOnly
      ? seen.filter(item => item.inCone) : seen;
    const of = type => wanted.filter(item => item.type === type);

    return [
      ...of("down").concat(of("paused")).map(item => this.stateMark(item)),
      ...of("fault").map(item => this.faultMark(item)),
      ...this.merge(of("event"), (item, step) => `${item.lane} ${Math.floor(this.x(item.from) / step)}`,
                    items => this.eventMark(items), 5),
      ...this.merge(of("message"), (item, step) => this.messageKey(item, step),
                    items => this.messageMark(items), 4, MESSAGES_MAX),
      ...this.merge(of("operation"), (item, step) => this.operationKey(item, step),
                    items => this.operationMark(items), 3),
      ...of("note").map(item => this.noteMark(item)),
    ].filter(mark => mark).map(mark => this.decorate(mark, options));
  }

  isShown(item, options) {
    if (item === options.selected)
      return true;
    switch (item.type) {
      case "message": return options.layers[item.layer];
      case "operation": return options.layers.operations && (!item.part || options.layers.parts);
      case "event": return options.layers.events;
      case "note": return options.layers.notes || item.bad;
      default: return options.layers.faults;
    }
  }

  decorate(mark, options) {
    mark.classes = [mark.look];
    if (mark.items.some(item => item.inCone))
      mark.classes.push("in-cone");
    if (options.matched && mark.items.some(item => options.matched.has(item)))
      mark.classes.push("matched");
    if (mark.items.includes(options.selected))
      mark.classes.push("selected");
    return mark;
  }

  /* Things with one key are one mark; keys get coarser until there are few enough. */
  merge(items, key, make, step, most = MARKS_MAX) {
    for (;; step *= 1.4) {
      const groups = new Map();

      for (const item of items) {
        const name = `${item.inCone} ${key(item, step)}`;

        if (groups.has(name))
          groups.get(name).push(item);
        else
          groups.set(name, [item]);
      }
      if (groups.size <= most || step > this.width)
        return [...groups.values()].map(make);
    }
  }

  messageKey(item, step) {
    return [item.fromLane, item.toLane, item.look, item.fate === "lost", Math.floor(this.x(item.from) / step),
            Math.floor(this.x(item.to) / step)].join(" ");
  }

  messageMark(items) {
    const [first] = items;
    const from = this.lanes.get(first.fromLane), to = this.lanes.get(first.toLane);

    if (!from || !to)
      return null;
    const isLost = first.fate === "lost";
    const middle = list => list.reduce((sum, one) => sum + one, 0) / list.length;
    const x1 = this.x(middle(items.map(item => item.from))), x2 = this.x(middle(items.map(item => item.to)));
    /* A lost one ends on its way. */
    const reach = isLost ? 0.55 : 1;
    const isMany = items.length > 1;

    return { kind: "message", items, x1, y1: from.line, x2: isLost ? x1 + Math.min((x2 - x1) * reach, 60) : x2,
             y2: from.line + (to.line - from.line) * reach, isLost,
             look: [first.look, isLost ? "lost" : "", isMany ? "many" : "",
                    !isMany && first.losses > 0 ? "resent" : ""].filter(word => word).join(" "),
             thickness: isMany ? 1.2 + Math.min(4, Math.log2(items.length)) : 0,
             words: isMany ? `${items.length} messages` : first.text };
  }

  operationKey(item, step) {
    const wide = this.x(item.to) - this.x(item.from) >= 6;

    return wide ? `one ${item.index}` : `${item.lane} ${item.part} ${Math.floor(this.x(item.from) / (2 * step))}`;
  }

  operationMark(items) {
    const [first] = items;
    const lane = this.lanes.get(first.lane);

    if (!lane)
      return null;
    const x1 = Math.max(this.x(Math.min(...items.map(item => item.from))), LABEL_WIDTH - 4);
    const x2 = Math.min(this.x(Math.max(...items.map(item => item.to))), LABEL_WIDTH + this.width + 4);
    const outcomes = new Set(items.map(item => item.outcome));
    const worst = ["unknown", "failure", "open", "success"].find(outcome => outcomes.has(outcome)) || "open";

    return { kind: "operation", items, x: x1, width: Math.max(x2 - x1, 2),
             y: lane.y + 6 + (first.part ? BAR_HEIGHT + 3 : 0), height: first.part ? PART_HEIGHT : BAR_HEIGHT,
             look: `${worst}${first.part ? " part" : ""}`,
             words: items.length > 1 ? `${items.length}` : first.text + (first.result ? ` → ${first.result}` : "") };
  }

  faultMark(item) {
    const x = this.x(item.from);

    return { kind: "fault", items: [item], x, width: Math.max(this.x(item.to) - x, 3),
             room: (item.next ? this.x(item.next.from) : LABEL_WIDTH + this.width) - x,
             y: AXIS_HEIGHT + item.row * FAULT_HEIGHT + 2, height: FAULT_HEIGHT - 4, look: "", words: item.text,
             lanes: item.lanes.map(actor => this.lanes.get(actor)).filter(lane => lane) };
  }

  stateMark(item) {
    const lane = this.lanes.get(item.lane);

    return lane && { kind: "state", items: [item], x: this.x(item.from),
                     width: Math.max(this.x(item.to) - this.x(item.from), 3), y: lane.line - 11, height: 22,
                     look: item.type, words: item.text };
  }

  noteMark(item) {
    const lane = this.lanes.get(item.lane);

    return lane && { kind: "note", items: [item], x: this.x(item.from), y: lane.line,
                     look: item.isFirst ? "bad" : item.bad ? "later" : "",
                     words: item.text };
  }

  eventMark(items) {
    const lane = this.lanes.get(items[0].lane);

    return lane && { kind: "event", items, x: this.x(items[0].from), y: lane.line, look: "",
                     words: items.length > 1 ? `${items.length} events` : items[0].text };
  }

  /* Times at which the axis has a line: at most one in 90 pixels. */
  ticks() {
    const span = this.view.to - this.view.from;
    const least = span / Math.max(this.width / 90, 1);
    const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
    const step = Math.max(1, [1, 2, 5, 10].map(times => times * power).find(one => one >= least));
    const ticks = [];

    for (let time = Math.ceil(this.view.from / step) * step; time <= this.view.to; time += step)
      ticks.push({ time, x: this.x(time), words: tellTime(time, step) });
    return ticks;
  }
}

/* Microseconds as people read them; `step` says how many digits matter. */
function tellTime(time, step = 1) {
  const digits = Math.max(0, Math.min(6, 6 - Math.floor(Math.log10(Math.max(step, 1)))));

  return `${(time / 1e6).toFixed(step >= 1e6 ? 0 : digits)} s`;
}

function tellSpan(span) {
  if (span >= 1e6)
    return `${(span / 1e6).toFixed(3)} s`;
  return span >= 1000 ? `${(span / 1000).toFixed(3).replace(/\.?0+$/, "")} ms` : `${span} µs`;
}
