"""Who did it is told by name, with his kind only where that tells more."""

from __future__ import annotations

import pytest

from actum.ocsf import sentence


@pytest.mark.parametrize(
    ("who", "told"),
    [
        pytest.param({"actor_user_name": "scheduler", "actor_user_type": "system"}, "scheduler",
                     id="a system"),
        pytest.param({"actor_user_name": "Unknown User", "actor_user_type": "anonymous"},
                     "an anonymous caller", id="anonymous by kind"),
        pytest.param({"actor_user_name": "bot-ci", "actor_user_type": "bot"}, "bot-ci",
                     id="a name that says its kind"),
        pytest.param({"actor_user_name": "botany", "actor_user_type": "bot"}, "bot botany",
                     id="a name that does not"),
        pytest.param({"actor_user_name": "role-x", "actor_user_type": "Role"}, "role role-x",
                     id="AWS always says"),
        pytest.param({"actor_user_name": "alice", "actor_user_type": "service/account/user"},
                     "user alice", id="the end of a long kind"),
        pytest.param({"actor_user_name": "SYSTEM", "actor_user_type": "KEY"}, "key SYSTEM",
                     id="a shouted kind"),
        pytest.param({"actor_user_name": "bob", "actor_user_type": "unauthenticated"},
                     "bob (unauthenticated)", id="a state"),
        pytest.param({"actor_user_name": "111122223333", "cloud_provider": "AWS"},
                     "account 111122223333", id="an account of AWS"),
        pytest.param({"actor_user_uid": "111122223333"}, "uid 111122223333", id="a number"),
        pytest.param({"actor_user_name": "s3.amazonaws.com"}, "service s3.amazonaws.com",
                     id="a service of AWS"),
        pytest.param({"actor_user_name": "alice", "actor_invoked_by": "x.aws"},
                     "service x.aws for alice", id="a service for somebody"),
        pytest.param({"actor_user_name": "x.aws", "actor_invoked_by": "x.aws"},
                     "service x.aws", id="a service for itself"),
    ],
)  # fmt: skip
def test_somebody_is_told_by_name(who: dict[str, object], told: str) -> None:
    assert sentence(who | {"api_operation": "ListUsers"}) == f"{told} listed users"


def test_a_user_that_is_none_is_not_told_by_that_word() -> None:
    event: dict[str, object] = {"class_uid": 3001, "activity_id": 4, "any_user": [None, ""]}
    assert sentence(event) == "an unknown actor reset the password of a user"
