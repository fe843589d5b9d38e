"""The word lists of the tone audit: what selling sounds like, and what teaching sounds like.

Every list is general English: no product, company or field of business is named in it.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


PRAISE = _any(
    r"\b(?:amazing|awesome|incredibl[ey]|fantastic|sensational|extraordinary|phenomenal|stunning"
    r"|gorgeous|legendary|brilliant|magical|mind-blowing|jaw-dropping|spectacular)\b",
    r"\b(?:revolutionar\w+|revolutioni[sz]\w+|groundbreaking|ground-breaking|game[- ]?chang\w+"
    r"|cutting[- ]edge|state[- ]of[- ]the[- ]art|next[- ]gen(?:eration)?|future-proof"
    r"|quantum leap|paradigm shift)\b",
    r"\b(?:world|best|first)[- ](?:class|in[- ]class)\b(?! citizen| function| object)",
    r"\b(?:industry|market|world|category)[- ]leading\b",
    r"\b(?:unmatched|unparalleled|unbeatable|unrivall?ed|undisputed|unstoppable|second to none"
    r"|ultimate|one-of-a-kind|award[- ](?:winning|worthy)|unprecedented)\b",
    r"\b(?:blazing(?:ly)?|lightning)[- ]fast\b",
    r"\b(?:effortless(?:ly)?|seamless(?:ly)?|frictionless|hassle[- ]free|risk[- ]free|turnkey)\b",
    r"\b(?:supercharg|turbocharg|skyrocket|unleash|revolutioni[sz])\w*",
    r"\bunlock (?:the|your|new|growth|value|full)\b",
    r"\b(?:transform|elevate|empower)(?:s|ing)? (?:your|the way|how|every|teams?)\b",
    r"\ball[- ]in[- ]one\b|\bone[- ]stop[- ]shop\b|\bgold standard\b",
    r"\b(?:the|our|your) (?:very )?(?:number one|no\. ?1|#1)\b",
    r"\bthe (?:most|best|easiest|fastest|simplest|smartest|only|leading|premier) "
    r"(?:\w+[- ]){0,2}(?:platform|solution|tool|software|product|app|system|partner|choice"
    r"|company|vendor|provider|service|experience)\b",
    r"\bthe most (?:intuitive|powerful|beautiful|advanced|complete|comprehensive|innovative"
    r"|trusted|loved)\b",
    r"\b(?:a|the) (?:leading|premier|top-rated|trusted) (?:\w+ )?(?:provider|vendor|platform"
    r"|partner|solution|supplier|carrier|company)\b",
    r"\b(?:superhero\w*|hero of|champion of|dream comes? true|opportunity of a lifetime"
    r"|like never before|ever (?:made|seen|again)|in the history of)\b",
    r"\b(?:technicians|teams|customers|users|developers|everyone|everybody) "
    r"(?:\w+ ){0,2}(?:love|loves|adore|swear by)\b",
    r"\b(?:impressive|superb|outstanding|excellent|remarkable|exceptional) "
    r"(?:results?|savings|performance|service|support|experience|fit|track record|quality)\b",
    r"\bpays? for itself\b|\bmoney machine\b|\bzero risk\b"
    r"|\b(?:practically|satisfaction) guaranteed\b"
    r"|\bguaranteed (?:to|results?|savings?|roi|success)\b",
)
"""Superlatives and praise without evidence."""

ANNOUNCEMENT = _any(
    r"\bannounc(?:e|es|ed|ing|ement)\b",
    r"\b(?:we are|we're|i am|i'm|today,?) (?:\w+ )?(?:introduc|launch|releas|unveil|shipp)\w*",
    r"^introducing\b|\bintroducing (?:the|our|a)\b",
    r"\b(?:we|we've|we have|we're|today|just|recently|officially)\s+(?:\w+\s+){0,2}"
    r"(?:launch|releas|shipp|roll(?:ed|ing) out|unveil|add(?:ed)? support|open-sourc|improved"
    r"|updated|added)\w*",
    r"\b(?:so |very |super |really )?(?:excited|thrilled|proud|pleased|delighted|happy|glad) to "
    r"(?:announce|share|introduce|launch|release|welcome|present|offer|bring|say|report|partner)\b",
    r"\b(?:is|are) (?:now )?(?:generally )?available\b|\bnow available\b",
    r"\bavailable (?:now|today|in (?:public |private )?(?:preview|beta))\b",
    r"\bnow (?:supports?|includes?|offers?|lets?|allows?|live)\b|\b(?:you|users|teams) can now\b",
    r"\bnew (?:features?|releases?|versions?|products?|capabilit\w+|integrations?|dashboards?)\b",
    r"\bcoming soon\b|\bstay tuned\b|\bour (?:new|latest|newest|brand[- ]new)\b",
    r"\b(?:public|private|open) (?:preview|beta)\b|\broadmap\b|\bchangelog\b|\brelease notes\b",
    r"\badded support\b|\bwhat'?s new\b|\blaunch(?:ed|es|ing)?\b|\bimprovements? to\b",
    r"\bwith (?:this|the latest) release\b|\b(?:this|last) (?:release|launch)\b",
)
"""News about one's own product."""

CALL_TO_ACTION = _any(
    r"\bget started\b|\bsign[- ]?up\b|\bsign by\b",
    r"\btry (?:it|us|\w+ (?:today|now|for free)|out)\b|\bgive it a (?:try|spin|whirl)\b",
    r"\b(?:start|begin) (?:your|a) (?:\w+ )?trial\b|\bfree trial\b",
    r"\b(?:book|request|schedule|reserve|claim) (?:a|an|your) (?:\w+ ){0,2}"
    r"(?:demo|call|meeting|consultation|walkthrough|seat|spot|quote|appointment|tour)\b",
    r"\b(?:contact|call|e-?mail|talk to|speak (?:to|with)) (?:us|sales|our)\b|\bcall us\b",
    r"\bjoin (?:us|our)\b|\bfollow us\b|\bsubscribe (?:to|now|today)\b",
    r"\bcheck (?:it |us |them )?out\b|\blearn more\b|\bread more\b|\bvisit our\b",
    r"\b(?:your|any) feedback\b|\bany questions\b|\blet us know\b|\breach out\b|\bfeel free\b",
    r"\b(?:download|register|buy|order|apply|upgrade|enroll|act) (?:now|today)\b|\bbuy now\b",
    r"\bregister for\b|\bwe(?:'d| would) love\b|\bcan't wait\b|\bdon'?t (?:miss|wait)\b",
    r"\bwhy wait\b|\bget your (?:quote|copy|free)\b|\bscan the code\b",
)
"""Asking the reader to do something for the seller."""

OFFER = _any(
    r"\bdiscount(?:s|ed)? (?:of|on|for|when|if|code)\b",
    r"\b(?:a|\d+ ?%|special|exclusive) discount\b",
    r"\b\d+ ?% off\b|\blimited[- ]time\b|\bfor a (?:short|limited) time\b",
    r"\bspecial (?:offer|price)\b",
    r"\bexclusive (?:offer|deal|price)\b|\bwon't last\b",
    r"\bwhile (?:it|they|stocks?|supplies) lasts?\b",
    r"\bno credit card\b|\b(?:months?|weeks?|days?) (?:\w+ ){0,3}(?:absolutely )?free\b",
    r"[$€£]\s?\d+(?:\.\d+)?\s*(?:/|per|a) ?(?:mo|month|user|seat|licen[cs]e)\b",
    r"\b(?:our|see) (?:pricing|prices|plans)\b|\bpricing (?:page|plans?)\b",
    r"\b(?:free|starter|pro|team|enterprise|business|paid) (?:plan|tier|edition)s?\b",
    r"\bprice (?:that )?will never\b|\block in\b|\bunbeatable (?:deal|price)\b",
)
"""Prices, discounts and limited times."""

BENEFIT = _any(
    r"\b(?:lets?|allows?|enabl\w+|helps?|makes? it easy for|empowers?) "
    r"(?:you|your|teams?|users|developers|customers)\b",
    r"\bso (?:that )?you can\b|\byou can now\b|\bwithout (?:having to|needing|the need|any)\b",
    r"\bout of the box\b|\b(?:built|designed|made) (?:for|to)\b|\bbuilt-in\b|\bsupport for\b",
    r"\byour (?:teams?|customers|users|business|organi[sz]ation|company|favou?rite)\b",
    r"\b(?:easier|faster|better|simpler) than ever\b|\beasier\b|\beasily\b|\bno more\b",
    r"\bin (?:just )?(?:a few|one) (?:clicks?|minutes|lines|seconds)\b|\bfully \w+",
)
"""What the product does for the reader; harmless once, a pitch when dense."""

CAPABILITY = _any(
    r"\byou can\b|\bwhy (?:choose|use|teams)\b|\btrusted by\b|\buse cases?\b",
    r"\b(?:supports?|includes?|provides?|offers?|integrates?|connects?|exposes?)\b",
    r"\b(?:custom|configurable|flexible|automatic(?:ally)?|unlimited|scalable|enterprise)\b",
    r"\bfeatures\b|\bplans?\b",
)
"""A list of features; only its density tells."""

TEACHING = _any(
    r"\b(?:because|should|if|however|instead|consider|why|how|what|but|then|when|before|not)\b",
    r"\bfor (?:example|instance)\b|\bproblems?\b|\bneed to\b|\blet'?s\b|\bwe'll\b|\bdon't\b",
    r"\bmistakes?\b|\btrade-?offs?\b|\bexamples?\b|\bdifferen\w+\b",
)
"""Reasons, conditions, cautions and examples: the words of explaining."""

STORY = re.compile(
    r"\b(?:was|were|had|did|didn't|wasn't|couldn't|could|would|learn(?:ed|t)|found|tried|turned"
    r"|reali[sz]ed|decided|wanted|thought|noticed)\b",
    re.I,
)
"""Telling what happened, as an engineer's account does and a product page does not."""

SHOUTING = re.compile(r"!{2,}|!\s*$|\b[A-Z]{4,}\b[^.?]*!")
"""Exclamation marks, or a word in capitals that ends in one."""
