"""IP protocols by number, as IANA names them, in lower case.

References:
- https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml
"""

from __future__ import annotations

__all__ = ["PROTOCOLS"]

PROTOCOLS = {
    "0": "hopopt", "1": "icmp", "2": "igmp", "4": "ipv4", "6": "tcp", "8": "egp", "9": "igp",
    "17": "udp", "27": "rdp", "33": "dccp", "41": "ipv6", "43": "ipv6-route", "44": "ipv6-frag",
    "46": "rsvp", "47": "gre", "50": "esp", "51": "ah", "58": "ipv6-icmp", "59": "ipv6-nonxt",
    "60": "ipv6-opts", "88": "eigrp", "89": "ospfigp", "94": "ipip", "97": "etherip", "103": "pim",
    "108": "ipcomp", "112": "vrrp", "115": "l2tp", "132": "sctp", "136": "udplite",
    "137": "mpls-in-ip",
}  # fmt: skip
"""Others keep their number."""
