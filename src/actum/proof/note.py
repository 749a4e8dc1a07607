"""Signed notes: text that carries its signatures, by the C2SP signed-note specification.

Rules:

1. The whole note is read strictly before any signature is looked at: what is not a note raises
   ``MalformedProof`` whoever signed it.
2. A key is known by its name *and* its id.  Lines by other keys are kept and ignored, so that keys
   can be rotated and witnesses can add their own.
3. One bad signature by a known key condemns the note; so does having none by a known key.
4. The only algorithm is Ed25519 (type 0x01).  A public key that is no point, or not written
   canonically, or of small order is refused: under some of these one signature fits many texts.
5. Every note has one spelling: base64 that would not be written the same way again is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from actum.errors import MalformedProof, VerificationFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MAX_NOTE_SIZE",
    "MAX_SIGNATURES",
    "Note",
    "Signature",
    "Signer",
    "Verifier",
    "open_note",
    "sign",
]

MAX_NOTE_SIZE: Final = 1_000_000
MAX_SIGNATURES: Final = 100
"""More than the 16 the specification asks for, few enough to check in no time."""

ED25519: Final = b"\x01"
"""The signature type identifier byte of signed-note, "Signature types"."""

_P: Final = 2**255 - 19
_ORDER_8_Y: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})
"""The y coordinates of the eight points whose order divides 8 (RFC 8032 §5.1's curve)."""

_VKEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it signs under (signed-note, "Signatures")."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != 32:
            raise MalformedProof("a public key is not 32 bytes long")
        y = int.from_bytes(self.public_key, "little") & ((1 << 255) - 1)
        if y >= _P or y in _SMALL_ORDER_Y or not _on_curve(y):
            raise MalformedProof(
                f"the public key of {self.name!r} can prove nothing",
                why="it is no point of the curve, not canonical, or has small order",
                todo="ask the log's operator for its key",
            )

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read ``<name>+<key id, 8 hex digits>+<base64 of 0x01 ‖ public key>``."""
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise _bad_vkey(vkey, "it is not <name>+<8 hex digits>+<base64>")
        data = read_base64(match[3])
        if len(data) != 33 or data[:1] != ED25519:
            raise _bad_vkey(vkey, "it does not hold an Ed25519 key (type 1, 32 bytes)")
        verifier = cls(match[1], data[1:])
        if verifier.key_id.hex() != match[2]:
            raise _bad_vkey(vkey, f"its id should be {verifier.key_id.hex()}, a digit is wrong")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The four bytes of signed-note, "Signatures": SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4]."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one line of text, as ``parse`` reads it."""
        key = base64.b64encode(ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` is this key's over ``message`` (RFC 8032 §5.1.7)."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - start-up time
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        try:
            key = ed25519.Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, as its 32-byte seed, and the name it signs under.

    Whoever reads ``seed`` can sign as this log: it is left out of ``repr``.
    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != 32:
            raise ValueError(f"an Ed25519 seed has 32 bytes, not {len(self.seed)}")

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, key.public_key().public_bytes_raw())

    def sign_bytes(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature (RFC 8032 §5.1.6)."""
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: by whom, and the bytes after the key id."""

    name: str
    key_id: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note's text, with the signatures that were checked and those that were not.

    ``verified`` is never empty.  ``unknown`` says nothing about who made it.
    """

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def sign(text: str, signers: Sequence[Signer]) -> bytes:
    """Return the note of ``text`` signed by each of ``signers``, in their order."""
    if not signers:
        raise ValueError("a note needs a signature")
    _check_text(text)
    message = text.encode()
    lines = [text, "\n"]
    for signer in signers:
        blob = base64.b64encode(signer.verifier.key_id + signer.sign_bytes(message)).decode()
        lines.append(f"\u2014 {signer.name} {blob}\n")
    return "".join(lines).encode()


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Read a note and check it against the known keys (signed-note, "Signatures").

    Raises ``MalformedProof`` for what is not a note, ``VerificationFailed`` for a note whose text
    must not be believed.
    """
    text, signatures = parse_note(data)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    verified: list[Signature] = []
    unknown: list[Signature] = []
    for signature in signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            unknown.append(signature)
        elif verifier.verifies(text.encode(), signature.data):
            verified.append(signature)
        else:
            raise VerificationFailed(
                f"the signature of {signature.name!r} does not fit the note",
                why="the text or the signature was changed, or another key made it",
            )
    if not verified:
        raise VerificationFailed("the note is not signed by a known key")
    return Note(text, tuple(verified), tuple(unknown))


def parse_note(data: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Split a note into its text and its signatures, **none of which is checked** here."""
    if len(data) > MAX_NOTE_SIZE:
        raise _malformed(f"it is larger than {MAX_NOTE_SIZE} bytes")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("it is not UTF-8") from error
    end = note.rfind("\n\n")
    if end < 0:
        raise _malformed("no blank line stands between text and signatures")
    text, lines = note[: end + 1], note[end + 2 :].split("\n")
    _check_text(text)
    if lines.pop() or not lines:
        raise _malformed("it does not end in a whole signature line")
    if len(lines) > MAX_SIGNATURES:
        raise _malformed(f"it has more than {MAX_SIGNATURES} signatures")
    return text, tuple(_parse_line(line) for line in lines)


def read_base64(text: str) -> bytes:
    """Decode standard base64 (RFC 4648 §4), refusing any spelling but the canonical one."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedProof(f"{text[:80]!r} is not base64", why=str(error)) from error
    if base64.b64encode(data).decode() != text:
        raise MalformedProof(f"{text[:80]!r} is not the one spelling of its base64")
    return data


def _parse_line(line: str) -> Signature:
    """Read ``— <key name> base64(32-bit key ID || signature)``."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014":
        raise _malformed(f"{line[:80]!r} is not a signature line")
    _check_name(parts[1])
    blob = read_base64(parts[2])
    if len(blob) < 5:
        raise _malformed("a signature line holds no signature")
    return Signature(parts[1], blob[:4], blob[4:])


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise _malformed("its text does not end in a newline")
    if any(char < " " and char != "\n" for char in text):
        raise _malformed("its text has a control character")


def _check_name(name: str) -> None:
    """Hold a key name to signed-note, "Format"."""
    if not name or any(
        char.isspace() or char < " " or char == "+" or "\ud800" <= char <= "\udfff" for char in name
    ):
        raise MalformedProof(
            f"{name[:80]!r} is not a key name",
            why="it is empty, or has a space, plus or non-character",
        )


def _on_curve(y: int) -> bool:
    """Tell whether (y² − 1) / (d·y² + 1) is a square, by Euler's criterion (RFC 8032 §5.1.3)."""
    d = -121665 * pow(121666, -1, _P)
    return pow((y * y - 1) * (d * y * y + 1), (_P - 1) // 2, _P) in (0, 1)


def _malformed(why: str) -> MalformedProof:
    return MalformedProof("this is not a signed note", why=why)


def _bad_vkey(vkey: str, why: str) -> MalformedProof:
    return MalformedProof(
        f"{vkey[:120]!r} is not a verifier key", why=why, todo="copy the whole line again"
    )
