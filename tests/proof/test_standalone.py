"""The independent verifier: alone on a machine, agreeing with ours, and never fooled."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from actum.errors import MalformedProof, VerificationFailed
from actum.proof import (
    Checkpoint,
    Signer,
    Verifier,
    inclusion_path,
    sign,
    standalone,
    verify_inclusion,
    verify_record,
)
from proof.test_note import vkey_of
from proof.test_tlog_proof import DATA, INDEX, PROOF, RAW, WORLD, mutated
from proof.world import ORIGIN, VECTORS, World

SOURCE = Path(standalone.__file__)
KEY = standalone.read_key(WORLD.vkey)


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """Give a folder with nothing but the verifier and a proof."""
    shutil.copy(SOURCE, tmp_path / "standalone.py")
    for name in ("record-11.tlog-proof", "record-11.json", "key.txt"):
        shutil.copy(VECTORS / name, tmp_path / name)
    return tmp_path


def run(folder: Path, *arguments: str | bytes) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "standalone.py", *arguments],
        cwd=folder,
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode("ascii"), done.stderr.decode("ascii")


GOOD = ("record-11.tlog-proof", "--key", "key.txt", "--record", "record-11.json")


def test_without_a_key_nothing_is_trusted(alone: Path) -> None:
    code, out, _ = run(alone, "record-11.tlog-proof", "--record", "record-11.json")
    assert code == 4
    assert "NOT PROVEN  C1" in out
    assert "no --key given" in out
    assert "NOT PROVEN  C2" in out


def test_a_changed_record_fails(alone: Path) -> None:
    (alone / "record-11.json").write_bytes(RAW + b"\n")
    code, out, _ = run(alone, *GOOD)
    assert code == 4
    assert "FAILED      C4" in out
    assert out.endswith("NOT everything is proven: do not rely on it\n")


def test_a_record_that_was_not_given_is_not_proven(alone: Path) -> None:
    code, out, _ = run(alone, *GOOD[:3])
    assert code == 4
    assert "NOT PROVEN  C4" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing", "--key", "key.txt"),
        (".", "--key", "key.txt"),
        ("record-11.json", "--key", "key.txt"),
        ("standalone.py", "--key", "key.txt"),
        ("record-11.tlog-proof", "--key", "missing"),
        ("record-11.tlog-proof", "--key", "standalone.py"),
        ("record-11.tlog-proof", "--key", "a+00000000+AQ=="),
        ("record-11.tlog-proof", "--key", b"\xff+00000000+AQ=="),
        ("record-11.tlog-proof", "--key", vkey_of("a", bytes(32))),
        ("record-11.tlog-proof", "--key", "key.txt", "--record", "missing"),
        (b"\xff\xfe", "--key", "key.txt"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    alone: Path, arguments: tuple[str | bytes, ...]
) -> None:
    code, out, err = run(alone, *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("unreadable: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("--wrong",), ("a", "b")])
def test_a_wrong_command_line_is_a_usage_error(alone: Path, arguments: tuple[str, ...]) -> None:
    code, _, err = run(alone, *arguments)
    assert code == 2
    assert err.startswith("usage: ")


def test_alone_on_a_bare_python_it_proves_what_is_so(alone: Path) -> None:
    code, out, err = run(alone, *GOOD)
    assert (code, err) == (0, "")
    assert [line[:14] for line in out.splitlines()[1:-1]] == [
        *(f"PROVEN      C{n}" for n in (1, 2, 3, 4)),
        "NOT PROVEN  C5",
    ]
    assert "log is tamper-evident only once a witness" in out
    key = (alone / "key.txt").read_text().strip()
    assert run(alone, GOOD[0], "--key", key, "--record", GOOD[4])[0] == 0


def test_an_origin_with_control_characters_is_shown_escaped() -> None:
    opening = replace(WORLD.opening(INDEX), origin="\x1b[2J\u202e\udcff#0")
    _, about = standalone.judge(replace(PROOF, extra=opening.encode()).encode(), KEY, RAW)
    assert about.isascii()
    assert about.isprintable()


def test_it_imports_nothing_but_the_standard_library_and_stays_short() -> None:
    source = SOURCE.read_text()
    imports = {line.split()[1] for line in source.splitlines() if line.startswith(("import", "fr"))}
    assert imports <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 330


# ------------------------------------------------------------------------------- two programs agree


def ours(data: bytes, vkey: str, raw: bytes | None) -> list[str] | None:
    try:
        verdict = verify_record(data, vkey, raw)
    except MalformedProof:
        return None
    return [claim.state.value for claim in verdict.claims]


def theirs(data: bytes, vkey: str, raw: bytes | None) -> list[str] | None:
    try:
        verdict, _ = standalone.judge(data, standalone.read_key(vkey), raw)
    except standalone.Unreadable:
        return None
    return [verdict[claim][0] for claim in standalone.CLAIMS]


def test_both_programs_judge_every_mutation_alike() -> None:
    picker = random.Random(2)
    for _ in range(2500):
        changed = mutated(DATA, picker)
        assert ours(changed, WORLD.vkey, RAW) == theirs(changed, WORLD.vkey, RAW), changed


def test_both_programs_judge_damage_inside_the_opening_alike() -> None:
    picker = random.Random(3)
    assert PROOF.extra is not None
    for place in range(len(PROOF.extra)):
        extra = bytearray(PROOF.extra)
        extra[place] ^= 1 << picker.randrange(8)
        data = replace(PROOF, extra=bytes(extra)).encode()
        verdict = ours(data, WORLD.vkey, RAW)
        assert verdict == theirs(data, WORLD.vkey, RAW)
        assert verdict is None or "FAILED" in verdict


def test_both_programs_judge_good_and_foreign_proofs_alike() -> None:
    stranger = Signer("witness.example", b"w" * 32)
    both = sign(Checkpoint(ORIGIN, 13, WORLD.root()).text(), [WORLD.signer, stranger])
    other_log = sign(Checkpoint("other", 13, WORLD.root()).text(), [WORLD.signer])
    proofs = [
        PROOF,
        replace(PROOF, extra=None),
        replace(PROOF, checkpoint=both),
        replace(PROOF, checkpoint=other_log),
        replace(PROOF, checkpoint=sign("not a checkpoint\n", [WORLD.signer])),
        replace(PROOF, checkpoint=sign("a\n0\n\n", [WORLD.signer])),
        *(World(size).proof(size // 2) for size in (1, 2, 3, 8, 33)),
    ]
    keys = [WORLD.vkey, stranger.verifier.vkey, Signer(ORIGIN, b"x" * 32).verifier.vkey]
    for proof in proofs:
        for vkey in keys:
            for raw in (None, RAW, WORLD.raw(0)):
                data = proof.encode()
                assert ours(data, vkey, raw) == theirs(data, vkey, raw)


def test_both_programs_follow_true_and_false_paths_alike() -> None:
    """Each leaf of each small tree, claimed for every place in every tree of about that size."""
    world = World(18)
    for size in range(1, 17):
        root = world.root(size)
        for index in range(size):
            path = inclusion_path(index, size, world.read)
            leaf = world.leaves[index].encode()
            for claimed_size in range(size + 3):
                for claimed in range(claimed_size + 1):
                    for hashes in (path, path[1:], path[:-1], [*path, root]):
                        found = standalone.leads_to_root(claimed, claimed_size, leaf, hashes, root)
                        try:
                            verify_inclusion(
                                index=claimed,
                                size=claimed_size,
                                leaf=world.hashes[index],
                                path=hashes,
                                root=root,
                            )
                        except VerificationFailed:
                            assert not found
                        else:
                            assert found
            assert standalone.leads_to_root(index, size, leaf, path, root)


# ------------------------------------------------------------------------------------------ Ed25519


def library_says(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_no_corrupted_signature_is_accepted_and_the_library_agrees() -> None:
    picker = random.Random(8032)
    for turn in range(60):
        signer = Signer("a", picker.randbytes(32))
        public, message = signer.verifier.public_key, picker.randbytes(turn)
        signature = signer.sign_bytes(message)
        assert standalone.ed25519_verifies(public, message, signature)
        changed = bytearray(signature)
        changed[picker.randrange(64)] ^= 1 << picker.randrange(8)
        for bad, text in ((bytes(changed), message), (signature, message + b"x")):
            assert not standalone.ed25519_verifies(public, text, bad)
            assert not library_says(public, text, bad)


def test_a_signature_has_one_spelling() -> None:
    signer = Signer("a", bytes(32))
    public, signature = signer.verifier.public_key, signer.sign_bytes(b"text")
    s = int.from_bytes(signature[32:], "little")
    for more in range(1, 8):
        again = signature[:32] + (s + more * standalone.L).to_bytes(32, "little")
        assert not standalone.ed25519_verifies(public, b"text", again)
        assert not signer.verifier.verifies(b"text", again)
    for size in (0, 63, 65):
        assert not standalone.ed25519_verifies(public, b"text", (signature * 2)[:size])
        assert not signer.verifier.verifies(b"text", (signature * 2)[:size])


def small_order_points() -> set[bytes]:
    """All eight, by multiplying some point with the order of the large subgroup."""
    for y in range(2, 50):
        try:
            point = standalone.decompress(y.to_bytes(32, "little"))
        except standalone.Unreadable:
            continue
        torsion = standalone.multiply(standalone.L, point)
        found = {standalone.compress(standalone.multiply(n, torsion)) for n in range(8)}
        if len(found) == 8:
            return found
    raise AssertionError


def test_a_key_of_small_order_is_refused_by_both_programs() -> None:
    """Under the neutral point as key, R = S*B is a signature over anything."""
    for public in small_order_points():
        vkey = vkey_of("a", public)
        with pytest.raises(MalformedProof):
            Verifier.parse(vkey)
        with pytest.raises(standalone.Unreadable):
            standalone.read_key(vkey)
        forged = standalone.compress(standalone.BASE) + (1).to_bytes(32, "little")
        with pytest.raises(standalone.Unreadable):
            standalone.ed25519_verifies(public, b"any text", forged)


def test_a_signature_with_r_of_small_order_or_in_a_second_spelling_is_refused() -> None:
    signer = Signer("a", bytes(32))
    public, s = signer.verifier.public_key, signer.sign_bytes(b"text")[32:]
    second = [(standalone.P + n).to_bytes(32, "little") for n in range(19)]
    for r in (*small_order_points(), *second):
        for tail in (s, bytes(32)):
            assert not standalone.ed25519_verifies(public, b"text", r + tail)
            assert not signer.verifier.verifies(b"text", r + tail)


def test_a_key_in_a_second_spelling_or_off_the_curve_is_refused() -> None:
    for y in (standalone.P, standalone.P + 1, standalone.P + 3, 2**255 - 1, 2, 7, 2**256 - 1):
        with pytest.raises(standalone.Unreadable):
            standalone.read_public(y.to_bytes(32, "little"))
        with pytest.raises(MalformedProof):
            Verifier("a", y.to_bytes(32, "little"))


def test_both_programs_take_the_same_bytes_for_a_key() -> None:
    picker = random.Random(5)
    taken = 0
    for _ in range(200):
        vkey = vkey_of("a", picker.randbytes(32))
        try:
            standalone.read_key(vkey)
        except standalone.Unreadable:
            with pytest.raises(MalformedProof):
                Verifier.parse(vkey)
        else:
            taken += 1
            assert Verifier.parse(vkey).vkey == vkey
    assert 60 < taken < 140


def test_garbage_is_never_more_than_unreadable() -> None:
    picker = random.Random(4)
    for _ in range(500):
        noise = picker.randbytes(picker.randrange(300))
        for data in (noise, DATA[: picker.randrange(len(DATA))] + noise):
            assert theirs(data, WORLD.vkey, RAW) in (None, ours(data, WORLD.vkey, RAW))
