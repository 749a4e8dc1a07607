"""What events mean: OCSF 1.8 classes and Actum's flat columns, as data.  No disk, no clock.

``columns`` names the flat columns, ``classes`` the schema's classes, ``to_ocsf`` turns a flat event
into the nested form, ``problems`` checks that form, ``sentence`` tells an event to a person, and
``printable`` makes any text safe to show.
"""

from actum.ocsf.classes import VERSION, OcsfClass, ocsf_class, ocsf_classes
from actum.ocsf.columns import COLUMNS, QUESTIONS, Column, column, names
from actum.ocsf.nested import to_ocsf
from actum.ocsf.printable import printable
from actum.ocsf.sentence import sentence
from actum.ocsf.validate import problems

__all__ = [
    "COLUMNS",
    "QUESTIONS",
    "VERSION",
    "Column",
    "OcsfClass",
    "column",
    "names",
    "ocsf_class",
    "ocsf_classes",
    "printable",
    "problems",
    "sentence",
    "to_ocsf",
]
