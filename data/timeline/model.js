/* model.js
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lines of a trace, held together: what is drawn, and what follows from what.
 */

"use strict";

const OTHER_ENVELOPES = new Set(["hello", "proof", "ping", "pong", "credit", "cancel", "bye", "end", "unknown"]);

class Trace {
  constructor({ about, records }) {
    this.about = about;
    this.actors = [{ number: 0, name: "world" }];
    this.events = new Map();      /* by number: {number, at, actor, kind, causes, effects} */
    this.items = [];              /* whatever can be selected, in order of time */
    this.messages = new Map();
    this.operations = new Map();
    this.requests = new Map();    /* those that were not yet replied to */
    this.open = new Map();        /* faults, pauses and down times that last */
    this.failureAt = null;
    this.end = 0;
    for (const record of records)
      this.take(record);
    this.finish();
  }

  take(record) {
    const take = this[`take_${record.record}`];

    if (record.at !== undefined)
      this.end = Math.max(this.end, record.at);
    if (take)
      take.call(this, record);
  }

  add(item) {
    this.items.push(item);
    return item;
  }

  take_header(record) { this.header = record; }

  take_actor(record) { this.actors[record.actor] = { number: record.actor, name: record.name }; }

  take_event(record) {
    const event = { number: record.event, at: record.at, actor: record.actor, kind: record.kind, causes: [],
                    effects: [], record };

    this.events.set(event.number, event);
    this.addCause(event.number, record.cause);
    if (record.kind === "disk" || record.kind === "alarm" || record.kind === "call")
      this.add({ type: "event", lane: record.actor, from: record.at, to: record.at, events: [record.event],
                 text: `${record.kind} at ${this.name(record.actor)}`, records: [record] });
  }

  addCause(effect, cause) {
    const before = this.events.get(cause), after = this.events.get(effect);

    if (before && after && before !== after) {
      after.causes.push(cause);
      before.effects.push(effect);
    }
  }

  take_send(record) {
    const item = this.add({
      type: "message", layer: OTHER_ENVELOPES.has(record.envelope) ? "other" : "messages",
      look: OTHER_ENVELOPES.has(record.envelope) ? "other"
        : record.envelope === "message" ? "request" : record.envelope,
      fromLane: record.from, toLane: record.to, from: record.at, to: null, arrives: record.arrives, fate: "under way",
      events: [record.during], text: record.about, losses: record.losses || 0, corrupted: record.corrupted === true,
      records: [record],
    });
    const asker = record.envelope === "request" ? record.from : record.to;
    const key = `${record.connection} ${asker} ${record.request}`;

    this.messages.set(record.message, item);
    if (record.envelope === "request")
      this.requests.set(key, item);
    else if ((record.envelope === "reply" || record.envelope === "error") && this.requests.has(key)) {
      /* What answers may be a disk that works for several: the reply goes back to its request. */
      this.addCause(record.during, this.requests.get(key).events[1]);
      this.requests.delete(key);
    }
  }

  fate(record, fate) {
    const item = this.messages.get(record.message);

    if (!item)
      return;
    item.records.push(record);
    if (fate === "stalled") {
      item.stalled = true;
      return;
    }
    item.to = record.at;
    item.fate = fate;
    item.events.push(record.during);
  }

  take_receive(record) { this.fate(record, "received"); }

  take_lose(record) { this.fate(record, "lost"); }

  take_stall(record) { this.fate(record, "stalled"); }

  take_begin(record) {
    const item = this.add({
      type: "operation", layer: record.within ? "parts" : "operations", part: record.within !== undefined,
      lane: record.actor, from: record.at, to: null, outcome: "open", events: [record.during], parts: [],
      text: [record.verb, ...(record.blocks || [])].join(" "), verb: record.verb, blocks: record.blocks || [],
      records: [record],
    });

    this.operations.set(record.operation, item);
    if (record.within && this.operations.has(record.within)) {
      const whole = this.operations.get(record.within);

      whole.parts.push(item);
      item.whole = whole;
      /* A put is of the blocks that its parts are of. */
      for (const block of item.blocks)
        if (!whole.blocks.includes(block))
          whole.blocks.push(block);
    }
  }

  take_end(record) {
    const item = this.operations.get(record.operation);

    if (!item)
      return;
    item.to = record.at;
    item.outcome = record.outcome;
    item.result = this.tellResult(record, item);
    item.events.push(record.during);
    item.records.push(record);
  }

  tellResult(record, item) {
    if (record.revisions)
      return Object.values(record.revisions).map(rev => rev === 0 ? "none" : `rev ${rev}`).join(", ");
    if (record.staleAt !== undefined)
      return `stale, rev ${record.staleAt} is there`;
    if (record.code)
      return record.code;
    if (["commit", "put"].includes(item.records[0].verb) && record.outcome === "success" && item.part)
      return `rev ${record.rev ?? item.records[0].rev}`;
    return record.result || record.outcome;
  }

  /* What lasts until something else ends it. */
  lasts(kind, number, record, more) {
    const item = this.add({ type: kind, lane: record.actor, from: record.at, to: null, events: [record.during],
                            records: [record], ...more });

    this.open.set(`${kind} ${number}`, item);
  }

  ends(kind, number, record) {
    const item = this.open.get(`${kind} ${number}`);

    if (!item)
      return;
    item.to = record.at;
    item.records.push(record);
    this.open.delete(`${kind} ${number}`);
  }

  take_fault(record) {
    this.lasts("fault", record.fault, record, { lane: record.nodes[0] ?? 0, lanes: record.nodes, text: record.about });
  }

  take_heal(record) { this.ends("fault", record.fault, record); }

  take_peer(record) { this.actors[record.actor].peer = record.peer; }

  /* With the names of nodes and clients instead of their peer ids. */
  tell(text) {
    return this.actors.reduce((told, actor) => actor?.peer ? told.replaceAll(actor.peer, actor.name) : told, text);
  }

  take_note(record) {
    switch (record.note) {
      case "fault": return;
      case "heal": return;
      case "failed": return;
      case "kill": this.lasts("down", record.actor, record, { text: "down" }); break;
      case "stop": this.lasts("down", record.actor, record, { text: "down" }); break;
      case "start": this.ends("down", record.actor, record); break;
      case "pause": this.lasts("paused", record.actor, record, { text: "paused" }); break;
      case "resume": this.ends("paused", record.actor, record); break;
    }
    this.add({ type: "note", lane: record.actor, from: record.at, to: record.at, events: [record.during],
               text: `${record.note}${record.text ? `: ${record.text}` : ""}`, records: [record] });
  }

  take_violation(record) {
    const isFirst = this.failureAt === null;

    if (isFirst)
      this.failureAt = record.at;
    /* What follows a violation may follow from it: only the first counts. */
    this.add({ type: "note", bad: true, isFirst, lane: this.operations.get(record.operation)?.lane ?? 0,
               from: record.at, to: record.at, events: [record.during],
               text: record.text || "another violation, which may follow from the first", records: [record] });
  }

  take_verdict(record) { this.verdict = record; }

  finish() {
    for (const item of this.items) {
      item.events = item.events.filter(number => number !== undefined);
      item.isOpen = item.to === null;
      if (item.type === "message" && item.isOpen)
        item.to = Math.min(item.arrives ?? item.from, this.end);
      item.to ??= this.end;
    }
    for (const item of this.items)
      if (item.type === "operation")
        this.finishOperation(item);
    this.items.sort((a, b) => a.from - b.from);
    this.items.forEach((item, index) => { item.index = index; });
    this.failure = [...new Set(this.about.failure || [])].map(number => this.operations.get(number))
      .filter(item => item);
  }

  finishOperation(item) {
    if (item.part)
      return;
    const last = item.parts.filter(part => ["commit", "put", "get"].includes(part.verb)).pop();

    item.text = [item.verb, ...item.blocks.slice(0, 3)].join(" ") + (item.blocks.length > 3 ? " …" : "");
    if (last && item.outcome === "success")
      item.result = last.result;
  }

  name(actor) { return this.actors[actor]?.name ?? "somebody"; }

  isClient(actor) { return this.name(actor).startsWith("client"); }

  /* All events that an event follows from or that follow from it. A client that begins something
   * after a rest begins another story. */
  follow(numbers, isBack, seen = new Set()) {
    const stack = [...numbers];

    while (stack.length > 0) {
      const event = this.events.get(stack.pop());

      if (!event || seen.has(event.number))
        continue;
      if (!isBack && event.kind === "workload" && !numbers.includes(event.number))
        continue;
      seen.add(event.number);
      if (!isBack || event.kind !== "workload")
        stack.push(...(isBack ? event.causes : event.effects));
    }
    return seen;
  }

  /* {causes, effects}: sets of events. */
  cone(item) {
    /* What a lost message was lost by is no cause of it. */
    const causes = this.follow(item.fate === "lost" ? item.events.slice(0, 1) : item.events.slice(-1), true);
    const effects = this.follow(item.events.slice(0, 1), false);

    /* What lies between the beginning and the end of an operation belongs to it. */
    if (item.type === "operation")
      this.follow(item.events.slice(0, 1), true, causes);
    return { causes, effects };
  }

  failureCone() {
    const all = { causes: new Set(), effects: new Set() };

    for (const item of [...this.failure, ...this.items.filter(one => one.isFirst)]) {
      const cone = this.cone(item);

      cone.causes.forEach(number => all.causes.add(number));
      cone.effects.forEach(number => all.effects.add(number));
    }
    return all;
  }

  isInCone(item, cone) {
    /* What only ends within it may have begun elsewhere. */
    const events = item.fate === "lost" ? item.events.slice(0, 1) : item.events;

    return events.length > 0 && events.every(number => cone.causes.has(number) || cone.effects.has(number));
  }

  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(word => word);

    if (words.length === 0)
      return [];
    return this.items.filter(item => {
      item.haystack ??= [item.text, item.outcome, item.fate, item.result, item.type,
                         ...[item.lane, item.fromLane, item.toLane].filter(lane => lane !== undefined)
                           .map(lane => this.name(lane)),
                         ...item.records.map(record => JSON.stringify(record))].join(" ").toLowerCase();
      return words.every(word => item.haystack.includes(word));
    });
  }
}
