"""Reads the OCSF schema as published and makes Actum's two tables from it.

The package ships the tables, not the schema.  ``python tests/ocsf/schema.py`` writes them anew from
a schema checkout beside the repository; the tests compare them with it where it is present.

Rules of the schema followed here (its own README calls them the metaschema):

1. A class or object has the attributes of what it ``extends``, merged key by key, then its own.
2. ``$include`` brings the attributes of a profile; they count only for events that name the
   profile in ``metadata.profiles``, unless a class takes them for itself with ``"profile": null``.
3. A class without ``uid`` is a family, not a class; the base event has uid 0.
4. class uid = extension uid * 100000 + category uid * 1000 + uid.
5. Type and enum come from the dictionary; a class or object may add enum values.
6. Of a constraint ``just_one`` only that there is one is held: we never write two.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from actum.ocsf.columns import COLUMNS

SCHEMA = Path(__file__).resolve().parents[2].parent / "shared/data/standards/ocsf-schema-1.8.0"
PACKAGE = Path(__file__).resolve().parents[2] / "src/actum/ocsf"

# objects no column leads to, but which nested.py fills because a class requires them
ALSO = (
    *("user", "group", "database", "databucket", "table", "finding_info", "service", "trace"),
    *("file", "managed_entity", "web_resource", "compliance", "vulnerability", "cve", "cwe"),
    *("advisory", "email", "job", "policy", "organization"),
)


class Schema:
    """One schema folder, resolved on demand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.dictionary = _load(root / "dictionary.json")["attributes"]
        self.categories = _load(root / "categories.json")["attributes"]
        self.version: str = _load(root / "version.json")["version"]
        self.events: dict[str, tuple[int, dict[str, Any]]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        for path in sorted((root / "events").rglob("*.json")):
            self._add_event(0, path)
        for path in sorted((root / "objects").glob("*.json")):
            found = _load(path)
            self.objects[found["name"]] = found
        for extension in sorted(root.glob("extensions/*/extension.json")):
            uid = _load(extension)["uid"]
            self.dictionary = _more(extension.parent / "dictionary.json") | self.dictionary
            for path in sorted(extension.parent.glob("events/*.json")):
                self._add_event(uid, path)

    def _add_event(self, extension: int, path: Path) -> None:
        found = _load(path)
        self.events[found["name"]] = (extension, found)

    def attributes(self, kind: str, name: str) -> dict[str, dict[str, Any]]:
        """Resolve every attribute of a class or object, inherited ones first (rules 1 and 2)."""
        source = self.events[name][1] if kind == "event" else self.objects[name]
        merged: dict[str, dict[str, Any]] = {}
        if source.get("extends"):
            merged = self.attributes(kind, source["extends"])
        for included in source["attributes"].get("$include", []):
            profile = _load(self.root / included)
            for key, value in profile["attributes"].items():
                merged[key] = _merge(merged.get(key, {}), {**value, "profile": profile["name"]})
        for key, value in source["attributes"].items():
            if key != "$include":
                merged[key] = _merge(merged.get(key, {}), value)
        return merged

    def constraints(self, kind: str, name: str) -> dict[str, list[str]]:
        source = self.events[name][1] if kind == "event" else self.objects[name]
        own = source.get("constraints")
        if own is None and source.get("extends"):
            return self.constraints(kind, source["extends"])
        return own or {}

    def one_of(self, kind: str, name: str) -> list[str]:
        """List what at least one is needed of; “just one” is that as well (rule 6)."""
        found = self.constraints(kind, name)
        return found.get("at_least_one") or found.get("just_one") or []

    def category(self, name: str) -> str:
        source = self.events[name][1]
        return str(source["category"] if "category" in source else self.category(source["extends"]))

    def enum(self, attribute: str, use: dict[str, Any]) -> dict[int, str]:
        both = _merge(self.dictionary[attribute].get("enum", {}), use.get("enum", {}))
        return {int(key): both[key]["caption"] for key in sorted(both, key=int)}


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _more(path: Path) -> dict[str, Any]:
    return dict(_load(path)["attributes"]) if path.exists() else {}


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _required(attributes: dict[str, dict[str, Any]]) -> list[str]:
    return sorted(
        name
        for name, use in attributes.items()
        if use.get("requirement") == "required" and not use.get("profile")
    )


def class_table(schema: Schema) -> dict[str, Any]:
    """Make what classes.json holds."""
    rows = []
    for name, (extension, source) in schema.events.items():
        if "uid" not in source and name != "base_event":
            continue  # rule 3
        category = schema.category(name)
        known = schema.categories.get(category, {"uid": 0, "caption": "Uncategorized"})
        attributes = schema.attributes("event", name)
        rows.append(
            {
                "uid": extension * 100_000 + known["uid"] * 1_000 + source.get("uid", 0),
                "name": name,
                "caption": source["caption"],
                "category_uid": known["uid"],
                "category": known["caption"],
                "activities": {
                    str(key): caption
                    for key, caption in schema.enum(
                        "activity_id", attributes["activity_id"]
                    ).items()
                },
                "required": _required(attributes),
            }
        )
    return {"version": schema.version, "classes": sorted(rows, key=lambda row: int(row["uid"]))}


def _walk(schema: Schema) -> list[str]:
    """List the objects our columns' paths run through, and those nested.py fills besides."""
    found = set(ALSO)
    for column in COLUMNS:
        parts = [part.split("[")[0] for part in column.path.split(".") if part]
        for part in parts:
            kind = schema.dictionary[part]["type"]
            if kind in schema.objects and kind != "object":
                found.add(kind)
    return sorted(found)


def attribute_table(schema: Schema) -> dict[str, Any]:
    """Make what attributes.json holds."""
    used: set[str] = set()
    base = schema.attributes("event", "base_event")
    objects = {}
    for name in _walk(schema):
        attributes = schema.attributes("object", name)
        used |= attributes.keys()
        objects[name] = {
            "attributes": {key: attributes[key].get("profile") or "" for key in sorted(attributes)},
            "required": _required(attributes),
            "at_least_one": schema.one_of("object", name),
            "enums": _enums(schema, attributes),
        }
    classes = {}
    for row in class_table(schema)["classes"]:
        attributes = schema.attributes("event", row["name"])
        used |= attributes.keys()
        classes[str(row["uid"])] = {
            "attributes": {
                key: use.get("profile") or ""
                for key, use in sorted(attributes.items())
                if key not in base or (base[key].get("profile") or "") != (use.get("profile") or "")
            },
            "at_least_one": schema.one_of("event", row["name"]),
            "enums": _enums(schema, attributes),
        }
    return {
        "version": schema.version,
        "types": {
            name: schema.dictionary[name]["type"]
            + ("[]" if schema.dictionary[name].get("is_array") else "")
            for name in sorted(used)
        },
        "enums": {
            name: {str(key): caption for key, caption in schema.enum(name, {}).items()}
            for name in sorted(used)
            if schema.dictionary[name]["type"] == "integer_t"
            and schema.dictionary[name].get("enum")
            and name != "activity_id"
        },
        "base": {key: base[key].get("profile") or "" for key in sorted(base)},
        "classes": classes,
        "objects": objects,
    }


_TABLED = ("activity_id", "category_uid", "class_uid", "type_uid")  # known from classes.json


def _enums(schema: Schema, attributes: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    """List the integer enums a class or object adds values to (rule 5)."""
    return {
        name: {str(key): caption for key, caption in schema.enum(name, use).items()}
        for name, use in sorted(attributes.items())
        if use.get("enum")
        and name not in _TABLED
        and schema.dictionary[name]["type"] == "integer_t"
    }


def text(table: dict[str, Any]) -> str:
    """One table as it is written: one line a class or object, so that a diff can be read."""
    lines = []
    for key, value in table.items():
        head = json.dumps(key) + ": "
        if isinstance(value, list):
            rows = ",\n".join("  " + _compact(item) for item in value)
            lines.append(f"{head}[\n{rows}\n]")
        elif isinstance(value, dict):
            rows = ",\n".join(f"  {json.dumps(k)}: {_compact(v)}" for k, v in value.items())
            lines.append(f"{head}{{\n{rows}\n}}")
        else:
            lines.append(head + _compact(value))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    published = Schema(Path(sys.argv[1]) if len(sys.argv) > 1 else SCHEMA)
    (PACKAGE / "classes.json").write_text(text(class_table(published)), "utf-8")
    (PACKAGE / "attributes.json").write_text(text(attribute_table(published)), "utf-8")
