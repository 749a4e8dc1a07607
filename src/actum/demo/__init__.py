"""A world to try Actum on: generated, seeded, with a crime in it whose answer is known.

``write_demo`` writes the CloudTrail bucket of a small company over eight days, from a thousand to
ten million events, and ``ANSWERS`` says what is to be found in it.  Nothing in it is real.
"""

from actum.demo.answers import ANSWERS, Answers
from actum.demo.write import DemoFiles, write_demo

__all__ = ["ANSWERS", "Answers", "DemoFiles", "write_demo"]
