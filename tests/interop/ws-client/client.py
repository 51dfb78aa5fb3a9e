#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""client.py --document FILE [--address ADDRESS --network NAME]

Written from data/docs/wire.md alone: checks the example in it; then, against a node, does the
handshake, gets, pends, commits and reads back. Ends with 77 where a package is missing.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import ssl
import sys
import urllib.parse

try:
    import websockets
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519
except ImportError as error:
    print(f"SKIP: {error}")
    sys.exit(77)

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PEER_ID_HEAD = bytes.fromhex("002408011220")
REPO = "/db-p2p/repo/1.0.0"
SYNC = "/db-p2p/sync/1.0.0"
NODE = "/db-p2p/node/1.0.0"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base58(data):
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unbase58(text):
    number = 0
    for char in text:
        number = number * 58 + ALPHABET.index(char)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


class Identity:
    def __init__(self, seed):
        self.key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.peer_id = base58(PEER_ID_HEAD + public)

    def sign(self, text):
        return encode(self.key.sign(text.encode()))


def verifies(peer_id, text, signature):
    data = unbase58(peer_id)
    if len(data) != 38 or not data.startswith(PEER_ID_HEAD):
        return False
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(data[6:])
        key.verify(decode(signature), text.encode())
    except InvalidSignature:
        return False
    return True


def proof_text(role, own, other, binding):
    items = ["weft/handshake/1", role, own, other, binding]
    return json.dumps(items, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_document(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().split("### A worked example")[1]
    example = json.loads(text.split("```json")[1].split("```")[0])
    for role, other_role in (("dialer", "listener"), ("listener", "dialer")):
        own, other = example[role], example[other_role]
        identity = Identity(decode(own["seed"]))
        plain = proof_text(role, own["hello"], other["hello"], "")
        bound = proof_text(role, own["boundHello"], other["boundHello"], example["binding"])
        assert identity.peer_id == own["hello"]["peerId"]
        assert hashlib.sha256(plain.encode()).hexdigest() == own["proofTextSha256"]
        assert identity.sign(plain) == own["proof"]
        assert identity.sign(bound) == own["boundProof"]
        assert verifies(identity.peer_id, bound, own["boundProof"])
        assert not verifies(other["hello"]["peerId"], bound, own["boundProof"])


class RemoteError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error.get('message')}")
        self.code = error["code"]


class Node:
    """One connection; asks one thing at a time."""

    def __init__(self, socket):
        self.socket = socket
        self.last_id = 0

    async def send(self, envelope):
        await self.socket.send(json.dumps(envelope, ensure_ascii=False))

    async def receive(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), 20))

    async def handshake(self, network, expected_peer_id):
        identity = Identity(os.urandom(32))
        own = {
            "version": 1,
            "peerId": identity.peer_id,
            "nonce": encode(os.urandom(32)),
            "network": network,
            "role": "client",
            "agent": "stranger.py/1",
        }
        await self.send({"hello": own})
        hello = (await self.receive())["hello"]
        assert hello["version"] == 1 and hello["network"] == network
        assert expected_peer_id in (None, hello["peerId"])
        # Python's ssl does not know this binding, so the hello above did not offer it.
        await self.send({"proof": identity.sign(proof_text("dialer", own, hello, ""))})
        proof = (await self.receive())["proof"]
        assert verifies(hello["peerId"], proof_text("listener", hello, own, ""), proof)
        return hello

    async def request(self, to, body):
        self.last_id += 1
        await self.send({"id": self.last_id, "to": to, "deadline": 10000, "body": body})
        while True:
            envelope = await self.receive()
            if "ping" in envelope:
                await self.send({"pong": envelope["ping"]})
            elif envelope.get("re") == self.last_id:
                if "error" in envelope:
                    raise RemoteError(envelope["error"])
                return envelope["body"]

    async def repo(self, **operation):
        return await self.request(REPO, {"operations": [operation]})


async def write(node, block_id):
    action_id = encode(os.urandom(16))
    block = {"header": {"id": block_id, "type": "note", "collectionId": block_id}, "n": 1}
    assert await node.repo(get={"blockIds": [block_id]}) == {block_id: {"state": {}}}
    pended = await node.repo(
        pend={
            "actionId": action_id,
            "transforms": {"inserts": {block_id: block}},
            "bases": {block_id: 0},
            "policy": "f",
        }
    )
    assert pended == {"success": True, "pending": [], "blockIds": [block_id]}
    commit = {"actionId": action_id, "blockIds": [block_id], "tailId": block_id, "rev": 1}
    for _ in range(2):
        assert await node.repo(commit=commit) == {"success": True}
    assert await node.repo(get={"blockIds": [block_id]}) == {
        block_id: {
            "block": block,
            "state": {"latest": {"actionId": action_id, "rev": 1}},
            "materializedRev": 1,
        }
    }


async def session(address, network):
    parts = address.split("/")
    host = f"[{parts[2]}]" if parts[1] == "ip6" else parts[2]
    expected_peer_id = parts[7] if len(parts) > 7 else None
    url = f"{parts[5]}://{host}:{parts[4]}/weft/{urllib.parse.quote(network, safe='')}"
    context = None
    if parts[5] == "wss":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE

    # The library offers compression by default; a node does not take the offer up.
    async with websockets.connect(url, subprotocols=["weft.v1"], ssl=context, max_size=2**23) as socket:
        assert socket.subprotocol == "weft.v1"
        node = Node(socket)
        hello = await node.handshake(network, expected_peer_id)
        assert REPO in hello["protocols"]
        block_id = "stranger/" + encode(os.urandom(8))
        await write(node, block_id)
        archive = (await node.request(SYNC, {"blockId": block_id}))["archive"]
        assert list(archive["revisions"]) == ["1"]
        assert "peers" in await node.request(NODE, {"peers": {}})
        try:
            await node.request("/nobody/serves/this", {})
            raise AssertionError("a protocol that nobody serves was answered")
        except RemoteError as error:
            assert error.code == "refused"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--document", required=True)
    parser.add_argument("--address")
    parser.add_argument("--network")
    arguments = parser.parse_args()
    check_document(arguments.document)
    print("the example in the document holds")
    if arguments.address:
        asyncio.run(session(arguments.address, arguments.network))
        print(f"a whole session with {arguments.address}")


main()
