"""What one word of a query is: a phrase to look for, a value, or a field's name and operator.

A word that asks for something Actum does not have is refused here, with what to write instead.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, NoReturn

from actum.query import rawpath
from actum.query.ast import Fragment, Text
from actum.query.fields import CLAUSES, NOT_YET, find, nearest

if TYPE_CHECKING:
    from actum.query.fields import Field
    from actum.query.tokens import Token
    from actum.query.values import Reader

__all__ = ["check", "keyword", "phrase", "qualifier", "raw", "refuse", "refuse_name", "value"]

_KEYWORDS: Final = {"AND", "OR", "NOT"}
_OP: Final = re.compile(r":(?:>=|<=|!=|!~|[=><~!])?")
_FRAGMENT: Final = re.compile(r"\*([^*?]+)\*")
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def refuse(reader: Reader, what: str, token: Token, *, why: str = "", todo: str = "") -> NoReturn:
    """Raise the QueryError that points at ``token``."""
    reader.refuse(what, (token.start, token.end), why=why, todo=todo)


def keyword(token: Token) -> str:
    """AND, OR or NOT; else ""."""
    return token.bare if token.quoted is None and token.bare in _KEYWORDS else ""


def check(reader: Reader, token: Token) -> None:
    """Refuse an unquoted word that is likely meant as another construct."""
    bare = token.bare
    if token.quoted is not None:
        return
    if bare in {"and", "or", "not"}:
        todo = f'write {bare.upper()} in capitals, or "{bare}" to look for the word'
        refuse(reader, f"{bare!r} is ambiguous", token, todo=todo)
    if bare.endswith("|"):
        refuse(reader, "a bar ends a word", token, todo="put a space before |, or quote the text")


def qualifier(reader: Reader, token: Token) -> tuple[str, str, str] | None:
    """Split ``name:value`` in name, operator and unquoted value; None for a word without a field.

    QueryError if it asks for a field there is none of.
    """
    path = rawpath.NAME.match(token.bare)
    name = path[0] if path else token.bare.partition(":")[0]
    op = _OP.match(token.bare, len(name))
    if op is None or (path is None and _NAME.fullmatch(name) is None) or name.lower() == "arn":
        return None
    if path is None and find(name) is None and name.lower() not in CLAUSES:
        refuse_name(reader, token, name)
    return name if path else name.lower(), op[0], token.bare[op.end() :]


def raw(reader: Reader, token: Token, word: str) -> Field | None:
    """Take ``raw.<path>`` as a field; None if the word is something else."""
    try:
        return rawpath.field_of(word)
    except ValueError as error:
        why = str(error)
        refuse(reader, f"{word!r} is no path", token, why=why, todo="write raw.key.key[0]")


def refuse_name(reader: Reader, token: Token, name: str) -> NoReturn:
    """There is no such field: say which there are, or what comes later."""
    word = name.lower()
    if word == "raw":
        todo = "write the path to it: raw.requestParameters.bucketName:x"
        refuse(reader, "raw: names nothing in the raw record", token, todo=todo)
    if word in NOT_YET:
        refuse(reader, f"not yet: {word}:", token, todo=f"use {NOT_YET[word]}")
    at = token.start + token.bare.index(name) if name in token.bare else token.start
    reader.refuse(
        f"there is no field {name!r}",
        (at, at + len(name) if name in token.bare else token.end),
        todo=f"{_meant(token.bare, name)}; or put it in quotes to look for the text",
    )


def phrase(reader: Reader, token: Token) -> Text | Fragment:
    """Free text."""
    if token.quoted is not None and token.bare:
        refuse(reader, "a quote is opened in the middle of a word", token, todo="add a space")
    span = (token.start, token.end)
    if token.quoted is None and (inner := _FRAGMENT.fullmatch(token.bare)):
        return Fragment(inner[1], span)
    if token.quoted is None and ("*" in token.bare or "?" in token.bare):
        refuse(
            reader,
            f"{token.bare!r} is free text, where only *text* is a glob",
            token,
            todo=f'write a field, such as action:{token.bare}, or "{token.bare}" in quotes',
        )
    text = token.bare if token.quoted is None else token.quoted
    if not text:
        refuse(reader, "an empty text is in every record", token, todo="leave it out")
    return Text(text, span)


def value(reader: Reader, token: Token, bare: str) -> str:
    """Take the value a token ends with: ``bare``, or what it quotes."""
    if token.quoted is not None:
        if bare:
            todo = "quote the whole value"
            refuse(reader, "a quote is opened in the middle of a value", token, todo=todo)
        return token.quoted
    if not bare:
        todo = 'write it right after the colon, or "" for empty'
        refuse(reader, "a value is missing", token, todo=todo)
    return bare


def _meant(word: str, name: str) -> str:
    """Guess what somebody who wrote ``word`` meant."""
    try:
        ipaddress.ip_address(word)
    except ValueError:
        pass
    else:
        return f"write ip:{word}"
    if re.fullmatch(r"[a-z0-9-]+:[A-Z*][\w*?]*", word):
        return f"write action:{word}"
    return f"nearest: {', '.join(nearest(name))}"
