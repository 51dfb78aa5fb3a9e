// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The wire, as data/docs/wire.md has it: keys, the handshake, and requests. Nothing here was
// taken from the library.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { WebSocket } from 'ws'

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const PEER_ID_HEAD = Buffer.from('002408011220', 'hex')
// What node's crypto wants around the 32 bytes of a key (RFC 8410).
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

export const base64url = (bytes) => Buffer.from(bytes).toString('base64url')

export function base58 (bytes) {
  let number = BigInt('0x' + Buffer.from(bytes).toString('hex'))
  let text = ''
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text
  for (let i = 0; bytes[i] === 0; i++) text = '1' + text
  return text
}

function unbase58 (text) {
  let number = 0n
  for (const char of text) {
    const digit = ALPHABET.indexOf(char)
    if (digit < 0) throw new Error(`not base58: ${text}`)
    number = number * 58n + BigInt(digit)
  }
  const hex = number.toString(16)
  const zeros = text.match(/^1*/)[0].length
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 ? '0' + hex : hex, 'hex')])
}

export class Identity {
  constructor (seed = randomBytes(32)) {
    this.key = createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, seed]), format: 'der', type: 'pkcs8' })
    const der = createPublicKey(this.key).export({ format: 'der', type: 'spki' })
    this.peerId = base58(Buffer.concat([PEER_ID_HEAD, der.subarray(PUBLIC_HEAD.length)]))
  }

  sign (text) {
    return base64url(sign(null, Buffer.from(text), this.key))
  }
}

export function verifies (peerId, text, signature) {
  const bytes = unbase58(peerId)
  if (bytes.length !== 38 || !bytes.subarray(0, 6).equals(PEER_ID_HEAD)) return false
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, bytes.subarray(6)]), format: 'der', type: 'spki' })
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
}

// Canonical JSON. JavaScript sorts strings by UTF-16 code units and writes numbers as needed.
export function canonical (value) {
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return '{' + Object.keys(value).sort().map((name) =>
    JSON.stringify(name) + ':' + canonical(value[name])).join(',') + '}'
}

export function proofText (role, own, other, binding) {
  return canonical(['weft/handshake/1', role, own, other, binding])
}

export function sha256 (text) {
  return createHash('sha256').update(text).digest('hex')
}

export function parseAddress (address) {
  const [, kind, host, , port, scheme, , peerId] = address.split('/')
  return { host: kind === 'ip6' ? `[${host}]` : host, port, scheme, peerId }
}

export class RemoteError extends Error {
  constructor ({ code, message, retry }) {
    super(`${code}: ${message}`)
    this.code = code
    this.retry = retry
  }
}

export class Connection {
  constructor (socket, identity, network) {
    Object.assign(this, { socket, identity, network, lastId: 0, waiting: new Map() })
    this.binding = socket._socket.exportKeyingMaterial?.(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    this.frames = []
    socket.on('message', (data, isBinary) => this.receive(data, isBinary))
    socket.on('close', (code, reason) => this.end(new Error(`closed: ${code} ${reason}`)))
  }

  static async open (address, network, { identity = new Identity(), timeout = 10000 } = {}) {
    const { host, port, scheme, peerId } = parseAddress(address)
    const url = `${scheme}://${host}:${port}/weft/${encodeURIComponent(network)}`
    const socket = new WebSocket(url, 'weft.v1', { rejectUnauthorized: false, perMessageDeflate: false, handshakeTimeout: timeout })
    const connection = await new Promise((resolve, reject) => {
      // Made in the event itself, so that it hears the first frame too.
      socket.on('open', () => resolve(new Connection(socket, identity, network)))
      socket.on('error', reject)
    })
    await connection.handshake(peerId)
    return connection
  }

  async handshake (expectedPeerId) {
    const own = {
      version: 1,
      peerId: this.identity.peerId,
      nonce: base64url(randomBytes(32)),
      network: this.network,
      role: 'client',
      agent: 'stranger.mjs/1'
    }
    if (this.binding) own.binding = 'tls-exporter'
    this.send({ hello: own })
    const { hello } = await this.frame()
    if (hello?.version !== 1 || hello.network !== this.network || hello.peerId === own.peerId) throw new Error(`not a good hello: ${JSON.stringify(hello)}`)
    if (expectedPeerId && hello.peerId !== expectedPeerId) throw new Error(`expected ${expectedPeerId}, got ${hello.peerId}`)
    const binding = this.binding && hello.binding === 'tls-exporter' ? base64url(this.binding) : ''
    this.send({ proof: this.identity.sign(proofText('dialer', own, hello, binding)) })
    const { proof } = await this.frame()
    if (!proof || !verifies(hello.peerId, proofText('listener', hello, own, binding), proof)) throw new Error('the proof of the node does not verify')
    this.hello = hello
    this.isBound = binding !== ''
  }

  send (envelope) {
    this.socket.send(JSON.stringify(envelope))
  }

  // The next frame of the handshake.
  frame () {
    return new Promise((resolve, reject) => {
      if (this.frames.length > 0) resolve(this.frames.shift())
      else if (this.error) reject(this.error)
      else this.wanted = { resolve, reject }
    })
  }

  receive (data, isBinary) {
    if (isBinary) throw new Error('the node sent a binary message')
    const envelope = JSON.parse(data.toString())
    if (!this.hello) {
      const wanted = this.wanted
      delete this.wanted
      if (wanted) wanted.resolve(envelope)
      else this.frames.push(envelope)
    } else if ('ping' in envelope) {
      this.send({ pong: envelope.ping })
    } else if ('re' in envelope) {
      const waiting = this.waiting.get(envelope.re)
      this.waiting.delete(envelope.re)
      if (waiting && envelope.error) waiting.reject(new RemoteError(envelope.error))
      else if (waiting) waiting.resolve(envelope.body)
    } else if ('id' in envelope) {
      this.send({ re: envelope.id, error: { code: 'refused', message: 'a client serves nothing' } })
    }
  }

  end (error) {
    this.error = error
    this.wanted?.reject(error)
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }

  request (to, body, deadline = 10000) {
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      if (this.error) reject(this.error)
      this.waiting.set(id, { resolve, reject })
      this.send({ id, to, deadline, body })
    })
  }

  close () {
    return new Promise((resolve) => {
      this.socket.on('close', resolve)
      this.socket.close()
    })
  }
}
