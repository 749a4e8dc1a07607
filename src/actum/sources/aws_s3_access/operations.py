"""What the operations of S3 server access logs do, by their second and third word.

``REST.GET.OBJECT`` is a way of asking, a method and a kind of resource; lifecycle says
``S3.EXPIRE.OBJECT``, deletions of many objects ``BATCH.DELETE.OBJECT``.  Class 6005 for objects,
6003 for the settings of a bucket.
"""

from __future__ import annotations

from actum.sources.seam import Lookup

__all__ = ["LISTS", "METHODS", "OBJECTS", "OTHERWISE"]

OBJECTS = (
    "OBJECT", "OBJECTS", "PART", "PARTS", "UPLOAD", "UPLOADS", "OBJECT_TAGGING", "OBJECT_ACL",
    "OBJECT_LOCK_RETENTION", "OBJECT_LOCK_LEGALHOLD", "OBJECT_TORRENT", "OBJECT_ATTRIBUTES",
    "OBJECT_GET", "PART_GET", "DELETEMARKER", "MULTI_OBJECT_DELETE", "SELECT_OBJECT_CONTENT",
    "CHECKSUM",
)  # fmt: skip
"""Kinds of resource that are objects, or parts of some."""

LISTS = ("BUCKET", "BUCKETVERSIONS", "UPLOADS", "OBJECTS", "PARTS")
"""Kinds of resource that GET lists."""

METHODS = Lookup(
    "methods",
    ("word", "act", "datastore", "api"),
    (
        ("GET", "read", 1, 2), ("HEAD", "read", 1, 2), ("OPTIONS", "read", 1, 2),
        ("SELECT", "read", 1, 2), ("PUT", "update", 5, 3), ("POST", "update", 5, 3),
        ("COPY", "create", 5, 1), ("DELETE", "delete", 7, 4), ("EXPIRE", "delete", 7, 4),
        ("CREATE", "delete", 7, 4), ("TRANSITION", "update", 2, 3),
        ("TRANSITION_SIA", "update", 2, 3), ("TRANSITION_ZIA", "update", 2, 3),
        ("TRANSITION_INT", "update", 2, 3), ("TRANSITION_GIR", "update", 2, 3),
        ("TRANSITION_GDA", "update", 2, 3), ("RESTORE", "update", 2, 3),
        ("COMPUTE", "read", 1, 2),
    ),
    "methods.word = split_part(j.operation, '.', 2)",
)  # fmt: skip
"""S3.CREATE.DELETEMARKER is how lifecycle deletes what has versions."""

OTHERWISE = Lookup(
    "otherwise",
    ("words", "act", "activity"),
    (
        ("PUT.OBJECT", "create", 5), ("PUT.PART", "create", 5), ("POST.OBJECT", "create", 5),
        ("POST.UPLOADS", "create", 5), ("PUT.BUCKET", "create", 1),
        ("POST.MULTI_OBJECT_DELETE", "delete", 7),
        ("COPY.OBJECT_GET", "read", 1), ("COPY.PART_GET", "read", 1),
        ("PUT.OBJECT_ACL", "update", 2), ("PUT.OBJECT_TAGGING", "update", 2),
        ("PUT.OBJECT_LOCK_RETENTION", "update", 2), ("PUT.OBJECT_LOCK_LEGALHOLD", "update", 2),
        ("POST.SELECT_OBJECT_CONTENT", "read", 1),
    ),
    "otherwise.words = split_part(j.operation, '.', 2) || '.' || split_part(j.operation, '.', 3)",
)  # fmt: skip
"""Operations whose method says something else of them than it does of others."""
