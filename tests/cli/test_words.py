"""How the words of a command line become a question."""

from __future__ import annotations

import pytest

from cli.program import actum


@pytest.mark.parametrize(
    ("words", "query"),
    [
        # Nothing is done to one word, nor to words without a space.
        ((), ""),
        (("actor:alice op:delete",), "actor:alice op:delete"),
        (("two words",), "two words"),
        (('"two words"',), '"two words"'),
        (("actor:alice", "last:7d"), "actor:alice last:7d"),
        # The shell took the quotes of these.
        (("actor:alice", "two words"), 'actor:alice "two words"'),
        (("actor:alice", "target:my file"), 'actor:alice target:"my file"'),
        (("-target:my file", "op:read"), '-target:"my file" op:read'),
        (("actor:alice", 'say "no"'), 'actor:alice say "no"'),
        # These hold syntax of their own.
        (("last:7d", "a:b c:d"), "last:7d a:b c:d"),
        (("last:7d", "actor:a OR actor:b"), "last:7d actor:a OR actor:b"),
        (("last:7d", "actor:(a OR b)"), "last:7d actor:(a OR b)"),
    ],
)
def test_several_words_are_joined_as_they_were_meant(words: tuple[str, ...], query: str) -> None:
    from actum.cli.asking import joined

    assert joined(words) == query


@pytest.mark.parametrize(
    ("subject", "first", "fields"),
    [
        ("s3:DeleteBucket", "action:s3:DeleteBucket", "action target"),
        ("s3.amazonaws.com:DeleteBucket", "action:s3.amazonaws.com:DeleteBucket", "action target"),
        ("iam:*", "action:iam:*", "action target"),
        ("CreateUser", "action:CreateUser", "action target actor"),
        ("Delete*", "action:Delete*", "action target actor"),
        ("*Bucket", "action:*Bucket", "action target actor"),
        ("203.0.113.66", "ip:203.0.113.66", "ip"),
        ("203.0.113.*", "ip:203.0.113.*", "ip"),
        ("10.0.0.0/8", "ip:10.0.0.0/8", "ip"),
        ("2001:db8::1", "ip:2001:db8::1", "ip"),
        ("arn:aws:s3:::prod-*", "target:arn:aws:s3:::prod-*", "target actor issuer"),
        ("AKIAEXAMPLE000000001", "session:AKIAEXAMPLE000000001", "session target"),
        ("ASIAEXAMPLE000000002", "session:ASIAEXAMPLE000000002", "session target"),
        ("alice@example.com", "actor:alice@example.com", "actor target"),
        ("prod-invoices", "target:prod-invoices", "target action actor"),
        ("prod-*", "target:prod-*", "target action actor"),
        ("i-0abc", "target:i-0abc", "target action actor"),
        ("111122223333", "target:111122223333", "target action actor"),
        ("invoice.deleted", "target:invoice.deleted", "target action actor"),
        ("my file", 'target:"my file"', "target action actor"),
        ('a "b"', r'target:"a \"b\""', "target action actor"),
        # Query text stands for itself.
        ("key:AKIAEXAMPLE", "key:AKIAEXAMPLE", "key"),
        ("action:Delete* status:failure", "action:Delete* status:failure", "action"),
    ],
)
def test_a_subject_is_taken_for_what_it_looks_like(subject: str, first: str, fields: str) -> None:
    from actum.cli.who import readings

    found = readings(subject)
    assert found[0] == first
    assert [each.partition(":")[0] for each in found] == fields.split()


@pytest.mark.usefixtures("ours")
class TestAsked:
    @pytest.mark.parametrize(
        ("subject", "indexes"),
        [
            ("DeleteBucket", [3, 2]),
            ("deletebucket", [3, 2]),  # no target of that name, so it is an action
            ("s3:Delete*", [3, 2]),
            ("prod-invoices", [3, 2, 1]),
            ("198.51.100.4", [2]),
            ("bob", [2]),  # neither a target nor an action: an actor
            ("ASIAEXAMPLE000000002", [3]),
            ("arn:aws:iam::111122223333:role/deploy", [3]),
            ("arn:aws:iam::111122223333:user/bob", [2]),
            ("mallory", [5]),
            ("nobody", []),
        ],
    )
    def test_who_finds_what_was_named(self, subject: str, indexes: list[int]) -> None:
        ran = actum("who", subject)
        assert [row["index"] for row in ran.rows] == indexes
        assert ran.code == 0

    def test_a_negated_qualifier_is_no_option(self) -> None:
        assert [row["index"] for row in actum("search", "-op:delete", "-op:create").rows] == [6, 4]
        assert [row["index"] for row in actum("who", "prod-invoices", "-is:failure").rows] == [3, 1]

    def test_options_of_who_narrow_its_question(self) -> None:
        assert [r["index"] for r in actum("who", "*", "--target", "prod-*").rows] == [3, 2, 1]
        ran = actum("who", "DeleteBucket", "--last", "1h")
        assert not ran.rows
        assert "the time range lies outside all of it" in ran.err

    def test_an_or_among_further_words_keeps_to_itself(self) -> None:
        ran = actum("who", "DeleteBucket", "actor:bob", "OR", "actor:alice")
        assert [row["index"] for row in ran.rows] == [2]

    def test_nothing_found_says_all_that_was_looked_for(self) -> None:
        assert "looked for 'nobody' as target, action, actor" in actum("who", "nobody").err

    def test_free_text_says_that_it_is_a_scan(self) -> None:
        ran = actum("search", '"REQ0000000000004"')
        assert [row["index"] for row in ran.rows] == [4]
        assert "a scan" in ran.err

    def test_a_time_range_says_what_it_leaves_out(self) -> None:
        days = ("since:2024-05-02", "until:2024-05-03")
        assert [row["index"] for row in actum("search", *days).rows] == [3, 2]

    def test_a_zone_moves_the_naive_times_of_a_query_only(self) -> None:
        words = ("search", "since:2024-05-02T10:00", "until:2024-05-02T11:15")
        assert actum(*words).rows == []
        found = actum(*words, "--zone", "Europe/Berlin").rows
        assert [row["time"] for row in found] == ["2024-05-02T09:00:00Z"]
