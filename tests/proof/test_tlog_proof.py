from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actum.errors import MalformedProof
from actum.proof import (
    Checkpoint,
    Opening,
    Signer,
    State,
    TlogProof,
    Verdict,
    Verifier,
    leaf_hash,
    open_checkpoint,
    sign,
    verify_record,
)
from proof.world import ORIGIN, VECTORS, World, vectors

WORLD = World(13)
INDEX = 11
PROOF = WORLD.proof(INDEX)
RAW = WORLD.raw(INDEX)
DATA = PROOF.encode()


def states(verdict: Verdict) -> list[str]:
    return [claim.state.value for claim in verdict.claims]


def accepted(data: bytes, raw: bytes | None = RAW) -> bool:
    try:
        return verify_record(data, WORLD.vkey, raw).proven
    except MalformedProof:
        return False


def test_no_flipped_bit_of_a_proof_is_accepted() -> None:
    for place in range(len(DATA)):
        for bit in range(8):
            changed = bytearray(DATA)
            changed[place] ^= 1 << bit
            assert not accepted(bytes(changed)), f"bit {bit} of byte {place}"


def mutated(data: bytes, picker: random.Random) -> bytes:
    """Damage a proof as a disk, an editor or an attacker would: bytes, lines, base64, lengths."""
    changed = bytearray(data)
    for _ in range(picker.randint(1, 3)):
        at, other = picker.randrange(len(changed)), picker.randrange(len(changed))
        low, high = min(at, other), max(at, other)
        match picker.randrange(8):
            case 0:
                changed[at] = picker.randrange(256)
            case 1:
                del changed[low : min(high, low + 40)]
            case 2:
                changed[at:at] = bytes(picker.randrange(256) for _ in range(picker.randint(1, 4)))
            case 3:
                changed[low:low] = changed[low : min(high, low + 60)]
            case 4:
                changed[at] = ord(picker.choice("0123456789ABCDabcd+/= \n"))
            case 5:
                lines = changed.split(b"\n")
                picker.shuffle(lines)
                changed = bytearray(b"\n".join(lines))
            case 6:
                lines = changed.split(b"\n")
                lines.insert(picker.randrange(len(lines)), picker.choice(lines))
                changed = bytearray(b"\n".join(lines))
            case _:
                changed[at], changed[other] = changed[other], changed[at]
    return bytes(changed) or b"\n"


def test_no_mutated_proof_is_accepted_unless_it_means_the_same() -> None:
    picker = random.Random(1)
    meaning = verify_record(DATA, WORLD.vkey, RAW)
    same = 0
    for _ in range(4000):
        changed = mutated(DATA, picker)
        if changed == DATA or not accepted(changed):
            continue
        same += 1
        again = verify_record(changed, WORLD.vkey, RAW)  # a doubled signature line, at most
        assert (again.checkpoint, again.opening) == (meaning.checkpoint, meaning.opening)
        assert TlogProof.decode(changed).path == PROOF.path
        assert changed.startswith(DATA)
    assert same < 40


def test_no_other_record_passes_for_this_one() -> None:
    for raw in (b"", RAW + b" ", RAW[:-1], WORLD.raw(12)):
        verdict = verify_record(DATA, WORLD.vkey, raw)
        assert states(verdict) == ["PROVEN", "PROVEN", "PROVEN", "FAILED", "NOT PROVEN"]
        assert verdict.failed
        assert not verdict.proven


def test_no_other_origin_passes_for_the_records_own() -> None:
    moved = replace(WORLD.opening(INDEX), origin=WORLD.where(INDEX) + "0")
    verdict = verify_record(replace(PROOF, extra=moved.encode()).encode(), WORLD.vkey, RAW)
    assert states(verdict) == ["PROVEN", "PROVEN", "PROVEN", "FAILED", "NOT PROVEN"]


def test_a_leaf_in_anothers_place_fails_even_where_the_tree_holds_it() -> None:
    """A log that files leaf 4 at index 0 too: the path is right, the place is not."""
    stray = WORLD.leaf(4)
    root = leaf_hash(stray.encode())
    note = sign(Checkpoint(ORIGIN, 1, root).text(), [WORLD.signer])
    opening = Opening(stray, WORLD.salt(4), WORLD.where(4))
    proof = TlogProof(0, (), note, opening.encode())
    verdict = verify_record(proof.encode(), WORLD.vkey, WORLD.raw(4))
    assert states(verdict) == ["PROVEN", "PROVEN", "FAILED", "PROVEN", "NOT PROVEN"]


def test_under_another_key_the_leaf_is_not_proven_either() -> None:
    other = Signer(ORIGIN, b"x" * 32).verifier.vkey
    verdict = verify_record(DATA, other, RAW)
    assert states(verdict) == ["FAILED", "NOT PROVEN", "PROVEN", "PROVEN", "NOT PROVEN"]
    renamed = Signer("audit.example/else", WORLD.signer.seed).verifier.vkey
    assert states(verify_record(DATA, renamed, RAW))[0] == "FAILED"


def test_what_was_not_given_is_not_proven() -> None:
    verdict = verify_record(DATA, WORLD.vkey, None)
    assert states(verdict) == ["PROVEN", "PROVEN", "PROVEN", "NOT PROVEN", "NOT PROVEN"]
    assert not verdict.proven
    assert not verdict.failed
    bare = verify_record(replace(PROOF, extra=None).encode(), WORLD.vkey, RAW)
    assert states(bare) == ["PROVEN", *["NOT PROVEN"] * 4]
    assert all(claim.why for claim in bare.claims if claim.state is not State.PROVEN)
    assert not replace(verdict, claims=()).proven


def test_a_witness_is_never_claimed_that_was_not_checked() -> None:
    verdict = verify_record(DATA, WORLD.vkey, RAW)
    assert verdict.claims[-1].why.startswith("no witness cosigned: on one machine")
    stranger = Signer("witness.example", b"w" * 32)
    note = sign(WORLD_TEXT, [WORLD.signer, stranger])
    verdict = verify_record(replace(PROOF, checkpoint=note).encode(), WORLD.vkey, RAW)
    assert verdict.proven
    assert verdict.claims[-1].state is State.NOT_PROVEN
    assert verdict.claims[-1].why.startswith("1 other signature")


WORLD_TEXT = Checkpoint(ORIGIN, 13, WORLD.root()).text()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        DATA[:-1],
        DATA + b"\n",
        b"\n" + DATA,
        DATA.replace(b"@v1", b"@v2"),
        DATA.replace(b"\n", b"\r\n"),
        DATA.replace(b"index 11", b"index 011"),
        DATA.replace(b"index 11", b"index  11"),
        DATA.replace(b"index 11", b"index 11 "),
        DATA.replace(b"index 11", b"index -1"),
        DATA.replace(b"index 11\n", b""),
        DATA.replace(b"index 11\n", b"index 11\nindex 11\n"),
        DATA.replace(b"extra ", b"extra  "),
        DATA.replace(b"index 11", b"extra QQ==\nindex 11"),
        DATA.replace(b"index 11\n", b"index 11\n\n"),
        DATA.replace(b"index 11\n", b"index 11\n" + b"A" * 43 + b"=\n" * 65),
        replace(PROOF, path=(b"short",)).encode(),
        replace(PROOF, path=(bytes(32),) * 65).encode(),
        replace(PROOF, extra=b"x").encode().replace(b"eA==", b""),
        b"c2sp.org/tlog-proof@v1\n\n" + PROOF.checkpoint,
        b"x" * 2_000_001,
    ],
)
def test_what_is_not_a_proof_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(MalformedProof):
        verify_record(data, WORLD.vkey, RAW)


def test_an_opening_that_is_cut_or_padded_is_refused() -> None:
    good = WORLD.opening(INDEX).encode()
    for bad in (good[:-1], good + b"x", good[1:], good[:188], b"x", good[:17] + b"\2" + good[18:]):
        with pytest.raises(MalformedProof):
            Opening.decode(bad)
    with pytest.raises(ValueError, match="salt"):
        replace(WORLD.opening(INDEX), salt=b"").encode()
    with pytest.raises(ValueError, match="not empty"):
        replace(PROOF, extra=b"").encode()


def test_a_key_that_cannot_be_read_is_an_error_and_no_verdict() -> None:
    with pytest.raises(MalformedProof, match="verifier key"):
        verify_record(DATA, "not a key", RAW)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 70), st.data())
def test_every_record_of_every_log_is_proven(size: int, data: st.DataObject) -> None:
    world = World(size)
    index = data.draw(st.integers(0, size - 1))
    verdict = verify_record(world.proof(index).encode(), world.vkey, world.raw(index))
    assert verdict.proven
    assert verdict.opening == world.opening(index)


@given(st.binary())
def test_an_origin_of_any_bytes_comes_back(where: bytes) -> None:
    origin = where.decode("utf-8", "surrogateescape")
    opening = replace(WORLD.opening(INDEX), origin=origin)
    assert Opening.decode(opening.encode()) == opening
    assert opening.encode().endswith(where)


def test_a_proof_comes_back_as_it_was() -> None:
    for proof in (PROOF, replace(PROOF, extra=None), World(1).proof(0)):
        assert TlogProof.decode(proof.encode()) == proof


@pytest.mark.parametrize("name", sorted(vectors()))
def test_the_published_format_has_not_changed(name: str) -> None:
    """If this fails, do not write the vectors anew: proofs out there are read by the old ones."""
    frozen, now = (VECTORS / name).read_bytes(), vectors()[name]
    assert now == frozen, f"{name}: THE PUBLISHED FORMAT CHANGED; it needs a new version instead"


def test_there_is_no_frozen_file_that_nothing_makes() -> None:
    assert {file.name for file in VECTORS.iterdir()} == set(vectors())


def test_the_frozen_files_verify_as_they_are() -> None:
    vkey = (VECTORS / "key.txt").read_text().strip()
    raw = (VECTORS / "record-11.json").read_bytes()
    assert verify_record((VECTORS / "record-11.tlog-proof").read_bytes(), vkey, raw).proven
    checkpoint, _ = open_checkpoint((VECTORS / "checkpoint.txt").read_bytes(), Verifier.parse(vkey))
    roots = json.loads((VECTORS / "tree.json").read_text())["roots"]
    assert checkpoint.root.hex() == roots["13"]


def test_the_specification_shows_the_frozen_numbers() -> None:
    page = Path(__file__).parents[2] / "docs" / "spec" / "log-format.md"
    text = "".join(page.read_text(encoding="utf-8").split())
    hashes = json.loads((VECTORS / "hashes.json").read_text())
    roots = json.loads((VECTORS / "tree.json").read_text())["roots"]
    shown = [
        hashes["feed"]["feed_hash"],
        *(each["record_id"] for each in hashes["record id"]),
        *(hashes["commitment"][name] for name in ("salt", "origin", "raw", "commitment")),
        hashes["leaf"]["bytes"],
        hashes["leaf"]["leaf_hash"],
        *(roots[size] for size in ("0", "1", "2", "13", "256", "257")),
        (VECTORS / "key.txt").read_text(),
        (VECTORS / "checkpoint.txt").read_text(encoding="utf-8"),
        *(VECTORS / "record-11.tlog-proof").read_text(encoding="utf-8").split("\n")[2:7],
    ]
    for each in shown:
        assert "".join(each.split()) in text, f"not in docs/spec/log-format.md: {each}"
