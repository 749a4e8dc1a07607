"""How one planted record is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from actum.demo.answers import EAST, PROD, second_of, uuid_of
from actum.demo.cast import stamp, tls

__all__ = ["CLI", "Act", "bucket_resource", "call"]

CLI: Final = (
    "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-generic md/arch#x86_64 "
    "lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off"
)


@dataclass(frozen=True, slots=True)
class Act:
    """One planted record, and the second it is delivered among (its own may lie elsewhere)."""

    second: int
    record: dict[str, Any]


def call(
    label: str,
    when: str | int,
    who: dict[str, Any],
    call: str,
    *,
    ip: str,
    agent: str,
    account: str = PROD,
    region: str = EAST,
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
    error: tuple[str, str] | None = None,
    resources: list[dict[str, str]] | None = None,
    more: dict[str, Any] | None = None,
    is_data: bool = False,
) -> Act:
    """Make one record; ``call`` is ``service:Operation``, ``more`` overrides or adds keys."""
    second = when if isinstance(when, int) else second_of(when)
    service, name = call.split(":")
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": stamp(second),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": ip,
        "userAgent": agent,
    }
    if error is not None:
        record |= {"errorCode": error[0], "errorMessage": error[1]}
    record |= {
        "requestParameters": request,
        "responseElements": response,
        "requestID": uuid_of(f"request of {label}"),
        "eventID": uuid_of(label),
        "readOnly": name.startswith(("Get", "List", "Describe", "Head", "Lookup")),
    }
    if resources is not None:
        record["resources"] = resources
    record |= {
        "eventType": "AwsApiCall",
        "managementEvent": not is_data,
        "recipientAccountId": account,
        "eventCategory": "Data" if is_data else "Management",
        "tlsDetails": tls(f"{service}.{region}.amazonaws.com"),
    }
    return Act(second, record | (more or {}))


def bucket_resource(name: str, account: str = PROD, key: str | None = None) -> list[dict[str, str]]:
    """Make the ``resources`` of a call on a bucket, or on an object in it."""
    bucket = {"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{name}"}
    if key is None:
        return [bucket]
    return [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{name}/{key}"}, bucket]
