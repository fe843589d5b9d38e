"""What a check is: a rule with a name, what it needs to judge by, and a function that finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge.assets import Asset
from knowledge.journey import Stage
from knowledge.leads import LeadProfile
from knowledge.sentence_models import SentenceModels
from knowledge.sentences import sentences
from knowledge.touch import CheckReport, Finding
from prompts.addresses import links, without_links
from prompts.phrasing import question_clause
from prompts.untrusted import names_in
from prompts.wording import why, words

QUOTED = re.compile(r"[\"\u201c\u00ab]([^\"\u201c\u201d\u00ab\u00bb]{3,600})[\"\u201d\u00bb]")


MOST_CHARACTERS = 20_000
"""What is read of a draft; a longer one fails for its length whatever the rest says."""


@dataclass(frozen=True)
class CheckContext:
    """A draft and what it may be judged by; a field that is None is not judged.

    `body` and `subject` are plain text. `questions` are the lead's, beside those in `profile`.
    `titles` are of other pieces that the lead knows. Without `models` only the rules of wording
    judge.
    """

    body: str
    subject: str = ""
    stage: Stage | None = None
    asset: Asset | None = None
    channel: str = "email"
    profile: LeadProfile | None = None
    questions: tuple[str, ...] | None = None
    sales_ready: bool = False
    titles: tuple[str, ...] = ()
    models: SentenceModels | None = None

    @cached_property
    def lead_questions(self) -> tuple[str, ...]:
        """What the lead asked, as far as it was given."""
        asked = self.profile.asked if self.profile else ()
        return tuple(dict.fromkeys((*(self.questions or ()), *asked)))

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """Addresses in the draft, bare domains included, in order."""
        text = f"{self.subject}\n{self.body}"[:MOST_CHARACTERS]
        names = names_in(self.asset.title) if self.asset else frozenset()
        found = (text[start:end] for start, end in links(text))
        return tuple(address for address in found if address.lower() not in names)

    @cached_property
    def own_text(self) -> str:
        """Body and subject without addresses, the asset's title and the lead's words said back."""
        text = f"{self.subject.strip()}\n{self.body}" if self.subject.strip() else self.body
        text = text[:MOST_CHARACTERS]
        text = without_links(text)
        for title in (self.asset.title if self.asset else "", *self.titles):
            for said in dict.fromkeys((title, title.replace('"', "'"))):
                text = re.sub(re.escape(said), "", text, flags=re.I) if said else text
        asked = self.lead_questions
        turned = (question_clause(question) or "" for question in asked)
        for said in sorted((*asked, *turned, *_said(self.profile)), key=len, reverse=True):
            if len(said) > 8:
                text = re.sub(
                    re.escape(said.strip().rstrip("?.!")) + r"[?.!]?", "…", text, flags=re.I
                )
        return text

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The draft's own sentences: `own_text`, split."""
        return tuple(sentences(self.own_text.replace("\u2019", "'")))

    @cached_property
    def sins(self) -> tuple[Mapping[str, float], ...]:
        """What the sentence models say of each sentence, in the order of `sentences`."""
        if self.models is None:
            return ()
        return tuple(self.models.sins(self.sentences))


def _said(profile: LeadProfile | None) -> tuple[str, ...]:
    if profile is None:
        return ()
    facts = profile.facts
    said = (facts.problem, facts.intent, facts.outcome, *facts.obstacles)
    return tuple(text for text in said if text)


Judge = Callable[[CheckContext], Iterable[Finding]]
Needs = Callable[[CheckContext], bool]


def always(_: CheckContext) -> bool:
    """The rule needs nothing but the draft."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: `needs` says whether the context has enough to judge by, `judge` finds."""

    name: str
    judge: Judge
    needs: Needs = always

    def __or__(self, other: Rule) -> Rule:
        """Both under this rule's name; skipped only when both are."""

        def both(context: CheckContext) -> Iterator[Finding]:
            for rule in (self, other):
                if rule.needs(context):
                    yield from rule.judge(context)

        return Rule(self.name, both, lambda c: self.needs(c) or other.needs(c))

    def unless(self, excused: Needs) -> Rule:
        """This rule, silent where `excused` holds (that is no skip: the draft is allowed to)."""

        def judge(context: CheckContext) -> Iterable[Finding]:
            return () if excused(context) else self.judge(context)

        return Rule(self.name, judge, self.needs)

    def binding(self) -> Rule:
        """This rule with findings that must be put right, whatever reason a person gives."""

        def judge(context: CheckContext) -> Iterator[Finding]:
            for finding in self.judge(context):
                yield replace(finding, binding=True)

        return Rule(self.name, judge, self.needs)

    def given(self, needs: Needs) -> Rule:
        """This rule, skipped where `needs` does not hold."""
        return Rule(self.name, self.judge, lambda c: self.needs(c) and needs(c))


def pattern(*alternatives: str) -> re.Pattern[str]:
    """One case-blind pattern out of many; a blank stands for any white space."""
    return re.compile("|".join(f"(?:{a})" for a in alternatives), re.I)


def listed(name: str, part: str = "find") -> tuple[str, ...]:
    """The patterns of a rule in `templates/phrases.toml`, with its word lists filled in."""
    table = words("phrases")
    lists: dict[str, str] = table["words"]
    return tuple(
        re.sub(r"<(\w+)>", lambda m: f"(?:{lists[m[1]]})" if m[1] in lists else m[0], text)
        for text in table[name][part]
    )


def phrases(name: str) -> Rule:
    """A rule that finds sentences with any listed pattern, harmless uses blanked out."""
    wanted = pattern(*listed(name))
    harmless = pattern(*listed(name, "but") or (r"(?!)",))

    def judge(context: CheckContext) -> Iterator[Finding]:
        for sentence in context.sentences:
            if wanted.search(harmless.sub(" … ", sentence)):
                yield Finding(name, sentence[:300], why(name))

    return Rule(name, judge)


LEARNT_FROM = 0.7
"""The probability that a sentence is not fine from which its likeliest sin counts
(`benchmarks/fit_sentence_tone.py`)."""
_FEWEST_WORDS = 3
"""Of a sentence that the models judge: a greeting alone says nothing."""


def learnt(name: str) -> Rule:
    """A rule that finds sentences by their meaning; skipped where there are no models."""

    def judge(context: CheckContext) -> Iterator[Finding]:
        for sentence, sins in zip(context.sentences, context.sins, strict=True):
            likeliest = max(sins, key=lambda sin: sins[sin])
            counts = name == likeliest and sum(sins.values()) >= LEARNT_FROM
            if counts and len(sentence.split()) >= _FEWEST_WORDS:
                yield Finding(name, sentence[:300], why(name))

    return Rule(name, judge, lambda c: c.models is not None)


def run(rules: Iterable[Rule], context: CheckContext, hype: float) -> CheckReport:
    """Judge by every rule at once."""
    findings: list[Finding] = []
    skipped: list[str] = []
    for rule in rules:
        if rule.needs(context):
            findings.extend(rule.judge(context))
        else:
            skipped.append(rule.name)
    unique = tuple(dict.fromkeys(findings))
    return CheckReport(not unique, unique, tuple(skipped), hype)


def is_sales_ready(context: CheckContext) -> bool:
    """Whether the lead is past nurturing, so that sales talk is allowed."""
    return context.sales_ready
