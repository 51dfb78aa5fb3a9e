// SPDX-License-Identifier: LGPL-2.1-or-later
//
// check.mjs ASK_KEYS ADDRESSES: asks our program and libp2p's packages the same questions.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'

const KEYS = 200
const MUTATIONS = 1000
const [askKeys, addressesFile] = process.argv.slice(2)
const hex = (bytes) => Buffer.from(bytes).toString('hex') || '-'

// One answer for each question, in order.
function ask (questions) {
  const run = spawnSync(askKeys, { input: questions.join('\n') + '\n', encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  const answers = run.stdout.split('\n').slice(0, -1)
  assert.equal(answers.length, questions.length)
  return answers
}

// Bytes that look random and are the same in each run.
function bytes (label, length) {
  return createHash('shake256', { outputLength: length }).update(label).digest()
}

async function theirKeys () {
  const made = []
  for (let i = 0; i < KEYS; i++) {
    const key = await generateKeyPair('Ed25519')
    const message = bytes(`message ${i}`, i * 7)
    made.push({ key, message, id: peerIdFromPrivateKey(key), signature: await key.sign(message) })
  }
  const ids = ask(made.map(({ id }) => `id ${id}`))
  const right = ask(made.map(({ id, message, signature }) => `verify ${id} ${hex(message)} ${hex(signature)}`))
  const wrong = ask(made.map(({ id, message, signature }) =>
    `verify ${id} ${hex(Buffer.concat([message, Buffer.from([0])]))} ${hex(signature)}`))
  made.forEach(({ id, key }, i) => {
    assert.equal(ids[i], `ok ${id} ${hex(key.publicKey.raw)}`)
    assert.equal(right[i], 'yes')
    assert.equal(wrong[i], 'no')
  })
}

async function ourKeys () {
  const seeds = Array.from({ length: KEYS }, (_, i) => bytes(`seed ${i}`, 32))
  const messages = seeds.map((_, i) => bytes(`message ${i}`, i * 7))
  const ids = ask(seeds.map((seed) => `make ${hex(seed)}`))
  const signatures = ask(seeds.map((seed, i) => `sign ${hex(seed)} ${hex(messages[i])}`))
  for (let i = 0; i < KEYS; i++) {
    const key = await generateKeyPairFromSeed('Ed25519', seeds[i])
    const id = peerIdFromString(ids[i].replace(/^ok /, ''))
    const signature = Buffer.from(signatures[i].replace(/^ok /, ''), 'hex')
    assert.equal(id.type, 'Ed25519')
    assert.equal(id.toString(), peerIdFromPrivateKey(key).toString())
    assert.ok(await id.publicKey.verify(messages[i], signature))
    assert.equal(hex(signature), hex(await key.sign(messages[i])))
  }
}

// What one side accepts after a change of a letter, the other does too.
function changedIds () {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl'
  const start = '12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV'
  const texts = Array.from({ length: MUTATIONS }, (_, i) => {
    const chance = bytes(`change ${i}`, 2)
    const at = chance[0] % start.length
    return start.slice(0, at) + letters[chance[1] % letters.length] + start.slice(at + 1)
  })
  const ours = ask(texts.map((text) => `id ${text}`))
  let accepted = 0
  texts.forEach((text, i) => {
    let theirs = false
    try {
      const id = peerIdFromString(text)
      theirs = id.type === 'Ed25519' && id.toString() === text
    } catch {}
    assert.equal(ours[i].startsWith('ok '), theirs, `${text}: ${ours[i]}`)
    accepted += theirs ? 1 : 0
  })
  assert.ok(accepted > MUTATIONS / 4)
  assert.ok(accepted < MUTATIONS)
}

// Keys for which anyone can sign: they take them, we do not.
function forgeableIds () {
  const texts = [
    '12D3KooW9pNAk8aiBuGVQtWRdbkLmo5qVL3e2h5UxbN2Nz9ttwiw',
    '12D3KooW9tGaPdJo5jmCpadQ971nfiq4kLcQjeBPYTfutBTtckPH',
    '12D3KooWRmWnxWYi14bhDq1LCBs9xQj1pdxKMrDMMATUgCgkicNS',
    '12D3KooWRqRCc1Gntu6QdX8Jhh8brLUF5eX64oKFw2mNBPzkSR2n'
  ]
  ask(texts.map((text) => `id ${text}`)).forEach((answer, i) => {
    assert.match(answer, /^error expected an Ed25519 key/)
    assert.equal(peerIdFromString(texts[i]).toString(), texts[i])
  })
}

function theirAddress (text) {
  try {
    return multiaddr(text).toString()
  } catch {
    return null
  }
}

function addresses () {
  const rows = readFileSync(addressesFile, 'utf8').split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .map(([verdict, text, our, their]) => ({ verdict, text: text === '(empty)' ? '' : text, our, their }))
  const answers = ask(rows.map(({ text }) => `address ${text}`))
  rows.forEach(({ verdict, text, our, their }, i) => {
    const ours = answers[i].startsWith('ok ') ? answers[i].slice(3) : null
    const theirs = theirAddress(text)
    const where = `${verdict} ${text}: ours ${answers[i]}, theirs ${theirs}`
    assert.ok(['both', 'none', 'ours', 'theirs'].includes(verdict), where)
    assert.equal(ours !== null, verdict === 'both' || verdict === 'ours', where)
    assert.equal(theirs !== null, verdict === 'both' || verdict === 'theirs', where)
    if (verdict === 'both') {
      assert.equal(ours, our ?? text, where)
      assert.equal(theirs, their ?? our ?? text, where)
      // Each side reads what the other writes.
      assert.notEqual(theirAddress(ours), null, where)
    }
  })
  ask(rows.filter(({ verdict }) => verdict === 'both').map(({ text }) => `address ${theirAddress(text)}`))
    .forEach((answer) => assert.match(answer, /^ok /))
  return rows.length
}

await theirKeys()
await ourKeys()
changedIds()
forgeableIds()
console.log(`${KEYS} keys of theirs, ${KEYS} of ours, ${MUTATIONS} changed ids and ${addresses()} addresses agree`)
