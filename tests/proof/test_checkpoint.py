from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actum.errors import MalformedProof, VerificationFailed
from actum.proof import Checkpoint, Signer, open_checkpoint, sign
from proof.world import ORIGIN, SEED, World

GOOD = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "extension\n\n",
        GOOD.replace("\n", "\r\n"),
        "\n" + GOOD.split("\n", 1)[1],
        GOOD.replace("20852163", "020852163"),
        GOOD.replace("20852163", "+20852163"),
        GOOD.replace("20852163", "-1"),
        GOOD.replace("20852163", ""),
        GOOD.replace("20852163", " 1"),
        GOOD.replace("20852163", "1_0"),
        GOOD.replace("20852163", "١"),
        GOOD.replace("20852163", str(2**64)),
        GOOD.replace("20852163", "9" * 5000),
        GOOD.replace("q2I=", "q2J="),
        GOOD.replace("q2I=", "q2I"),
        GOOD.replace("CsUY", ""),
        GOOD.replace("sofa", "so\0fa"),
        GOOD + "ext\tension\n",
    ],
)
def test_a_checkpoint_in_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(MalformedProof):
        Checkpoint.parse(text)


def test_what_is_no_checkpoint_is_not_built() -> None:
    for bad in (("", 0, bytes(32)), ("a", -1, bytes(32)), ("a\nb", 0, bytes(32)), ("a", 0, b"")):
        with pytest.raises(MalformedProof):
            Checkpoint(*bad)


def test_a_checkpoint_of_another_log_signed_with_the_same_seed_is_refused() -> None:
    ours, theirs = Signer(ORIGIN, SEED), Signer("audit.example/other", SEED)
    text = Checkpoint(theirs.name, 1, bytes(32)).text()
    with pytest.raises(VerificationFailed, match="not signed"):
        open_checkpoint(sign(text, [theirs]), ours.verifier)
    with pytest.raises(VerificationFailed, match="of the log 'audit"):
        open_checkpoint(sign(text, [ours]), ours.verifier)


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    signer = Signer(ORIGIN, SEED)
    with pytest.raises(MalformedProof):
        open_checkpoint(sign("hello\n", [signer]), signer.verifier)


def test_the_example_of_the_specification_is_read() -> None:
    checkpoint = Checkpoint.parse(GOOD)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert checkpoint.text() == GOOD


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(LINES, st.integers(0, 2**64 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES))
def test_a_checkpoint_comes_back_as_it_was(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_a_logs_own_checkpoint_opens_with_its_key() -> None:
    world = World(5)
    checkpoint, note = open_checkpoint(world.checkpoint(), world.signer.verifier)
    assert checkpoint == Checkpoint(ORIGIN, 5, world.root())
    assert len(note.verified) == 1
