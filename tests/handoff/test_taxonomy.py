from __future__ import annotations

import pytest

from handoff import taxonomy


@pytest.mark.parametrize(
    ("intent", "skill", "priority"),
    [
        ("account_theft", "account_security", 0),
        ("scam_victim", "account_security", 0),
        ("complaint", "general", 1),
        ("kyc", "kyc", 2),
        ("suggestion", "general", 3),
        ("greet", "general", 3),
        ("no such intent", "general", 2),
        (None, "general", 2),
    ],
)
def test_an_intent_has_its_team_and_priority(intent: str | None, skill: str, priority: int) -> None:
    assert (taxonomy.skill_of(intent), taxonomy.priority_of(intent)) == (skill, priority)


def test_every_intent_leads_to_a_team_that_exists() -> None:
    assert len(taxonomy.intents()) == 20
    assert {taxonomy.skill_of(intent) for intent in taxonomy.intents()} <= set(taxonomy.skills())
    assert sum(len(topics) for topics in taxonomy.topics().values()) == 115
    assert taxonomy.languages()[:2] == ("zh-Hans", "en")
