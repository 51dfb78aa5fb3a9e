/* paint.js
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Marks as SVG. Text is built at once, which is many times as fast as an element after the other.
 */

"use strict";

const CHARACTER_WIDTH = 6.1;
/* Messages have words beside them while so few are to be seen. */
const WORDS_MAX = 26;

function escapeText(text) {
  return String(text).replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}

function fitText(text, width) {
  const room = Math.floor((width - 6) / CHARACTER_WIDTH);

  if (room < 2)
    return "";
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

function paintHead(x1, y1, x2, y2) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const dx = (x2 - x1) / length, dy = (y2 - y1) / length;
  const point = (along, across) =>
    `${(x2 - along * dx - across * dy).toFixed(1)} ${(y2 - along * dy + across * dx).toFixed(1)}`;

  return `M${point(0, 0)}L${point(8, 3.2)}L${point(8, -3.2)}Z`;
}

const painters = {
  message(mark, place) {
    const line = `M${mark.x1.toFixed(1)} ${mark.y1}L${mark.x2.toFixed(1)} ${mark.y2.toFixed(1)}`;
    const { x2: x, y2: y } = mark;
    const end = mark.isLost
      ? `<path class="cross" d="M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}"/>`
      : `<path class="head" d="${paintHead(mark.x1, mark.y1, mark.x2, mark.y2)}"/>`;
    const words = !place ? ""
      : `<text class="words" x="${place.x.toFixed(1)}" y="${place.y.toFixed(1)}">${escapeText(place.words)}</text>`;

    const style = mark.thickness ? ` style="stroke-width:${mark.thickness.toFixed(1)}"` : "";

    return `<path class="hit" d="${line}"/><path class="shaft" d="${line}"${style}/>${end}${words}`;
  },

  operation(mark) {
    const words = fitText(mark.words, mark.width);

    return `<rect x="${mark.x.toFixed(1)}" y="${mark.y}" width="${mark.width.toFixed(1)}" height="${mark.height}"/>`
      + (words ? `<text x="${(mark.x + 4).toFixed(1)}" y="${mark.y + mark.height - (mark.height > 14 ? 5 : 3)}">`
        + `${escapeText(words)}</text>` : "");
  },

  fault(mark) {
    const words = fitText(mark.words, mark.room);
    const tint = mark.lanes.map(lane =>
      `<rect class="tint" x="${mark.x.toFixed(1)}" y="${lane.y}" width="${mark.width.toFixed(1)}" `
      + `height="${lane.height}"/>`).join("");

    return `${tint}<rect x="${mark.x.toFixed(1)}" y="${mark.y}" width="${mark.width.toFixed(1)}" `
      + `height="${mark.height}"/>`
      + (words ? `<text x="${(Math.max(mark.x, LABEL_WIDTH) + 4).toFixed(1)}" y="${mark.y + 12}">`
        + `${escapeText(words)}</text>` : "");
  },

  state(mark) {
    const words = fitText(mark.words, mark.width);

    return `<rect x="${mark.x.toFixed(1)}" y="${mark.y}" width="${mark.width.toFixed(1)}" height="${mark.height}"/>`
      + (words ? `<text x="${(Math.max(mark.x, LABEL_WIDTH) + 4).toFixed(1)}" y="${mark.y + 15}">`
        + `${escapeText(words)}</text>` : "");
  },

  note(mark) {
    const { x, y } = mark;

    if (mark.look === "later")
      return `<path class="note-sign" d="M${x} ${y - 5}L${x + 5} ${y + 4}L${x - 5} ${y + 4}Z"/>`;
    if (mark.look === "bad")
      return `<path class="note-sign" d="M${x} ${y - 9}L${x + 9} ${y + 7}L${x - 9} ${y + 7}Z"/>`;
    return `<path class="note-sign" d="M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z"/>`;
  },

  event(mark) {
    return `<circle cx="${mark.x.toFixed(1)}" cy="${mark.y}" r="${mark.items.length > 1 ? 3.2 : 2.2}"/>`;
  },
};

/* Where the words of messages have room: one after the other, along its arrow. */
function placeWords(marks, width) {
  const places = new Map(), taken = [];

  for (const mark of marks) {
    const words = mark.words.replace(/^(request|reply) repo /, "").replace(/ action \S+/, "").slice(0, 40);

    for (const at of [0.22, 0.36, 0.5, 0.64, 0.78]) {
      const x = mark.x1 + (mark.x2 - mark.x1) * at + 6, y = mark.y1 + (mark.y2 - mark.y1) * at + 4;
      const box = { x, y, right: x + words.length * CHARACTER_WIDTH };

      if (x < LABEL_WIDTH || box.right > width || taken.some(other => Math.abs(other.y - y) < 13
                                                               && other.x < box.right && x < other.right))
        continue;
      taken.push(box);
      places.set(mark, { x, y, words });
      break;
    }
  }
  return places;
}

function paintMark(mark, index, place) {
  return `<g class="mark ${mark.kind} ${mark.classes.join(" ")}" data-mark="${index}">`
    + `<title>${escapeText(mark.words)}</title>${painters[mark.kind](mark, place)}</g>`;
}

function paintLanes(scene) {
  return [...scene.lanes.values()].map(lane =>
    `<rect class="lane-back ${lane.index % 2 ? "odd" : ""}" x="0" y="${lane.y}" width="100%" height="${lane.height}"/>`
    + `<line class="lane-line" x1="${LABEL_WIDTH}" x2="100%" y1="${lane.line}" y2="${lane.line}"/>`).join("");
}

function paintLabels(scene) {
  return `<rect class="label-back" x="0" y="0" width="${LABEL_WIDTH - 4}" height="100%"/>`
    + (scene.faultRows > 0 ? `<text class="tick-text" x="10" y="${AXIS_HEIGHT + 14}">faults</text>` : "")
    + [...scene.lanes.values()].map(lane =>
      `<text class="lane-name" x="10" y="${lane.isClient ? lane.y + 20 : lane.line + 4}">`
      + `${escapeText(lane.actor.name)}</text>`).join("");
}

function paintAxis(scene, failureAt) {
  /* The flag of the failure needs room. */
  const isFree = tick => failureAt === null || Math.abs(scene.x(failureAt) - 30 - tick.x) > 70;

  return scene.ticks().map(tick =>
    `<line class="tick" x1="${tick.x.toFixed(1)}" x2="${tick.x.toFixed(1)}" y1="${AXIS_HEIGHT - 6}" y2="100%"/>`
    + (isFree(tick) ? `<text class="tick-text" x="${(tick.x + 3).toFixed(1)}" y="${AXIS_HEIGHT - 10}">`
      + `${tick.words}</text>` : "")).join("");
}

function paintFailure(scene, time) {
  if (time === null || time < scene.view.from || time > scene.view.to)
    return "";
  const x = scene.x(time).toFixed(1);

  return `<line class="failure-line" x1="${x}" x2="${x}" y1="${AXIS_HEIGHT - 6}" y2="100%"/>`
    + `<text class="failure-flag" x="${x}" y="${AXIS_HEIGHT - 10}" text-anchor="end">found ▸</text>`;
}

function paintPicture(scene, marks, failureAt) {
  const messages = marks.filter(mark => mark.kind === "message");
  /* Of those that are picked out, when there are more. */
  const picked = messages.length <= WORDS_MAX ? messages
    : messages.filter(mark => mark.classes.includes("in-cone") || mark.classes.includes("selected"));
  const places = placeWords(picked.length <= WORDS_MAX ? picked : [], LABEL_WIDTH + scene.width);

  return `<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`
    + `<line x1="0" y1="0" x2="0" y2="7" style="stroke:var(--down)" stroke-width="2.2"/></pattern></defs>`
    + paintLanes(scene) + paintAxis(scene, failureAt)
    + marks.map((mark, index) => paintMark(mark, index, places.get(mark))).join("")
    + paintFailure(scene, failureAt) + paintLabels(scene);
}

/* How much happened when, over the whole run, and which part of it is shown. */
function paintOverview(trace, view, width, height, failureAt) {
  const end = Math.max(trace.end, 1);
  const x = time => time / end * width;
  const columns = new Array(Math.max(1, Math.floor(width / 3))).fill(0);

  for (const item of trace.items)
    if (item.type === "message" || item.type === "operation")
      columns[Math.min(columns.length - 1, Math.floor(item.from / end * columns.length))]++;
  const most = Math.max(...columns, 1);
  const bars = columns.map((count, index) => count === 0 ? "" : `<rect class="density" x="${index * 3}" `
    + `y="${height - 2 - count / most * (height - 14)}" width="2" height="${count / most * (height - 14)}"/>`);
  const faults = trace.items.filter(item => item.type === "fault").map(item =>
    `<rect class="overview-fault" x="${x(item.from)}" y="2" width="${Math.max(2, x(item.to) - x(item.from))}" `
    + `height="6"/>`);
  const failure = failureAt === null ? ""
    : `<line class="failure-line" x1="${x(failureAt)}" x2="${x(failureAt)}" y1="0" y2="${height}"/>`;

  return bars.join("") + faults.join("") + failure + `<rect class="window" x="${x(view.from)}" y="1" `
    + `width="${Math.max(4, x(view.to) - x(view.from))}" height="${height - 2}"/>`;
}
