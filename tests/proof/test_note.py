from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import MalformedProof, VerificationFailed
from actum.proof import Signer, Verifier, open_note, sign
from actum.proof.note import MAX_NOTE_SIZE, parse_note, read_base64

ANNA = Signer("log.example/anna", b"a" * 32)
BERT = Signer("witness.example/bert", b"b" * 32)
TEXT = "Ognuno sta solo\nsul cuor della terra\n\ned è subito sera.\n"
NOTE = sign(TEXT, [ANNA])


def known(*signers: Signer) -> list[Verifier]:
    return [signer.verifier for signer in signers]


def line(signer: Signer, blob: bytes) -> bytes:
    text = base64.b64encode(signer.verifier.key_id + blob).decode()
    return f"— {signer.name} {text}\n".encode()


def vkey_of(name: str, public: bytes) -> str:
    """Write a key as text without asking whether it is any good."""
    from hashlib import sha256

    key_id = sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(bytes([1]) + public).decode()}"


def test_no_changed_byte_of_a_note_leaves_it_valid() -> None:
    for place in range(len(NOTE)):
        for bit in range(8):
            changed = bytearray(NOTE)
            changed[place] ^= 1 << bit
            with pytest.raises((MalformedProof, VerificationFailed)):
                open_note(bytes(changed), known(ANNA))


def test_a_note_without_a_known_signature_is_refused() -> None:
    for verifiers in ([], known(BERT)):
        with pytest.raises(VerificationFailed, match="not signed by a known key"):
            open_note(NOTE, verifiers)


def test_a_key_shares_its_name_or_its_id_with_no_other() -> None:
    namesake = Signer(ANNA.name, b"x" * 32)
    with pytest.raises(VerificationFailed, match="not signed by a known key"):
        open_note(NOTE, known(namesake))
    renamed = NOTE.replace(ANNA.name.encode(), BERT.name.encode())
    with pytest.raises(VerificationFailed, match="not signed by a known key"):
        open_note(renamed, known(ANNA, BERT))


def test_one_bad_signature_by_a_known_key_condemns_the_note() -> None:
    bad = line(BERT, bytes(64))
    for note in (NOTE + bad, NOTE + line(ANNA, bytes(64)), NOTE + line(BERT, b"short")):
        with pytest.raises(VerificationFailed, match="does not fit"):
            open_note(note, known(ANNA, BERT))
    assert len(open_note(NOTE + bad, known(ANNA)).unknown) == 1


def test_signatures_by_unknown_keys_are_kept_and_ignored() -> None:
    note = open_note(sign(TEXT, [ANNA, BERT]), known(BERT))
    assert note.text == TEXT
    assert [each.name for each in note.verified] == [BERT.name]
    assert [each.name for each in note.unknown] == [ANNA.name]
    many = NOTE + b"".join(line(BERT, bytes([n] * 72)) for n in range(99))
    assert len(open_note(many, known(ANNA)).unknown) == 99
    with pytest.raises(MalformedProof, match="more than 100"):
        open_note(many + line(BERT, b"one more"), known(ANNA))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + b"x",
        NOTE + b"\n\n",
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace(b"solo", b"so\0o"),
        NOTE.replace(b"solo", b"so\tlo"),
        NOTE.replace(b"solo", b"so\xfflo"),
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace("— ".encode(), "—  ".encode()),
        NOTE.replace("— ".encode(), "—\u00a0".encode()),
        NOTE.replace(b"anna ", b"an+na "),
        NOTE.replace(b"anna ", "an\u2003na ".encode()),
        NOTE.replace(b"log.example/anna ", b" "),
        NOTE[:-2] + b"\n",
        NOTE[:-1] + b"=\n",
        NOTE[:-1] + b" \n",
        "text\n\n— a.example AAAAAA==\n".encode(),
        b"x" * MAX_NOTE_SIZE + b"\n\n" + NOTE,
    ],
)
def test_what_is_not_a_note_is_refused_as_such(note: bytes) -> None:
    with pytest.raises(MalformedProof):
        open_note(note, known(ANNA))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "anna",
        ANNA.verifier.vkey + "\n",
        ANNA.verifier.vkey[:-1],
        ANNA.verifier.vkey[1:],
        ANNA.verifier.vkey.upper(),
        ANNA.verifier.vkey.replace("anna", "an na"),
        "a+00000000+AQ==",
        "\udcff+00000000+" + base64.b64encode(b"\1" + bytes(32)).decode(),
        vkey_of("a", bytes(31)),
        vkey_of("a", bytes(33)),
    ],
)
def test_a_key_with_a_typing_error_is_refused(vkey: str) -> None:
    with pytest.raises(MalformedProof):
        Verifier.parse(vkey)


def test_a_key_that_fits_any_text_is_refused() -> None:
    """The eight points of small order, and the second spellings of the first few numbers."""
    p = 2**255 - 19
    order_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    for y in (0, 1, p - 1, order_8, p - order_8, p, p + 1, p + 3, 2**255 - 1):
        for sign_bit in (0, 1 << 255):
            public = (y | sign_bit).to_bytes(32, "little")
            with pytest.raises(MalformedProof, match="prove nothing"):
                Verifier.parse(vkey_of("a", public))


def test_a_key_comes_back_as_its_text() -> None:
    assert Verifier.parse(ANNA.verifier.vkey) == ANNA.verifier
    spec = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert Verifier.parse(spec).vkey == spec


def test_a_seed_is_not_shown() -> None:
    assert "aaaa" not in repr(ANNA)
    with pytest.raises(ValueError, match="32 bytes"):
        Signer("a", b"short")
    with pytest.raises(MalformedProof, match="key name"):
        Signer("two words", bytes(32))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.binary())
def test_any_text_that_may_be_signed_opens_as_it_was(line_of_text: str, noise: bytes) -> None:
    text = line_of_text + "\n"
    assert open_note(sign(text, [ANNA]), known(ANNA)).text == text
    with pytest.raises((MalformedProof, VerificationFailed)):
        open_note(noise, known(ANNA))


def test_a_text_that_would_not_open_is_not_signed() -> None:
    for text in ("", "no newline", "tab\t\n"):
        with pytest.raises(MalformedProof):
            sign(text, [ANNA])
    with pytest.raises(ValueError, match="needs a signature"):
        sign("text\n", [])


def test_reading_without_checking_says_so_in_its_name_and_gives_all_lines() -> None:
    text, signatures = parse_note(sign(TEXT, [ANNA, BERT]))
    assert text == TEXT
    assert [each.key_id for each in signatures] == [v.key_id for v in known(ANNA, BERT)]


@pytest.mark.parametrize("text", ["A", "AB==", "QQ", "QQ=", "QQ===", "Q Q=", "QQ==\n", "_w==", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(MalformedProof):
        read_base64(text)


def test_opening_the_room_does_not_load_cryptography() -> None:
    code = "import sys, actum.proof; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
