"""Wordings that give a buyer's stage away, to name in the evidence why a question counts (M33)."""
# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.journey import Stage


@dataclass(frozen=True, slots=True)
class Cue:
    """A wording, as a pattern over lower-case text; what it shows of the asker; whose it mostly is."""

    name: str
    stage: Stage
    pattern: re.Pattern[str]


_CUES = {
    Stage.AWARENESS: {
        "asks what something is": r"^(?:so )?what(?:'s| is| are| does| do| even is| even are)\b.*\b(?:mean|meant|called|stand for|good for|supposed to be)\b|^(?:what|who)(?:'s| is| are| even is) (?:an? |the )?[\w-]+(?: [\w-]+){0,2}$|^explain|^define\b|i keep hearing|what exactly",
        "asks why it happens": r"^(?:but |and )?why (?:do|does|are|is|would|did|don't|doesn't|has|have)\b|\bwhat (?:causes?|caused|drives?|is behind|makes|happens when)\b|is behind\b|nobody knows why|why is this",
        "asks whether it is normal": r"\b(?:is (?:it|that|this) (?:normal|true|the same)|how (?:common|big|serious|much time)|should (?:we|i) (?:be worried|care|worry)|everywhere|is our .* (?:unusual|high|low)|are (?:other|others)|signs? (?:of|that)|symptoms?|getting worse|is there a (?:link|name))",
        "asks about trends and rules": r"\b(?:trends?|changing|lately|these days|this year|new (?:law|laws|rules?|regulations?|duties)|regulators?|future of|everybody|everyone|affect)\b",
        "tells of a symptom": r"\b(?:we keep|keeps? (?:happening|losing|failing)|drowning|feels like|worse|later and later|too often|nobody)\b",
    },
    Stage.INTEREST: {
        "asks how to do it": r"\bhow (?:do|does|can|could|should|would|might) (?:i|we|you|one|a|an|the|teams?|others?|other|small|people)\b|\bhow to\b|^ways? (?:to|of)\b|\bsteps?\b|step by step",
        "asks for good practice": r"\b(?:best practi[cs]es?|best way|good practi[cs]e|tips|ideas|lessons|common mistakes|pitfalls|framework|method|methods|approach|approaches|maturity|template|templates|checklist|guide|examples?|benchmarks?|rule of thumb|recommend|playbook|habits|first use case|practices)\b",
        "asks how to begin": r"\b(?:get(?:ting)? started|where (?:should|do|would|to) (?:we |i )?(?:start|begin)|start with|first step|first steps|begin with|do first|what first|in what order|prioriti[sz]e)\b",
        "asks what to measure": r"\b(?:which|what) (?:metrics|kpis?|indicators|figures|measures)\b|\bhow do (?:you|we|i) (?:measure|calculate|estimate|track)\b|\brealistic target\b|\bgood (?:target|score|ratio)\b",
        "asks how others do it": r"\bhow (?:do|have|did|would|are) (?:other|others|leading|most|mature|similar|teams|companies|small)\b",
    },
    Stage.CONSIDERATION: {
        "asks about connecting it": r"\b(?:integrat\w*|connect(?:s|or|ors|ed)?\b|api|apis|sync|webhooks?|import|export|migrat\w*|out of the box|work with|talk to|plug ?ins?|sso|saml|single sign-on|identity provider|proxy|protocols?|formats?)\b",
        "asks about safety of data": r"\b(?:encrypt\w*|soc ?2|iso ?27001|gdpr|hipaa|pci|compliant|compliance|certified|audit (?:trail|log)|permissions?|access rights|data (?:stored|residency|hosted)|mask\w*|tenants?|multi-factor|role-based|separation of duties)\b",
        "compares products": r"\b(?:vs\.?|versus|compare[sd]?|comparison|compares|alternatives?|differ(?:s|ent|ence)? (?:from|between)|better than|instead of|stack up|or .* as the|shortlist\w*|build or buy|open source|criteria)\b",
        "asks what your product does": r"^(?:and )?(?:does|do|can|could|is|are|will|would) (?:it|your|you|the (?:tool|system|platform|app|solution|software|product|planner|scheduler|assistant|mobile app)|this|there (?:an?|any))\b|\b(?:your|the) (?:product|tool|system|platform|app|solution|software|scheduler|engine|gateway|agent|algorithm|approach|interface)\b|\bdo you (?:support|have|offer|connect|talk|provide)\b",
        "asks about technical needs": r"\b(?:requirements?|architecture|on[- ]prem\w*|cloud|sandbox|offline|latency|scale|scales|browsers?|devices?|databases?|servers?|backups?|limits?|feature|features|edition|editions|deploy\w*|host|hosted|hosting|customi[sz]e\w*|configur\w*|sensors?|scanners?)\b",
    },
    Stage.DECISION: {
        "asks about the price": r"\b(?:price|prices|priced|pricing|(?:what|how much) (?:does|do|will|would|is|are) (?:it|this|that|you|your \w+|the (?:tool|software|product|platform|system|licen[cs]e|subscription|plan)) (?:really )?cost|costs? (?:per|for us to)|fee|fees|discount|quote|budget|licen[cs]es?|licensing|per (?:user|seat|site|month|year|driver)|expensive|cheap|cheaper|cheapest|afford|money back|\d+k|euros?|dollars?|run us|bill)\b",
        "asks what it pays back": r"\b(?:roi|return on investment|pay ?back|pays? for (?:it|them)sel(?:f|ves)|break-?even|savings?|saved?|business case|total cost|tco|justify|worth the money|value for|figures on|benefits? in)\b",
        "asks about the contract": r"\b(?:contracts?|contractual|terms?|notice period|cancel\w*|renews automatically|sla|service levels? agreement|liability|penalt\w*|clauses?|guarantees?|commit|sign|signed|signing|legal|procurement|purchasing|exit|acquired)\b",
        "asks for proof from others": r"\b(?:references?|case stud(?:y|ies)|testimonials?|(?:your|current|similar|existing) (?:customers|clients|companies)|of our size|our size|results did|comparable|proof|evidence|measured (?:effect|results)|others? (?:see|reach|saved?)|success stor\w+|who like us|been live|ring)\b",
        "must convince colleagues": r"\b(?:convince|board|cfo|management|committee|sceptical|objections?|works council|my boss|finance director|buy-in|approval from|steering|investment request|arguments?|justify|present)\b",
        "plans the rollout": r"\b(?:roll-?out|go-?live|implementation|implement|kick-?off|pilot|how soon|how (?:many weeks|long)|go live|introduction|timeline|comparable plant)\b",
    },
    Stage.CUSTOMER: {
        "is a user already": r"\b(?:our account|my account|our (?:workspace|subscription|plan|admins?|installation|configuration|setup|portal|package)|my (?:dashboard|account|subscription|workspace|workflow|profile|team's|shift|technicians)|we (?:went live|rolled|have been using|renewed|bought|run already|already have|created|built|just)|we've (?:rolled|been|bought)|came with our|we already have|you gave us|since the (?:last|update)|our users|key users?|we use)\b",
        "asks how to operate it": r"^(?:how|where|who) (?:do|can|to|should) (?:i|we)?\s?(?:add|change|reset|archive|edit|restore|export|enable|remove|delete|turn on|open|create|set up|invite|rename|move|merge|schedule|connect|find|see|read|book|contact|bulk|reopen|undo|use|clean|hand|bring|retire|switch|get)\b|\bcan i (?:add|change|move|merge|switch|export|undo|restore)\b",
        "reports a fault": r"\b(?:error|errors|fails?|failed|stopped|can't see|cannot see|don't match|empty since|blank|twice|logs (?:me|us|them) out|not logging in|not working|doesn't work|broken|warning|accidentally|by mistake|reopen|no longer)\b",
        "asks about life after the purchase": r"\b(?:renewal|renew|renewed|upgrade|adoption|refresher|refresh|release notes|latest release|new (?:version|features|release)|after go-live|health check|support ticket|seats we have|add-on|account manager|train new|new starters|new module|first module|get more out|last version|usage)\b",
    },
}

CUES: tuple[Cue, ...] = tuple(
    Cue(name, stage, re.compile(pattern))
    for stage, patterns in _CUES.items()
    for name, pattern in patterns.items()
)
"""They name the reason and decide nothing: alone they tell one stage in three."""

_LONGEST = 2_000


def cue_names(text: str, stage: Stage | None = None) -> tuple[str, ...]:
    """The names of the cues that the text shows: all, or those that speak for one stage."""
    plain = _plain(text)
    told = [cue for cue in CUES if stage is None or cue.stage is stage]
    return tuple(cue.name for cue in told if cue.pattern.search(plain))


def _plain(text: str) -> str:
    return " ".join(text[:_LONGEST].lower().replace("\u2019", "'").split()).rstrip(" ?.!")
