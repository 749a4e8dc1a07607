"""Event XML, read by expat, which builds no tree.

A document type declaration is refused before anything in it is looked at, so that there are no
entities but XML's own five; elements may be `_DEEPEST` deep.

References:
- https://learn.microsoft.com/windows/win32/wes/eventschema-schema
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from actum.sources.windows_event.telling import Told, Wrong

__all__ = ["from_xml"]

_DEEPEST: Final = 24


def from_xml(text: bytes) -> Told:
    """Read one ``<Event>``.  `Wrong` if it is none, or declares a document type."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Wrong(f"not valid XML: {expat.ErrorString(error.code)}") from error
    return reader.told()


def _refuse(*_: object) -> None:
    raise Wrong("an XML document type declaration is refused")


class _Reader:
    """What is in an event, while expat passes over it."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_event = False
        self._section = ""
        self._system: dict[str, str] = {}
        self._data: dict[str, str] = {}
        self._name = ""
        self._words: list[str] = []
        self._message = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Wrong("XML nested too deeply")
        if self._depth == 1:
            self._is_event = tag == "Event"
        elif self._depth == 2:
            self._section = tag if self._is_event else ""
        if self._words:
            self._words = []
        if self._section == "System":
            for key, value in attributes.items():
                self._system.setdefault(f"{tag}.{key}", value)
        elif self._section:
            self._name = attributes.get("Name", "") if attributes else ""

    def words(self, text: str) -> None:
        """Take characters."""
        self._words.append(text)

    def end(self, tag: str) -> None:  # noqa: C901 - a section each, told in order
        """End an element: what it says is its text."""
        section, words = self._section, self._words
        self._depth -= 1
        if self._depth == 1:
            self._section = ""
        text = ""
        if words:
            text = (words[0] if len(words) == 1 else "".join(words)).strip()
            self._words = []
        if not section:
            return
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if section == "System":
            if self._depth > 1:
                self._system.setdefault(tag, text)
        elif section == "EventData":
            if tag == "Data":
                self._data.setdefault(self._name or f"param{len(self._data) + 1}", text)
        elif section == "UserData":
            if text:
                self._data.setdefault(self._name or tag, text)
        elif section == "RenderingInfo" and tag == "Message":
            self._message = text

    def told(self) -> Told:
        """Give what was found."""
        system = self._system
        if "EventID" not in system:
            raise Wrong("an <Event> without an EventID")
        created = system.get("TimeCreated.SystemTime", "")
        return Told(
            system["EventID"], system.get("Provider.Name", ""), system.get("Channel", ""),
            system.get("Computer", ""), system.get("EventRecordID", ""), system.get("Level", ""),
            system.get("Keywords", ""), system.get("Correlation.ActivityID", ""),
            system.get("Security.UserID", ""), self._message, (created,) if created else (),
            (created,), self._data,
        )  # fmt: skip
