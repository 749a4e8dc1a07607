"""Error codes of sign-ins that were interrupted, not refused: the user was asked for more.

What came of it is told by a later record of the same correlation, if the user went on.

References:
- Error codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
- Sign-in status: https://learn.microsoft.com/entra/identity/monitoring-health/concept-sign-in-log-activity-details
"""

from __future__ import annotations

__all__ = ["INTERRUPTS"]

INTERRUPTS = {
    16000: "several accounts could sign in: the user is to choose",
    50058: "no session that signs in silently: the user is to sign in",
    50072: "the user is to enrol for multifactor authentication",
    50074: "a strong authentication is asked for",
    50076: "multifactor authentication is asked for by a policy or because of a new place",
    50078: "the multifactor authentication has expired: it is asked for again",
    50079: "the user is to enrol for multifactor authentication, by a policy or a new place",
    50097: "the device is asked to authenticate itself",
    50125: "the user is to register for password reset, or to reset the password",
    50127: "a broker app is to be installed to sign in",
    50129: "the device is to be joined to the workplace",
    50140: "the user is asked whether to stay signed in",
    50158: "an external provider's challenge is to be answered",
    50199: "the user is asked to confirm the app to sign in to",
    50203: "the user is to register an authenticator app",
    51006: "the session lacks an integrated Windows authentication: it is asked for",
    65001: "the user or an administrator is asked to consent to the app",
    90094: "an administrator is asked to consent",
    9002341: "the user is asked to allow single sign-on",
}
"""Code and what is asked of the user."""
