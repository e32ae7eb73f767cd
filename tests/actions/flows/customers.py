"""A customer who goes through a flow's questions, without Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.flows import engine
from actions.flows.case import Case
from actions.flows.catalogue import FLOWS
from actions.flows.interruption import Act, act
from actions.flows.plan import Finding, Message, Plan
from actions.flows.report import report
from actions.questions import found_text, question, remark_text
from handoff import texts
from handoff.console.wording import LANGUAGES
from kb_index import error_codes

TRON = "TXvy9ycGMkvJxqqFHRyVQvMhbMvRBDnzwR"
EVM = "0x62a9158609e006a5b5780885ac303cb058d4417c"
EVM_HASH = "0x" + "ab" * 32
TRON_HASH = "ab" * 32


def entity(label: str, value: str, **more: Any) -> dict[str, Any]:
    return {"entity": label, "value": value, **more}


class Customer:
    """Answers one question after the other; what is said is rendered in both languages each time."""

    def __init__(
        self,
        flow: str,
        *entities: dict[str, Any],
        topic: str | None = None,
        intent: str = "deposit_withdrawal",
    ) -> None:
        self.flow = FLOWS[flow]
        topics = [topic] if topic else []
        message = Message(text="help", intent=intent, decision="answer", topics=topics, entities=entities)
        self.case = engine.begin(self.flow, message, error_codes, seq=1)
        self.remark: Finding | None = None
        self._render()

    def writes(
        self,
        text: str,
        *entities: dict[str, Any],
        decision: str = "clarify",
        topics: Sequence[str] = (),
        intent: str = "deposit_withdrawal",
    ) -> Customer:
        message = Message(text=text, intent=intent, decision=decision, topics=topics, entities=entities)
        return self._takes(message)

    def presses(self, *choices: str) -> Customer:
        for choice in choices:
            self._takes(Message(text="", intent="flow_reply", choice=choice))
        return self

    def skips(self, times: int = 1) -> Customer:
        for _ in range(times):
            self._takes(Message(text="", intent="flow_skip"))
        return self

    @property
    def asked(self) -> str | None:
        return self.case.asked

    @property
    def plan(self) -> Plan:
        return self.flow.plan(self.case, error_codes)

    @property
    def found(self) -> list[str]:
        return [finding.key for finding in self.plan.findings]

    @property
    def result(self) -> tuple[str | None, list[str], str | None]:
        return self.case.end, self.found, self.plan.topic

    def _takes(self, message: Message) -> Customer:
        assert self.case.asked is not None, self.case
        does = act(self.flow, self.flow.fields[self.case.asked], message)
        self.remark = None
        if does is Act.SKIP:
            self.case = engine.skip(self.flow, self.case, error_codes, seq=2)
        else:
            assert does is Act.ANSWER, does
            step = engine.answer(self.flow, self.case, message, error_codes, seq=2)
            self.case, self.remark = step.case, step.remark
        self._render()
        return self

    def _render(self) -> None:
        assert Case.read(self.case.json()) == self.case
        for language in texts.languages():
            if self.remark is not None:
                assert remark_text(self.remark, language)
            for finding in self.plan.findings:
                assert found_text(finding, language)
            if self.case.asked:
                assert question(self.case, language).text
        summary = report(self.flow, self.case, error_codes)
        assert set(summary["paragraph"]) == set(LANGUAGES)
