#!/usr/bin/env python3
"""Check one Actum proof file with nothing but Python 3.9 or later.

    python3 standalone.py PROOF --key VKEY|FILE [--record RAW]

It imports no part of Actum, shares no code with the program that wrote the proof, opens no network
connection and writes no file: read all of it before you believe it.

Five claims, C1 to C5 (``CLAIMS`` below), are judged: each is PROVEN, FAILED, or NOT PROVEN (why).
The steps, whose numbers the code carries:

    1  Read the proof file: C2SP tlog-proof.
    2  Read the checkpoint in it: C2SP signed-note and tlog-checkpoint.
    3  Read the opening in its ``extra`` line: the leaf, the salt and the origin.
    4  C1: check the Ed25519 signature (RFC 8032 5.1.7) over the checkpoint's text.  Bring the key
       from somewhere other than the proof; its name must be the log's origin.
    5  C2: hash the leaf as SHA-256(0x00 || leaf) and follow the path up (RFC 9162 2.1.3.2).
    6  C3: compare the two indexes, so that no record can be shown in another's place.
    7  C4: SHA-256(label || salt || length of origin || origin || record) is the leaf's commitment.
    8  C5: no cosignature is checked here: never PROVEN, and not counted in the exit code.

Exit code: 0 if C1 to C4 are PROVEN; 4 if one is not; 2 for a wrong command line; 1 if the proof,
the key or the record cannot be read.

What is not claimed: that the record is true, that nothing is missing around it, or that its
``received`` time is right.  The log's operator set all of these.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

PROVEN, FAILED, NOT_PROVEN = "PROVEN", "FAILED", "NOT PROVEN"
Judged = tuple[str, str]  # one of the three, and why
CLAIMS = {
    "C1": "checkpoint is signed by the key",
    "C2": "leaf is in the tree of that checkpoint",
    "C3": "leaf's own index is the index of the proof",
    "C4": "record bytes are those the leaf commits to",
    "C5": "a witness saw this checkpoint",
}
NAME = r"[^+\s\x00-\x1f\ud800-\udfff]+"  # a key name: no space, plus or control character
VKEY = NAME + r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*"
NO_WITNESS = """no witness cosigned: on one machine the log is tamper-evident only once a witness \
or a copy outside exists"""
Signed = tuple[str, bytes, bytes]  # a key name, its id, and a signature (or a public key)


class Unreadable(Exception):
    """The proof, key or record is not what it should be: exit 1."""


def need(condition: object, why: str) -> None:
    """Stop unless ``condition`` holds."""
    if not condition:
        raise Unreadable(why)


# Ed25519, RFC 8032 section 5.1; the numbers in brackets are its sections.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z (5.1.4)
NEUTRAL = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """Add two points (5.1.4)."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: Point) -> Point:
    """Add a point to itself ``scalar`` times."""
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def decompress(data: bytes) -> Point:
    """Give the point that 32 bytes stand for; ``Unreadable`` if they stand for none (5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    need(y < P, "a point in its second spelling")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_1 % P
    need((v * x * x - u) % P == 0 and not (x == 0 and sign), "not a point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def compress(point: Point) -> bytes:
    """Give the 32 bytes of a point (5.1.2)."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def read_public(public: bytes) -> Point:
    """Give the point of a public key; one of small order fits any text, so it is refused."""
    point = decompress(public)
    need(compress(multiply(8, point)) != compress(NEUTRAL), "a key of small order proves nothing")
    return point


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether S*B = R + k*A (5.1.7), with R and S in their one spelling."""
    x, y, z, t = read_public(public)
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus_a = P - x, y, z, P - t
    return compress(add(multiply(s, BASE), multiply(k, minus_a))) == signature[:32]


def unbase64(text: str) -> bytes:
    """Decode base64 in its one canonical spelling (RFC 4648, section 4)."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Unreadable("bad base64") from None
    need(base64.b64encode(data).decode() == text, "base64 in a second spelling")
    return data


def decimal(text: str) -> int:
    """Read a number below 2**64 without leading zeros."""
    need(re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) < 2**64, "bad number")
    return int(text)


def read_proof(data: bytes) -> tuple[int, list[bytes], bytes, bytes | None]:
    """Step 1: give the index, the path, the checkpoint note and the extra bytes (or None)."""
    need(len(data) <= 2_000_000, "the proof is too large")
    head, blank, note = data.partition(b"\n\n")
    need(blank and head.isascii(), "not a proof file: no blank line, or not ASCII before it")
    lines = head.decode("ascii").split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "not a proof file: wrong first line")
    extra = unbase64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    need(extra != b"" and lines and lines[0].startswith("index "), "no index line")
    index = decimal(lines.pop(0)[6:])
    path = [unbase64(line) for line in lines]
    need(len(path) <= 64 and all(len(each) == 32 for each in path), "bad path")
    return index, path, note, extra


def read_note(data: bytes) -> tuple[str, list[Signed]]:
    """Step 2: give the text of a signed note, and its signatures as (name, key id, rest)."""
    need(len(data) <= 1_000_000, "the checkpoint is too large")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("the checkpoint is not UTF-8") from None
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    need(blank and lines.endswith("\n"), "the checkpoint is not a signed note")
    need(not any(c < " " and c != "\n" for c in text), "the checkpoint has control characters")
    signatures = []
    for line in lines[:-1].split("\n"):
        need(re.fullmatch(f"\u2014 {NAME} [!-~]+", line), "bad signature line")
        blob = unbase64(line.split(" ")[2])
        need(len(blob) > 4, "empty signature")
        signatures.append((line.split(" ")[1], blob[:4], blob[4:]))
    need(len(signatures) <= 100, "too many signatures")
    return text, signatures


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Step 2: give origin, size and root; lines after them mean nothing here."""
    lines = text.split("\n")
    need(len(lines) >= 4 and lines.pop() == "" and all(lines), "not a checkpoint")
    root = unbase64(lines[2])
    need(len(root) == 32, "bad root hash")
    return lines[0], decimal(lines[1]), root


def read_opening(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Step 3: label, leaf (152), salt (16), length (4), origin; give leaf, salt and origin."""
    label = b"actum opening v1\0"
    need(data.startswith(label) and len(data) >= 189, "the extra line is not an Actum opening")
    leaf, salt, length, origin = data[17:169], data[169:185], data[185:189], data[189:]
    need(int.from_bytes(length, "big") == len(origin), "bad length in the opening")
    need(leaf[0] == 1 and leaf[1] in (0, 1, 2), "a leaf of unknown version or kind")
    need(not any(leaf[2:8]) and not any(leaf[120:152]), "reserved bytes of the leaf are not zero")
    return leaf, salt, origin


def read_key(text: str) -> Signed:
    """Read <name>+<key id>+<base64 of 0x01 || public key>; give name, id and public key."""
    need(re.fullmatch(VKEY, text), "the key is not <name>+<8 hex digits>+<base64>")
    name, written_id, key = text.split("+", 2)
    data = unbase64(key)
    need(len(data) == 33 and data[0] == 1, "the key is not an Ed25519 key")
    key_id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    need(key_id.hex() == written_id, "the key's id does not fit it: a character is wrong")
    read_public(data[1:])
    return name, key_id, data[1:]


def judge_signature(key: Signed | None, origin: str, text: str, signed: list[Signed]) -> Judged:
    """Step 4: judge C1 by every signature that names this key."""
    if key is None:
        return NOT_PROVEN, "no --key given, so anyone can have signed it"
    own = [each[2] for each in signed if each[:2] == key[:2]]
    if not own:
        return FAILED, "no signature is by this key"
    if not all(ed25519_verifies(key[2], text.encode(), each) for each in own):
        return FAILED, "the signature does not fit the checkpoint"
    if key[0] != origin:
        return FAILED, f"the checkpoint is of the log {origin!a}, the key of {key[0]!a}"
    return PROVEN, ""


def leads_to_root(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """Step 5: follow the path from the leaf (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for p in path:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn, sn = fn // 2, sn // 2
    return sn == 0 and r == root


def judge(proof: bytes, key: Signed | None, record: bytes | None) -> tuple[dict[str, Judged], str]:
    """Do all steps; give {claim: (state, why)} and a line about the record."""
    index, path, note, extra = read_proof(proof)  # 1
    text, signatures = read_note(note)  # 2
    origin, size, root = read_checkpoint(text)
    opening = None if extra is None else read_opening(extra)  # 3
    verdict: dict[str, Judged] = {}
    verdict["C1"] = judge_signature(key, origin, text, signatures)  # 4
    others = sum(1 for each in signatures if key is None or each[:2] != key[:2])
    unchecked = f"{others} signature(s) by other keys are not checked"
    verdict["C5"] = (NOT_PROVEN, unchecked if others else NO_WITNESS)  # 8
    if opening is None:
        verdict.update(dict.fromkeys(("C2", "C3", "C4"), (NOT_PROVEN, "no opening in the proof")))
        return verdict, f"log {origin!a}, {size} records; of this record nothing is shown"
    leaf, salt, where = opening
    if not leads_to_root(index, size, leaf, path, root):  # 5
        verdict["C2"] = (FAILED, "the path does not lead from the leaf to the root")
    elif verdict["C1"][0] != PROVEN:
        verdict["C2"] = (NOT_PROVEN, "the checkpoint is not proven")
    else:
        verdict["C2"] = (PROVEN, "")
    in_place = int.from_bytes(leaf[8:16], "big") == index  # 6
    moved = "the leaf names another index than the proof"
    verdict["C3"] = (PROVEN, "") if in_place else (FAILED, moved)
    payload = b"actum payload v1\0" + salt + len(where).to_bytes(4, "big") + where
    if record is None:  # 7
        verdict["C4"] = (NOT_PROVEN, "no --record given")
    elif hashlib.sha256(payload + record).digest() == leaf[88:120]:
        verdict["C4"] = (PROVEN, "")
    else:
        verdict["C4"] = (FAILED, "these bytes, salt and origin give another commitment")
    return verdict, describe(origin, size, leaf, where)


def describe(log: str, size: int, leaf: bytes, where: bytes) -> str:
    """Say in one line what the file is about; believe it as far as the claims go."""
    kind = ("record", "delivery", "control record")[leaf[1]]
    received = int.from_bytes(leaf[16:24], "big", signed=True)
    try:
        time = f"{datetime(1970, 1, 1) + timedelta(microseconds=received)}Z"
    except OverflowError:
        time = f"{received} microseconds after 1970"
    index, origin = int.from_bytes(leaf[8:16], "big"), where.decode("utf-8", "surrogateescape")
    return f"{kind} {index} of log {log!a} at {size} records, received {time}, from {origin!a}"


def load_key(argument: str) -> Signed:
    """Take the key itself, or the file it is in."""
    if re.fullmatch(VKEY, argument):
        return read_key(argument)
    return read_key(Path(argument).read_bytes().decode("utf-8", "replace").strip())


def main() -> int:
    """Print one line per claim and return the exit code."""
    parser = argparse.ArgumentParser(description="Check one Actum proof file.")
    parser.add_argument("proof", metavar="PROOF", help="the .tlog-proof file")
    parser.add_argument("--key", metavar="VKEY|FILE", help="the log's key, from outside the proof")
    parser.add_argument("--record", metavar="RAW", help="a file with the record's exact bytes")
    options = parser.parse_args()
    try:
        key = None if options.key is None else load_key(options.key)
        record = None if options.record is None else Path(options.record).read_bytes()
        verdict, about = judge(Path(options.proof).read_bytes(), key, record)
    except (Unreadable, OSError, ValueError) as error:
        sys.stderr.write(ascii(f"unreadable: {error}")[1:-1] + "\n")
        return 1
    lines = [about]
    for claim, text in CLAIMS.items():
        state, why = verdict[claim]
        lines.append(f"{state:10}  {claim}  {text}" + (f" ({why})" if why else ""))
    proven = all(verdict[claim][0] == PROVEN for claim in ("C1", "C2", "C3", "C4"))
    lines.append("C1 to C4 are proven" if proven else "NOT everything is proven: do not rely on it")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if proven else 4


if __name__ == "__main__":
    sys.exit(main())
