"""How bytes arrive: what a user points at becomes deliveries, a delivery's bytes become elements.

What the elements mean is the business of the sources; nothing here looks at a field.
"""

from actum.collect.batch import Batch, Fragment, Framing
from actum.collect.delivery import Delivery, Fault
from actum.collect.envelope import RECORD_KEYS
from actum.collect.framing import frame
from actum.collect.limits import Limits
from actum.collect.walk import Unreadable, collect, estimate

__all__ = [
    "RECORD_KEYS",
    "Batch",
    "Delivery",
    "Fault",
    "Fragment",
    "Framing",
    "Limits",
    "Unreadable",
    "collect",
    "estimate",
    "frame",
]
