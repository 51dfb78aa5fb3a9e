// SPDX-License-Identifier: LGPL-2.1-or-later
//
// client.mjs --document FILE [--address ADDRESS --network NAME]
//
// Checks the example in the document of the wire; then, against a node, does what a stranger
// would: handshake, get, pend, commit, read back, history, and what the node must refuse.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { base64url, Connection, Identity, proofText, RemoteError, sha256, verifies } from './wire.mjs'

const REPO = '/db-p2p/repo/1.0.0'
const SYNC = '/db-p2p/sync/1.0.0'
const NODE = '/db-p2p/node/1.0.0'

function checkDocument (file) {
  const text = readFileSync(file, 'utf8').split('### A worked example')[1]
  const { dialer, listener, binding } = JSON.parse(text.split('```json')[1].split('```')[0])
  for (const [role, own, other] of [['dialer', dialer, listener], ['listener', listener, dialer]]) {
    const identity = new Identity(Buffer.from(own.seed, 'base64url'))
    const plain = proofText(role, own.hello, other.hello, '')
    const bound = proofText(role, own.boundHello, other.boundHello, binding)
    assert.equal(identity.peerId, own.hello.peerId)
    assert.equal(sha256(plain), own.proofTextSha256)
    assert.equal(identity.sign(plain), own.proof)
    assert.equal(identity.sign(bound), own.boundProof)
    assert.ok(verifies(own.hello.peerId, bound, own.boundProof))
    assert.ok(!verifies(other.hello.peerId, bound, own.boundProof))
  }
}

async function rejectsWith (promise, code) {
  await assert.rejects(promise, (error) => error instanceof RemoteError && error.code === code)
}

const operation = (one) => ({ operations: [one] })

async function write (node, blockId) {
  const actionId = base64url(randomBytes(16))
  const block = { header: { id: blockId, type: 'note', collectionId: blockId }, text: 'grüße', tags: ['a'] }
  const get = () => node.request(REPO, operation({ get: { blockIds: [blockId] } }))
  const pend = { actionId, transforms: { inserts: { [blockId]: block } }, bases: { [blockId]: 0 }, policy: 'f' }
  const commit = { actionId, blockIds: [blockId], tailId: blockId, rev: 1 }

  assert.deepEqual(await get(), { [blockId]: { state: {} } })
  assert.deepEqual(await node.request(REPO, operation({ pend })), { success: true, pending: [], blockIds: [blockId] })
  assert.deepEqual((await get())[blockId].state, { pendings: [actionId] })
  assert.deepEqual(await node.request(REPO, operation({ commit })), { success: true })
  assert.deepEqual(await node.request(REPO, operation({ commit })), { success: true })
  assert.deepEqual(await get(), {
    [blockId]: { block, state: { latest: { actionId, rev: 1 } }, materializedRev: 1 }
  })
}

async function update (node, blockId) {
  const actionId = base64url(randomBytes(16))
  const updates = { [blockId]: [['text', null, null, 'servus'], ['tags', -1, 0, ['b']]] }
  const pend = { actionId, transforms: { updates }, bases: { [blockId]: 1 }, policy: 'f' }
  const commit = { actionId, blockIds: [blockId], tailId: blockId, rev: 5 }

  assert.equal((await node.request(REPO, operation({ pend }))).success, true)
  assert.deepEqual(await node.request(REPO, operation({ commit })), { success: true })
  const got = (await node.request(REPO, operation({ get: { blockIds: [blockId] } })))[blockId]
  assert.equal(got.block.text, 'servus')
  assert.equal(got.materializedRev, 5)

  const stale = await node.request(REPO, operation({ pend: { ...pend, actionId: base64url(randomBytes(16)) } }))
  assert.equal(stale.success, false)

  const { archive } = await node.request(SYNC, { blockId })
  assert.deepEqual(Object.keys(archive.revisions), ['1', '5'])
  assert.deepEqual(await node.request(SYNC, { blockId: blockId + '-not' }), {})
}

async function cancel (node, blockId) {
  const actionId = base64url(randomBytes(16))
  const pend = { actionId, transforms: { deletes: [blockId] }, bases: { [blockId]: 5 }, policy: 'f' }
  assert.equal((await node.request(REPO, operation({ pend }))).success, true)
  const actionRef = { actionId, blockIds: [blockId] }
  assert.deepEqual(await node.request(REPO, operation({ cancel: { actionRef } })), {})
  const got = (await node.request(REPO, operation({ get: { blockIds: [blockId] } })))[blockId]
  assert.equal(got.state.pendings, undefined)
}

async function refusals (node) {
  await rejectsWith(node.request('/nobody/serves/this', {}), 'refused')
  await rejectsWith(node.request(REPO, { operations: [] }), 'invalid')
  await rejectsWith(node.request(REPO, operation({ fetch: {} })), 'invalid')
}

async function breaksOff (address, network, what, expected) {
  const node = await Connection.open(address, network)
  const closed = new Promise((resolve) => node.socket.on('close', (code, reason) => resolve(reason.toString())))
  node.socket.send(what)
  assert.match(await closed, expected)
}

async function session (address, network) {
  const node = await Connection.open(address, network)
  assert.equal(node.hello.role, 'peer')
  assert.ok(node.hello.protocols.includes(REPO))
  assert.equal(node.isBound, address.includes('/wss'))
  const blockId = 'stranger/' + base64url(randomBytes(8)) + '/ä'

  await write(node, blockId)
  await update(node, blockId)
  await cancel(node, blockId)
  await refusals(node)
  const { blockIds } = await node.request(SYNC, { list: {} })
  assert.ok(blockIds.includes(blockId))
  assert.equal(typeof await node.request(NODE, { status: {} }), 'object')

  const replies = await Promise.all(Array.from({ length: 64 }, () =>
    node.request(REPO, operation({ get: { blockIds: [blockId] } }))))
  assert.ok(replies.every((reply) => reply[blockId].block.text === 'servus'))
  await node.close()

  await breaksOff(address, network, '{"what":"is this"}', /^protocol/)
  await breaksOff(address, network, 'not JSON', /^protocol/)
  await assert.rejects(Connection.open(address, network + '-another'))
}

const { values } = parseArgs({
  options: { document: { type: 'string' }, address: { type: 'string' }, network: { type: 'string' } }
})
checkDocument(values.document)
console.log('the example in the document holds')
if (values.address) {
  await session(values.address, values.network)
  console.log(`a whole session with ${values.address}`)
}
