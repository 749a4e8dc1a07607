from __future__ import annotations

import gzip
import io
import os
import socket
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from actum.collect import Delivery, Limits, Unreadable, collect, estimate

Found = dict[str, bytes | str]


def walked(*paths: str | Path, limits: Limits | None = None) -> Found:
    """Origin → content, or the reason there is none."""
    found: Found = {}
    for one in collect(paths, limits=limits):
        if isinstance(one, Unreadable):
            assert one.origin not in found or isinstance(found[one.origin], str)
            found[one.origin] = one.reason
        else:
            found[one.origin] = b"".join(one.read_chunks())
    return found


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything happens in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_700_000_000
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


class _Pipe(io.RawIOBase):
    """Somewhere a zip can be written to but not sought in, so that sizes follow the data."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(memoryview(data))  # type: ignore[arg-type]
        self.written += chunk
        return len(chunk)


class TestWhatIsNotRead:
    def test_a_missing_path_says_so(self) -> None:
        assert walked("gone") == {"gone": "no such file or folder"}

    def test_a_pattern_without_matches_says_so(self) -> None:
        assert walked("*.json") == {"*.json": "nothing matches this pattern"}

    def test_a_path_with_a_nul_is_refused(self) -> None:
        assert "null" in str(walked("a\0b")["a\0b"])

    def test_a_folder_that_contains_itself_is_read_once(self) -> None:
        Path("d/e").mkdir(parents=True)
        Path("d/e/f").write_bytes(b"x")
        Path("d/e/up").symlink_to("..")
        assert walked("d") == {
            "d/e/f": b"x",
            "d/e/up": "the same folder was already read under another name or link",
        }

    def test_a_link_outside_is_followed_but_never_twice(self) -> None:
        Path("d").mkdir()
        Path("outside").write_bytes(b"x")
        Path("d/a").symlink_to("../outside")
        Path("d/b").symlink_to("../outside")
        Path("d/c").symlink_to("nowhere")
        assert walked("d", "outside") == {
            "d/a": b"x",
            "d/b": "the same file was already read under another name or link",
            "d/c": "a link to nothing",
            "outside": "the same file was already read under another name or link",
        }

    def test_a_link_to_itself_does_not_hang(self) -> None:
        Path("self").symlink_to("self")
        assert "symbolic links" in str(walked("self")["self"])

    def test_pipes_sockets_and_devices_are_named_not_opened(self) -> None:
        os.mkfifo("pipe")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
            found = walked("pipe", "socket", "/dev/null")
        assert list(found.values()) == [
            "a named pipe, not a file: not opened",
            "a socket, not a file: not opened",
            "a device, not a file: not opened",
        ]

    def test_a_file_that_vanishes_meanwhile_says_so(self) -> None:
        Path("d").mkdir()
        for name in ("a", "b"):
            Path("d", name).write_bytes(b"x")
        walk = collect(["d/[ab]"])
        assert isinstance(next(walk), Delivery)
        Path("d/b").unlink()
        (gone,) = walk
        assert isinstance(gone, Unreadable)
        assert gone.origin == "d/b"

    def test_a_file_the_system_refuses_says_why(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # root may read everything, so the refusal itself is played
        Path("f").write_bytes(b"x")

        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        assert walked("f") == {"f": "Permission denied"}

    def test_a_disk_error_while_reading_is_a_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Failing(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if self.tell():
                    raise OSError(5, "Input/output error")
                return super().read(3)

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Failing(b"abcdef")))
        (delivery,) = collect(["-"])
        assert isinstance(delivery, Delivery)
        assert b"".join(delivery.read_chunks()) == b"abc"
        assert str(delivery.fault) == "unreadable: Input/output error"


class TestFiles:
    def test_folders_are_read_in_order_of_names_hidden_files_too(self) -> None:
        for name in ("b", "a/z", "a/.hidden", ".git/x", "a b/c", "empty"):
            Path("top", name).parent.mkdir(parents=True, exist_ok=True)
            Path("top", name).write_bytes(name.encode())
        Path("top/empty").write_bytes(b"")
        names = [".git/x", "a/.hidden", "a/z", "a b/c", "b", "empty"]
        assert list(walked("top")) == [f"top/{name}" for name in names]
        assert walked("top")["top/empty"] == b""

    def test_names_that_are_not_text_survive(self) -> None:
        Path(os.fsdecode(b"d\xff")).write_bytes(b"x")
        assert walked(".") == {"./d\udcff": b"x"}

    def test_patterns_find_files_and_a_file_named_like_one_is_that_file(self) -> None:
        Path("a1").write_bytes(b"1")
        Path("a2").write_bytes(b"2")
        Path("a[12]").write_bytes(b"itself")
        assert walked("a?") == {"a1": b"1", "a2": b"2"}
        assert walked("a[12]") == {"a[12]": b"itself"}

    def test_standard_input_is_opened_like_a_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for packed in (b"abc", gzip.compress(b"abc")):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
            assert walked("-") == {"-": b"abc"}
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(zipped({"a": b"abc"}))))
        assert walked("-") == {"-!a": b"abc"}

    def test_the_estimate_is_what_progress_counts_to(self) -> None:
        Path("d").mkdir()
        Path("d/plain").write_bytes(b"x" * 1000)
        Path("d/t").write_bytes(gzip.compress(tarred({"a": os.urandom(5000), "b": b"y" * 9000})))
        read = 0
        for delivery in collect(["d"]):
            assert isinstance(delivery, Delivery)
            for _ in delivery.read_chunks():
                pass
            read += delivery.stored_read
        assert read == estimate(["d"])


MEMBERS = {"a.json": b'{"a":1}', "d/b.json.gz": gzip.compress(b"packed"), "empty": b""}
CONTENTS = [b'{"a":1}', b"packed", b""]


class TestArchives:
    @pytest.mark.parametrize(
        "archive",
        [
            tarred(MEMBERS),
            gzip.compress(tarred(MEMBERS)),
            zstandard.compress(tarred(MEMBERS)),
            zipped(MEMBERS),
            zipped(MEMBERS, zipfile.ZIP_STORED),
            zipped(MEMBERS, zipfile.ZIP_BZIP2),
            gzip.compress(zipped(MEMBERS)),
        ],
        ids=["tar", "tar.gz", "tar.zst", "zip", "stored", "bzip2", "zip.gz"],
    )
    def test_members_are_deliveries(self, archive: bytes) -> None:
        Path("x").write_bytes(archive)
        names = ["x!a.json", "x!d/b.json.gz", "x!empty"]
        assert walked("x") == dict(zip(names, CONTENTS, strict=True))

    def test_a_member_knows_its_archive_and_time(self) -> None:
        Path("x").write_bytes(tarred({"a": b"1"}))
        (delivery,) = collect(["x"])
        assert isinstance(delivery, Delivery)
        assert (delivery.container, delivery.modified) == ("x", 1_700_000_000_000_000)

    def test_members_nobody_reads_are_passed_over(self) -> None:
        for name, pack in (("t", tarred), ("z", zipped)):
            Path(name).write_bytes(pack({"a": b"1" * 100_000, "b": b"2"}))
            last = None
            for delivery in collect([name]):
                last = delivery
                if delivery.origin.endswith("b"):
                    assert isinstance(delivery, Delivery)
                    assert b"".join(delivery.read_chunks()) == b"2"
            assert last is not None

    def test_archives_in_archives_are_opened_to_a_depth(self) -> None:
        deep = zipped({"f": b"x"})
        for name in ("3", "2"):
            deep = zipped({name: deep})
        Path("ok").write_bytes(deep)
        assert walked("ok") == {"ok!2!3!f": b"x"}
        Path("no").write_bytes(zipped({"1": deep}))
        assert walked("no") == {"no!1!2!3": "an archive inside 3 others: not opened further"}

    def test_traversal_names_are_just_names(self, inside: Path) -> None:
        names = ["../../evil", "/etc/passwd", "a\x1b[31m\nb"]
        for pack in (tarred, zipped):
            Path("x").write_bytes(pack(dict.fromkeys(names, b"x")))
            assert list(walked("x")) == [f"x!{name}" for name in names]
        assert [path.name for path in inside.iterdir()] == ["x"]

    def test_an_encrypted_member_says_so(self) -> None:
        packed = bytearray(zipped({"a": b"1", "b": b"2"}))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            packed[packed.index(mark) + offset] |= 1
        Path("x").write_bytes(packed)
        assert walked("x") == {"x!a": "encrypted: its password is not known", "x!b": b"2"}

    @pytest.mark.parametrize("streamed", [False, True], ids=["sizes first", "sizes behind"])
    def test_a_cut_zip_gives_the_members_before_the_cut(self, streamed: bool) -> None:
        big = os.urandom(50_000)
        if streamed:
            pipe = _Pipe()
            with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in {"a": b"first", "b": b"second", "c": big}.items():
                    archive.writestr(name, content)
            packed = pipe.written
        else:
            packed = zipped({"a": b"first", "b": b"second", "c": big})
        Path("x").write_bytes(packed[:30_000])
        found = walked("x")
        assert found["x!a"] == b"first"
        assert found["x!b"] == b"second"
        assert big.startswith(found["x!c"])  # type: ignore[arg-type]
        assert "directory cannot be read" in str(found["x"])

    def test_a_zip_member_with_a_wrong_checksum_is_kept_with_a_fault(self) -> None:
        packed = bytearray(zipped({"a": b"content"}, zipfile.ZIP_STORED))
        packed[packed.index(b"content")] ^= 1
        Path("x").write_bytes(packed)
        (delivery,) = collect(["x"])
        assert isinstance(delivery, Delivery)
        assert b"".join(delivery.read_chunks()) == b"bontent"
        assert delivery.fault is not None
        assert delivery.fault.code == "zip-corrupt"

    def test_a_directory_that_points_outside_the_zip_is_a_fault(self) -> None:
        packed = bytearray(zipped({"a": b"1", "b": b"2"}))
        at = packed.index(b"PK\x01\x02") + 42
        packed[at : at + 4] = b"\xff\xff\xff\x7f"
        Path("x").write_bytes(packed)
        assert walked("x") == {"x!a": b"", "x!b": b"2"}

    def test_a_folder_with_content_is_read_and_a_member_without_name_too(self) -> None:
        Path("x").write_bytes(zipped({"d/": b"hidden", "e/": b"", "n": b"1"}).replace(b"n", b"\0"))
        assert walked("x") == {"x!d/": b"hidden", "x!(no name)": b"1"}

    def test_a_cut_tar_gives_the_members_before_the_cut(self) -> None:
        packed = tarred({"a": b"first", "b": b"y" * 50_000})
        Path("x").write_bytes(packed[:20_000])
        found = walked("x")
        assert found["x!a"] == b"first"
        assert found["x!b"] == b"y" * (20_000 - 3 * 512)
        assert "x" in found

    def test_a_tar_without_its_end_mark_says_so(self) -> None:
        packed = tarred({"a": b"first", "b": b"second"})
        Path("x").write_bytes(packed[:2048])
        assert "no end mark" in str(walked("x")["x"])

    def test_a_damaged_header_within_a_tar_is_not_taken_for_its_end(self) -> None:
        packed = bytearray(tarred({"a": b"first", "b": b"second"}))
        packed[1024:1030] = b"\xff" * 6
        Path("x").write_bytes(packed)
        found = walked("x")
        assert found["x!a"] == b"first"
        assert "header is damaged" in str(found["x"])

    def test_a_second_tar_behind_the_first_is_told(self) -> None:
        Path("x").write_bytes(tarred({"a": b"1"}) + tarred({"b": b"2"}))
        assert "after the end mark" in str(walked("x")["x"])

    def test_a_cut_tar_gz_says_so(self) -> None:
        packed = gzip.compress(tarred({"a": b"first", "b": os.urandom(50_000)}))
        Path("x").write_bytes(packed[:30_000])
        found = walked("x")
        assert found["x!a"] == b"first"
        assert len(found["x!b"]) > 20_000
        assert "gzip-truncated" in str(found["x"])

    def test_links_and_pipes_in_a_tar_are_told(self) -> None:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name, kind in (("s", tarfile.SYMTYPE), ("p", tarfile.FIFOTYPE)):
                info = tarfile.TarInfo(name)
                info.type, info.linkname = kind, "/etc/shadow"
                archive.addfile(info)
        Path("x").write_bytes(out.getvalue())
        assert walked("x") == {
            "x!s": "a link to '/etc/shadow' within the archive: not followed",
            "x!p": "a device, a pipe or of unknown type: no content is read",
        }

    def test_a_tar_header_claiming_a_giant_name_is_refused(self) -> None:
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
        Path("x").write_bytes(tarred({"a": b"1"})[:1024] + info.tobuf(tarfile.GNU_FORMAT))
        found = walked("x")
        assert found["x!a"] == b"1"
        assert "bytes of attributes" in str(found["x"])

    def test_a_tar_member_of_no_time_has_none(self) -> None:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            info = tarfile.TarInfo("a")
            info.pax_headers = {"mtime": "nan"}
            archive.addfile(info)
        Path("x").write_bytes(out.getvalue())
        (delivery,) = collect(["x"])
        assert isinstance(delivery, Delivery)
        assert delivery.modified is None

    @pytest.mark.parametrize("pack", [tarred, zipped], ids=["tar", "zip"])
    def test_too_many_members_are_told(self, pack: object) -> None:
        assert callable(pack)
        Path("x").write_bytes(pack({str(n): b"" for n in range(10)}))
        found = walked("x", limits=Limits(members=4))
        assert len(found) == 5
        assert "more than 4 members" in str(found["x"])

    def test_a_bomb_in_a_zip_is_a_fault_of_its_member(self) -> None:
        Path("x").write_bytes(zipped({"a": bytes(8 << 20), "b": b"2"}))
        faults = []
        for delivery in collect(["x"], limits=Limits(ratio=100, ratio_after=1 << 20)):
            assert isinstance(delivery, Delivery)
            for _ in delivery.read_chunks():
                pass
            faults.append(delivery.fault and delivery.fault.code)
        assert faults == ["bomb", None]

    def test_a_nested_zip_over_the_spool_is_refused(self) -> None:
        Path("x").write_bytes(tarred({"z": zipped({"a": os.urandom(5000)})}))
        found = walked("x", limits=Limits(spool=1000))
        assert found == {"x!z": "a zip of more than 1000 bytes within"}
