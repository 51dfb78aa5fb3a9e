// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Compares the reader and the writer with JSON.parse and JSON.stringify over generated texts.
// Usage: node json-differential.mjs PROGRAM [COUNT] [SEED]
//
// JavaScript accepts more than we do. What we refuse beyond it is decided here once more, from the
// text, in a way that shares nothing with the C code: see isStricter().

import { spawnSync } from 'node:child_process';

const [program, count = '30000', seed = '1'] = process.argv.slice(2);

// mulberry32 does for texts; the seed is printed with a failure.
let state = Number (seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul (t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul (t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = n => Math.floor (random () * n);
const pick = list => list[below (list.length)];

const doubleFromBits = () => {
  const view = new DataView (new ArrayBuffer (8));
  view.setUint32 (0, below (4294967296));
  view.setUint32 (4, below (4294967296));
  return view.getFloat64 (0);
};

const powerOfTwoNeighbour = () => {
  const view = new DataView (new ArrayBuffer (8));
  view.setFloat64 (0, 2 ** (below (2098) - 1074));
  view.setBigUint64 (0, view.getBigUint64 (0) + BigInt (below (5) - 2) & 0x7fefffffffffffffn);
  return view.getFloat64 (0);
};

const digits = n => Array.from ({ length: n }, () => below (10)).join ('');

function makeNumber () {
  switch (below (9)) {
    case 0: return String (below (1000) - 500);
    case 1: return String ((below (2) ? 1 : -1) * (Number.MAX_SAFE_INTEGER - below (3) + below (5)));
    case 2: return (random () * 10 ** below (20)).toString ();
    case 3: return `${below (2) ? '-' : ''}${below (10)}.${digits (1 + below (22))}`;
    case 4: return `${below (10)}${pick (['', '.' + digits (1 + below (18))])}${pick (['e', 'E'])}`
      + `${pick (['', '+', '-'])}${digits (1 + below (3))}`;
    case 5: return String (powerOfTwoNeighbour ());
    case 6: return (below (1e9) / 10 ** below (10)).toString ();
    case 7: return pick (['-0', '0', '0.0', '-0.0e5', '1e21', '1e20', '5e-324', '2e308',
      digits (1 + below (25))]);
    default: return String (doubleFromBits ());
  }
}

const unit = () => pick ([
  () => String.fromCharCode (32 + below (95)),
  () => String.fromCharCode (below (32)),
  () => String.fromCharCode (below (65536)),
  () => String.fromCodePoint (0x10000 + below (0x100000)),
  () => String.fromCharCode (0xd800 + below (2048)),
  () => pick (['"', '\\', '/', '\u2028', '\u007f', '\u0080', '\ufeff', '\uffff', 'é', 'aaaaaaaa']),
]) ();

function escaped (character) {
  if (below (4) === 0)
    return [...Array (character.length).keys ()].map (i => {
      const hex = character.charCodeAt (i).toString (16).padStart (4, '0');
      return '\\u' + (below (2) ? hex : hex.toUpperCase ());
    }).join ('');
  return JSON.stringify (character).slice (1, -1);
}

// Mostly characters that all accept, or nearly every text would be refused for its strings.
const plain = () => pick ([...'abcXYZ019 _-.é€😀דּ']);
const makeString = () => '"' + Array.from ({ length: below (12) },
  () => escaped (below (40) ? plain () : unit ())).join ('') + '"';
const space = () => below (6) ? '' : pick ([' ', '\n', '\t', '\r\n', '  ']);

function makeValue (depth) {
  const kind = below (depth > 0 ? 10 : 6);
  if (kind < 3)
    return makeNumber ();
  if (kind < 5)
    return makeString ();
  if (kind === 5)
    return pick (['null', 'true', 'false']);
  const items = Array.from ({ length: below (6) }, () => space () + (kind < 8
    ? makeValue (depth - 1) : makeString () + space () + ':' + space () + makeValue (depth - 1))
    + space ());
  return kind < 8 ? `[${items.join (',')}]` : `{${items.join (',')}}`;
}

function mutate (text) {
  const at = below (text.length + 1);
  switch (below (4)) {
    case 0: return text.slice (0, at);
    case 1: return text.slice (0, at) + pick ([...'[]{},:"\\0123.eE+-nutfl \0\u00a0']) + text.slice (at);
    case 2: return text.slice (0, at) + text.slice (at + 1);
    default: return text.slice (0, at) + text.slice (below (text.length + 1));
  }
}

// What we refuse although JSON.parse() accepts it. The text is known to be JSON here.
function isStricter (text) {
  const tokens = text.match (/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[[\]{}:,]/g) ?? [];
  const names = [];
  let depth = 0;
  for (const [i, token] of tokens.entries ()) {
    if (token === '{' || token === '[') {
      names.push (new Set ());
      if (++depth > 64)
        return true;
    } else if (token === '}' || token === ']') {
      names.pop ();
      depth--;
    } else if (token[0] === '"') {
      const string = JSON.parse (token);
      if (string.includes ('\0') || !string.isWellFormed ())
        return true;
      if (tokens[i + 1] === ':') {
        if (names.at (-1).has (string))
          return true;
        names.at (-1).add (string);
      }
    } else if (token !== ':' && token !== ',') {
      const size = Math.abs (Number (token));
      const isPlain = /^-?\d+$/.test (token);
      if (!Number.isFinite (size) || (size >= 2 ** 53 && (size < 1e21 || isPlain)))
        return true;
    }
  }
  return false;
}

// JSON.stringify() with sorted members; the default order of strings is that of UTF-16 units.
function canonical (value) {
  if (Array.isArray (value))
    return `[${value.map (canonical).join (',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.keys (value).sort ()
      .map (name => `${JSON.stringify (name)}:${canonical (value[name])}`).join (',')}}`;
  return JSON.stringify (value);
}

function expected (text) {
  let value;
  try {
    value = JSON.parse (text);
  } catch {
    return 'error';
  }
  return isStricter (text) ? 'error' : canonical (value);
}

if (!''.isWellFormed) {
  console.log ('SKIP: this node is too old for String.prototype.isWellFormed()');
  process.exit (77);
}

const texts = [];
for (let i = 0; i < Number (count); i++) {
  const text = space () + makeValue (5) + space ();
  // A lone surrogate in the text itself has no UTF-8; those in escapes are left.
  texts.push ((below (4) ? text : mutate (text)).toWellFormed ());
}
const input = texts.map (text => Buffer.from (text).toString ('base64')).join ('\n') + '\n';
const result = spawnSync (program, { input, maxBuffer: 1 << 30 });
const answers = result.stdout.toString ().split ('\n');
if (result.status !== 0 || answers.length !== texts.length + 1) {
  console.log (`${program}: status ${result.status}, ${answers.length - 1} answers`);
  process.exit (1);
}

let accepted = 0;
for (const [i, text] of texts.entries ()) {
  const answer = answers[i] === 'error' ? 'error' : Buffer.from (answers[i], 'base64').toString ();
  const wanted = expected (text);
  if (answer !== wanted) {
    console.log (`seed ${seed}, text ${i}: ${JSON.stringify (text)}\n  ours   ${answer}\n  theirs ${wanted}`);
    process.exit (1);
  }
  accepted += answer !== 'error';
}
console.log (`${texts.length} texts agree: ${accepted} accepted, ${texts.length - accepted} refused`);
process.exit (accepted > texts.length / 4 && accepted < texts.length ? 0 : 1);
