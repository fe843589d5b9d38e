"""Judging a chat model's answer: the draft when it is good, else what to tell model and people."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.assets import Asset
from knowledge.sentence_models import SentenceModels
from knowledge.sentences import prose, sentences
from knowledge.touch import Draft, DraftRequest, Finding
from prompts.checks import CheckContext, Rule, check_draft
from prompts.checks.grounding import CLAIM_UNSUPPORTED, NUMBER_UNSUPPORTED
from prompts.checks.manners import HYPE, SHOUTING
from prompts.checks.rule import QUOTED
from prompts.checks.selling import MEETING_ASK, PITCH, PRICE, READY_TO_BUY, URGENCY
from prompts.context import context_for
from prompts.foreign import Guarded, foreign_in
from prompts.model_reply import Reply, assemble, read_reply
from prompts.wording import render, words

_FEWEST_EVIDENCE_WORDS = 4
_MOST_SUBJECT_WORDS = 12
_SELLING: tuple[Rule, ...] = (PITCH, PRICE, MEETING_ASK, URGENCY, READY_TO_BUY, HYPE, SHOUTING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A good draft, or findings for the repair round and a reason that a rep may read."""

    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    reason: str = ""


def judge(
    request: DraftRequest, answer: str, guarded: Guarded, models: SentenceModels | None = None
) -> Verdict:
    """Judge an answer by its shape, its evidence, what is foreign in it, and every check."""
    reply = read_reply(answer)
    if reply is None:
        return refused("shape")
    if html.unescape(reply.asset_id).strip() != request.asset.id:
        return refused("asset")
    draft = assemble(request, reply)
    report = check_draft(context_for(request, draft.subject, draft.body, models))
    findings = tuple(
        dict.fromkeys(
            (*_own(request, reply, guarded), *_held(request, reply, models), *report.findings)
        )
    )
    if not findings:
        return Verdict(draft=replace(draft, checks=report))
    names = words("model")["rules"]
    rules = dict.fromkeys(names.get(f.rule, f.rule.replace("_", " ")) for f in findings)
    reason = render(words("model")["reasons"]["findings"], {"rules": ", ".join(rules)})
    return Verdict(findings=findings, reason=reason)


def refused(kind: str) -> Verdict:
    """The verdict on an answer that is no follow-up for this piece at all."""
    return Verdict(findings=(_finding(kind),), reason=words("model")["reasons"][kind])


def _finding(kind: str, sentence: str = "") -> Finding:
    return Finding(kind, sentence[:300], words("model")["findings"][kind])


def _own(request: DraftRequest, reply: Reply, guarded: Guarded) -> Iterator[Finding]:
    """What the model's own words must not hold, before anything of ours is added."""
    said = tuple(reply.written())
    subject, closing = said[0], said[-1]
    if not all(said):
        yield _finding("blank")
    if not closing.endswith("?") or len(sentences(closing)) > 1:
        yield _finding("question", closing)
    if len(subject.split()) > _MOST_SUBJECT_WORDS:
        yield _finding("subject", subject)
    for kind, text in foreign_in((*said, *reply.links()), guarded):
        yield _finding(kind, text)
    # A check forgives the lead's own words wherever they stand; here they must be quoted.
    spoken = _same(" ".join(_lead_said(request)))
    own = "\n".join(
        QUOTED.sub(lambda m: "…" if _same(m[1]) in spoken else m[0], text) for text in said
    )
    context = CheckContext(body=own, stage=request.stage, sales_ready=request.sales_ready)
    for rule in _SELLING:
        for found in rule.judge(context):
            yield _finding("promotion", found.sentence)


def _held(request: DraftRequest, reply: Reply, models: SentenceModels | None) -> Iterator[Finding]:
    """What the evidence does not bear: it must be the piece's, and hold every claim and figure."""
    told = html.unescape(reply.evidence)
    # A line break may part two sentences, or stand within one.
    split = (sentences(" ".join(told.split())), sentences(told))
    evidence = next((s for s in split if is_verbatim(s, request)), None)
    if evidence is None:
        yield _finding("evidence", reply.evidence)
        return
    narrow: Asset = replace(request.asset, text="\n\n".join(evidence), description="")
    draft = replace(context_for(request, reply.subject, "", models), asset=narrow)
    said = "\n".join(reply.written())
    yield from NUMBER_UNSUPPORTED.judge(replace(draft, subject="", body=said))
    yield from CLAIM_UNSUPPORTED.judge(replace(draft, subject="", body=reply.insight))


def is_verbatim(evidence: list[str], request: DraftRequest) -> bool:
    """Whether each sentence stands in the piece, typography aside, and there are some words."""
    asset = request.asset
    piece = "\n".join((prose(asset.text), prose(request.insight_from), asset.description))
    whole = _same(piece)
    told = [_same(sentence) for sentence in evidence]
    enough = sum(len(sentence.split()) for sentence in told) >= _FEWEST_EVIDENCE_WORDS
    return enough and all(sentence in whole for sentence in told)


def _same(text: str) -> str:
    """Text as it is compared: letters and figures, whatever marks stand between them."""
    return " ".join(re.findall(r"[\w%€$£]+", unicodedata.normalize("NFKC", text).casefold()))


def _lead_said(request: DraftRequest) -> Iterator[str]:
    facts = request.profile.facts
    yield request.question
    yield from request.profile.asked
    yield from (t for t in (facts.problem, facts.intent, facts.outcome, *facts.obstacles) if t)
