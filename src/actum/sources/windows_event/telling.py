"""The spellings of a Windows event, brought to one: its system fields and its data by name.

======================  ========================================================================
winlogbeat, ECS         ``winlog.event_id``, ``winlog.event_data.*``; before 7: ``event_data.*``
NXLog, Log Analytics    everything at the top: ``EventID``, ``Channel``, ``TargetUserName``, …
Event XML as JSON       ``Event.System``, ``Event.EventData``, attributes as ``@Name``,
                        ``#attributes`` or plain, data as an object or as a list of ``Data``
Wazuh                   ``data.win.system``, ``data.win.eventdata``
Event XML               ``<Event><System>…</System><EventData><Data Name="…">``
======================  ========================================================================

XML is read in `actum.sources.windows_event.markup`; here is what was JSON before it came.

References:
- https://learn.microsoft.com/windows/win32/wes/eventschema-schema
- https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
- https://docs.nxlog.co/refman/current/im/msvistalog.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

__all__ = ["Told", "Wrong", "from_json"]


class Wrong(Exception):
    """An event cannot be read, and why."""


class Told(NamedTuple):
    """An event in one spelling.

    ``stated`` are the times it states, the best first; of those in ``utc`` the zone is UTC though
    it is not written.
    """

    event_id: str
    provider: str
    channel: str
    computer: str
    record: str
    level: str
    keywords: str
    activity: str
    user_sid: str
    message: str
    stated: tuple[str, ...]
    utc: tuple[str, ...]
    data: dict[str, str]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Wrong(f"a key is given twice: {twice[:200]}")
    return found


_decode: Final = json.JSONDecoder(object_pairs_hook=_once).decode


def from_json(text: str) -> Told:
    """Read one JSON object.  `Wrong` if it is no event."""
    try:
        record = _decode(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("not valid JSON") from error
    if not isinstance(record, dict):
        raise Wrong("not a JSON object")
    win = _inner(_inner(record, "data"), "win")
    if isinstance(record.get("winlog"), dict):
        return _winlog(record, record["winlog"])
    if isinstance(record.get("Event"), dict):
        return _event(record["Event"], record)
    if isinstance(record.get("System"), dict):
        return _event(record, record)
    if win:
        return _wazuh(win)
    if "EventID" in record:
        return _flat(record)
    return _winlog(record, record)


def _inner(record: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    """A value as text; of an XML element its text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        for key in ("#text", "_", "$t", "Value", "value"):
            if key in value:
                return _text(value[key])
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value[:64])))
    return ""


def _attribute(value: object, name: str) -> str:
    """An attribute of an XML element, however it is spelt; of text the text itself."""
    if isinstance(value, dict):
        for inner in (
            value,
            _inner(value, "#attributes"),
            _inner(value, "$"),
            _inner(value, "@attributes"),
        ):
            for key in (name, f"@{name}", f"-{name}", f"_{name}"):
                if key in inner:
                    return _text(inner[key])
        return ""
    return _text(value)


def _first(record: Mapping[str, Any], *keys: str) -> str:
    return next((found for key in keys if (found := _text(record.get(key)))), "")


def _data(found: object) -> dict[str, str]:
    """The data of an event by name: those of an object, or of a list of named elements."""
    data: dict[str, str] = {}
    if isinstance(found, list):
        for place, each in enumerate(found):
            name = _attribute(each, "Name") if isinstance(each, dict) else ""
            data.setdefault(name or f"param{place + 1}", _text(each))
    elif isinstance(found, dict):
        for key, value in found.items():
            if key in ("Data", "data") and isinstance(value, dict | list):
                data |= _data(value if isinstance(value, list) else [value])
            elif key not in ("#attributes", "@xmlns", "$"):
                nested = isinstance(value, dict) and not _text(value)
                if nested and not key.startswith("@"):
                    data |= _data(value)
                else:
                    data[key] = _text(value)
    return data


def _winlog(record: Mapping[str, Any], log: Mapping[str, Any]) -> Told:
    data = _data(log.get("user_data")) | _data(log.get("event_data"))
    keywords = log.get("keywords")
    event = _inner(record, "event")
    outcome = {"success": "Audit Success", "failure": "Audit Failure"}.get(
        _text(event.get("outcome")), ""
    )
    stated = tuple(filter(None, (_text(log.get("time_created")), _text(record.get("@timestamp")))))
    host = _inner(record, "host")
    return Told(
        _first(log, "event_id") or _text(event.get("code")),
        _first(log, "provider_name", "source_name") or _text(event.get("provider")),
        _first(log, "channel", "log_name"), _first(log, "computer_name") or _text(host.get("name")),
        _first(log, "record_id", "record_number"),
        _first(log, "level") or _text(_inner(record, "log").get("level")),
        f"{_text(keywords)} {outcome}", _text(log.get("activity_id")),
        _text(_inner(log, "user").get("identifier")), _text(record.get("message")), stated, (),
        data,
    )  # fmt: skip


def _event(event: Mapping[str, Any], record: Mapping[str, Any]) -> Told:
    system = _inner(event, "System")
    data = _data(event.get("UserData")) | _data(event.get("EventData"))
    created = _attribute(system.get("TimeCreated"), "SystemTime")
    if "@SystemTime" in system:
        created = _text(system["@SystemTime"])
    rendering = _inner(event, "RenderingInfo")
    return Told(
        _text(system.get("EventID")), _attribute(system.get("Provider"), "Name"),
        _text(system.get("Channel")), _text(system.get("Computer")),
        _text(system.get("EventRecordID")), _text(system.get("Level")),
        _text(system.get("Keywords")), _attribute(system.get("Correlation"), "ActivityID"),
        _attribute(system.get("Security"), "UserID"),
        _text(rendering.get("Message")) or _text(record.get("Message")),
        (created,) if created else (), (created,), data,
    )  # fmt: skip


def _wazuh(win: Mapping[str, Any]) -> Told:
    system = _inner(win, "system")
    data = {
        key[:1].upper() + key[1:]: _text(value) for key, value in _inner(win, "eventdata").items()
    }
    created = _text(system.get("systemTime"))
    return Told(
        _text(system.get("eventID")), _text(system.get("providerName")),
        _text(system.get("channel")), _text(system.get("computer")),
        _text(system.get("eventRecordID")), _text(system.get("level")),
        _text(system.get("keywords")), "", "", _text(system.get("message")),
        (created,) if created else (), (created,), data,
    )  # fmt: skip


_OWN: Final = frozenset((
    "EventID", "Channel", "SourceName", "ProviderName", "Provider", "EventSourceName", "Source",
    "Hostname", "Computer", "ComputerName", "RecordNumber", "EventRecordID", "Message", "Keywords",
    "Level", "EventLevel",
    "EventTime", "TimeCreated", "TimeGenerated", "@timestamp", "host", "EventReceivedTime",
    "SystemTime", "tags", "port", "type", "Type",
))  # fmt: skip


def _flat(record: Mapping[str, Any]) -> Told:
    nested = record.get("EventData")
    data = {key: _text(value) for key, value in record.items() if key not in _OWN}
    if isinstance(nested, dict | list):
        data |= _data(nested)
    created = _attribute(record.get("TimeCreated"), "SystemTime") or _text(record.get("SystemTime"))
    times = (created, _first(record, "EventTime"), _first(record, "TimeGenerated", "@timestamp"))
    sysmon = data.get("UtcTime", "")
    return Told(
        _text(record["EventID"]),
        _first(record, "SourceName", "ProviderName", "EventSourceName", "Source")
        or _attribute(record.get("Provider"), "Name"),
        _first(record, "Channel", "EventLog", "LogName"),
        _first(record, "Hostname", "Computer", "ComputerName", "MachineName", "host"),
        _first(record, "RecordNumber", "EventRecordID", "RecordId", "EventRecordId"),
        _first(record, "Level", "LevelDisplayName", "Severity", "EventLevelName", "EventLevel"),
        f"{_text(record.get('Keywords'))} {_first(record, 'EventType', 'KeywordsDisplayNames')}",
        _first(record, "ActivityID", "ActivityId"), _first(record, "UserID", "UserId"),
        _first(record, "Message", "RenderedDescription"),
        tuple(filter(None, (*times, sysmon))), (created, sysmon), data,
    )  # fmt: skip
