"""Words and headings that tell what kind of piece a text is; general English, no company's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.journey import AssetType

Place = Literal["title", "opening", "headings", "body"]


@dataclass(frozen=True, slots=True)
class TypeSign:
    """A pattern that speaks for a type in one place of a piece; `told` says why to a person."""

    type: AssetType
    place: Place
    pattern: re.Pattern[str]
    points: float
    told: str


def _sign(kind: AssetType, place: Place, pattern: str, points: float, told: str) -> TypeSign:
    return TypeSign(kind, place, re.compile(pattern, re.I | re.M), points, told)


SIGNS: tuple[TypeSign, ...] = (
    # Names of the type itself
    _sign(AssetType.CASE_STUDY, "title", r"\b(?:case stud(?:y|ies)|customer stor(?:y|ies)|success stor(?:y|ies))\b", 5, "Its title calls it so."),
    _sign(AssetType.WHITEPAPER, "title", r"\bwhite ?papers?\b", 5, "Its title calls it so."),
    _sign(AssetType.WEBINAR, "title", r"\b(?:webinar|workshop|virtual event|live session|fireside chat)\b", 5, "Its title calls it so."),
    _sign(AssetType.EBOOK, "title", r"\be-?books?\b", 5, "Its title calls it so."),
    _sign(AssetType.CHECKLIST, "title", r"\bcheck-?lists?\b", 5, "Its title calls it so."),
    _sign(AssetType.NEWSLETTER, "title", r"\bnewsletter\b|\b(?:weekly|monthly|biweekly)\b.{0,12}\d|\b(?:issue|edition) (?:no\.? ?|#)?\d|\b(?:news|weekly|monthly) (?:digest|round-?up)\b", 5, "Its title is that of an issue in a row."),
    _sign(AssetType.CHANGELOG, "title", r"\bchange-?log\b|\brelease notes?\b|\bwhat.?s new\b|\bv?\d+\.\d+(?:\.\d+)? (?:release|is out)\b", 5, "Its title is that of release notes."),
    _sign(AssetType.PODCAST, "title", r"\bpodcast\b", 4, "Its title calls it so."),
    _sign(AssetType.VIDEO, "title", r"\bvideo\b|\bwatch\b|\b(?:episode|pod|ep\.?) #?\d+\b|\[\w+\] .*\bdemo\b", 4, "Its title is that of something to watch."),
    _sign(AssetType.RESEARCH, "title", r"\b(?:survey|benchmark report|state of (?:the )?[\w ]+ (?:report|20\d\d)|research report|study 20\d\d)\b", 4, "Its title is that of a study."),
    _sign(AssetType.ROI, "title", r"\b(?:roi|return on investment|payback|cost of ownership|savings? calculator)\b", 4, "Its title is about cost and return."),
    _sign(AssetType.BUSINESS_CASE, "title", r"\bbusiness case\b|\binternal case\b", 4, "Its title is about making the case."),
    _sign(AssetType.TESTIMONIAL, "title", r"\btestimonials?\b|\bwhat (?:our )?customers? says?\b|\bsays? after a year\b", 4, "Its title is that of a customer's word."),
    _sign(AssetType.PRESS_RELEASE, "title", r"\bpress release\b|\b(?:raises|closes) \$\d", 5, "Its title is that of a press release."),
    _sign(AssetType.PRESS_RELEASE, "opening", r"\bfor immediate release\b", 5, "It opens as a press release."),
    _sign(AssetType.BROCHURE, "title", r"\b(?:brochure|one-?pager|sell ?sheet|flyer)\b", 6, "Its title calls it so."),
    _sign(AssetType.SPEC, "title", r"\b(?:data ?sheet|specifications?|tech(?:nical)? specs?)\b", 5, "Its title calls it so."),
    _sign(AssetType.DEMO, "title", r"\b(?:recorded|product) (?:demo|walk-?through|tour)\b", 5, "Its title calls it so."),
    _sign(AssetType.ONBOARDING, "title", r"\bonboarding\b|\bfirst (?:thirty|sixty|ninety|\d+) days\b|\bafter go-live\b", 3, "Its title is about the first days of use."),
    _sign(AssetType.TRAINING, "title", r"\b(?:training|course|certification|curriculum)\b", 3, "Its title is that of a training."),
    # Case studies
    _sign(AssetType.CASE_STUDY, "title", r"\bhow (?:[\w.&'-]+ ){1,4}(?:runs?|uses?|used|cut|cuts|saved?|saves|reduced|reduces|built|builds|scaled?|scales|replaced|manages?|moved|achieved|increased|gained|brought)\b(?!.*\b(?:we|our)\b)", 2.2, "Its title tells what somebody achieved."),
    _sign(AssetType.CASE_STUDY, "title", r"^[^:]{2,50}: [A-Z][\w-]*ing\b", 2.0, "Its title names somebody and what they did."),
    _sign(AssetType.CASE_STUDY, "title", r"\bby (?:over |more than )?\d+ ?(?:%|percent|x)", 1.5, "Its title has a measured result."),
    _sign(AssetType.CASE_STUDY, "title", r"\b[A-Z]\w+ at [A-Z]\w+(?: [A-Z]\w+)?$", 1.2, "Its title names a company."),
    _sign(AssetType.CASE_STUDY, "headings", r"^(?:the )?(?:business |technical )?challenges?\b|^(?:the )?problem$", 1.5, "It tells a challenge."),
    _sign(AssetType.CASE_STUDY, "headings", r"^(?:the )?(?:results?|outcomes?|impact|benefits|business impact)\b", 1.5, "It tells results."),
    _sign(AssetType.CASE_STUDY, "headings", r"^(?:the )?solution\b|^why \w+$", 0.8, "It tells the solution."),
    _sign(AssetType.CASE_STUDY, "headings", r"^executive summary\b|^about (?!us|this|the author)[A-Z]\w+", 1.2, "It sums up a customer's case."),
    _sign(AssetType.CASE_STUDY, "opening", r"\b(?:founded in|is an? (?:[\w-]+ ){1,6}(?:company|bank|startup|provider|firm|carrier|utility|retailer|manufacturer|group|organi[sz]ation))\b|\bthe company (?:has|had|needed|wanted)\b", 1.2, "It introduces a company."),
    _sign(AssetType.CASE_STUDY, "opening", r"^> .{40,}", 0.8, "It opens with a customer's words."),
    # Comparisons
    _sign(AssetType.COMPARISON, "title", r"\bvs\.?\b|\bversus\b", 4, "Its title sets things side by side."),
    _sign(AssetType.COMPARISON, "title", r"\b(?:alternatives?|compared|comparison|competitors?)\b", 4, "Its title compares."),
    _sign(AssetType.COMPARISON, "title", r"\b(?:migrat(?:e|ing)|switch(?:ing)?|mov(?:e|ing)) from\b", 1.5, "Its title is about leaving another product."),
    _sign(AssetType.COMPARISON, "title", r"\bbest [\w -]{3,50}(?:tools?|platforms?|software|vendors?|services)\b|\btop \d+ [\w -]{0,30}(?:tools?|platforms?|vendors?)\b", 3, "Its title lists what there is to choose from."),
    _sign(AssetType.COMPARISON, "title", r",? \b(?:or|and) .{3,40}: how to choose\b|\bwhich .{3,60} (?:is|are) (?:right|best)\b|^\w[\w -]{2,30}, [\w -]{3,30} or [\w -]{3,30}$", 2.5, "Its title weighs options."),
    _sign(AssetType.COMPARISON, "headings", r"\bvs\.?\b|\balternatives?\b|\bhow .{2,40} compares?\b|\bdifferences?\b|\bpros and cons\b|^similarities\b", 1.5, "Its headings compare."),
    _sign(AssetType.COMPARISON, "opening", r"\bchoos(?:e|ing) the right\b|\b(?:looking for an?|a hosted) [\w .-]{2,40}alternative\b|\b(?:we respect|unlike) (?:our )?competitors\b", 1.5, "It opens with a choice."),
    _sign(AssetType.COMPARISON, "body", r"^\|.*\b(?:feature|pricing|price|open[- ]source)\b.*\|", 0.7, "It holds a table of features."),
    # Newsletters and changelogs
    _sign(AssetType.NEWSLETTER, "opening", r"\bin this (?:week.s |month.s )?(?:issue|edition|newsletter)\b|\bhere are the highlights\b|\b(?:merged|happened) (?:in the )?(?:this|last) (?:\w+ )?weeks?\b", 2.5, "It opens as an issue does."),
    _sign(AssetType.NEWSLETTER, "body", r"\b(?:see you next (?:week|month)|until next time|reply to this e-?mail|thanks for reading)\b", 1.5, "It ends as an issue does."),
    _sign(AssetType.CHANGELOG, "opening", r"\b(?:is|are) now (?:available|supported|live|generally)\b|\byou can now\b|\bnow (?:supports?|lets|includes|carr(?:y|ies)|shows?|ships?|lands?|covers?|works?)\b|\bcan now\b|\buntil now\b|\bhas been (?:\w+ )?(?:improved|revamped|updated|reworked|redesigned)\b|\bis here\b|\b(?:in|is in) (?:beta|preview)\b|\bwe(?:'ve|.ve| have)? (?:just |also )?(?:added|released|shipped|fixed)\b", 1.3, "It opens with what is new in the product."),
    _sign(AssetType.CHANGELOG, "body", r"^[-*] (?:fix(?:ed|es)?|add(?:ed|s)?|improv(?:ed|es|ements?)|bump|remove[sd]?)\b|\bbug fixes\b|^#+ (?:bug ?fixes|improvements|new features|fixes)\b", 1.5, "It lists changes."),
    # Webinars and videos
    _sign(AssetType.WEBINAR, "opening", r"\bin this (?:\w+[ -]){0,3}(?:workshop|webinar|session|talk)\b|\bjoin (?:us|our|this)\b|\bjoin [A-Z]\w+(?: [A-Z]\w+)?,|\b(?:this|the) (?:hands-on )?(?:workshop|webinar|talk)\b|\bthis is a talk\b|\bguided tour\b|\blisten as\b|\bleads a talk\b|\b(?:special )?guests?\b|\bI.ll (?:discuss|show|talk)\b", 4.5, "It invites to a session."),
    _sign(AssetType.WEBINAR, "body", r"\b(?:you.ll|you will|attendees will) learn\b|\bregister (?:now|today|for)\b|\bspeakers?\b|\battendees\b|\bhands-on lab\b", 1.0, "It says what those who attend will learn."),
    _sign(AssetType.VIDEO, "opening", r"\bin (?:this|today.s|this week.s) (?:\w+ ){0,2}(?:video|episode|demo)\b|\bwatch (?:the|this|our|how)\b|\bmeet the team behind\b|\b(?:walks|shows|walk|show) (?:you|us) (?:through|how)\b", 3.5, "It introduces something to watch."),
    _sign(AssetType.VIDEO, "body", r"\btranscript\b|\b\d{1,2}:\d\d\b.*\n.*\b\d{1,2}:\d\d\b|\bmodern \w+ (?:wednesday|monday|friday)s?\b", 1.2, "It holds a transcript or time marks."),
    # Tutorials and documentation
    _sign(AssetType.TUTORIAL, "title", r"\btutorial\b|\bstep[- ]by[- ]step\b|\bwalk-?through\b|\bhands[- ]on\b", 3, "Its title promises steps."),
    _sign(AssetType.TUTORIAL, "title", r"^how to (?:use|set ?up|install|create|build|add|connect|configure|deploy|self-host|run|export|import|write|integrate|make|monitor|send|customi[sz]e)\b", 1.8, "Its title says how to do something."),
    _sign(AssetType.TUTORIAL, "title", r"^(?:get(?:ting)? started|create|build(?:ing)?|configur(?:e|ing)|deploy(?:ing)?|install(?:ing)?|set ?up|setting up|writ(?:e|ing)|add(?:ing)?) (?:an?|your|the|and|with|to)\b", 1.2, "Its title says what to do."),
    _sign(AssetType.TUTORIAL, "opening", r"\bin this (?:tutorial|walk-?through|exercise)\b|\bthis (?:tutorial|exercise)\b|\bhow long this tutorial\b|\*\*(?:prerequisites|level|time)\*\*|\b(?:now that we.ve|let.s (?:start|create|add|build))\b", 2.5, "It opens as a tutorial does."),
    _sign(AssetType.TUTORIAL, "opening", r"\bnow that (?:we|you)\b|\b(?:we.ve|you.ve|we have) (?:just )?(?:created|built|seen|set up)\b|\blet.s (?:look|see|talk|explore|add|start|create|make)\b", 1.0, "It goes on from a lesson before."),
    _sign(AssetType.TUTORIAL, "headings", r"^(?:step \d|what you.ll (?:learn|build|need)|next steps?|time$|try it|clean ?up)\b", 1.0, "Its headings are steps."),
    _sign(AssetType.TUTORIAL, "body", r"^(?:install the (?:plugin|package)|npm install|yarn add|pip install|brew install)\b", 0.9, "It installs something first."),
    _sign(AssetType.DOCS, "title", r"\b(?:reference|api|sdk|parameters?|options?|settings|glossary|faq|troubleshooting|limitations)\b|\b(?:overview|integration|configuration)$|\bmanagement in\b|^configuring\b", 1.4, "Its title is that of a manual's page."),
    _sign(AssetType.DOCS, "opening", r"\bthis (?:page|section|topic|document|reference)\b|\bsource of truth\b|\bthe `\w+` (?:\w+ ){0,3}(?:option|command|resource|property|function|method|class|field)\b|^```hint", 2.2, "It opens as a page of a manual does."),
    _sign(AssetType.DOCS, "headings", r"^(?:parameters?|propert(?:y|ies)|options?|configuration|usage|examples?|syntax|supported \w+|requirements|api|notes?|limitations|request|response|permissions|overview|introduction|prerequisites)$", 0.8, "Its headings are those of a manual."),
    # Guides and papers
    _sign(AssetType.GUIDE, "title", r"^what (?:is|are)\b|\bexplained\b|\bin plain words\b|\bglossary\b", 3, "Its title explains a thing."),
    _sign(AssetType.GUIDE, "title", r"\bguide\b|\bplaybook\b|\bhandbook\b|\btemplates?\b|\b101\b|\bbest practices\b|\bevery \w+ should know\b|\ba plan\b", 2.5, "Its title is that of a guide."),
    _sign(AssetType.GUIDE, "title", r"^(?:how to|why|when to)\b|\b(?:for (?:devops|beginners)|how to choose|how (?:much|many|long))\b", 1.0, "Its title answers a how or a why."),
    _sign(AssetType.GUIDE, "opening", r"^\W{0,4}(?:tl;?dr|key takeaways|use this template)\b|\bin this guide\b|\bthis guide\b", 1.8, "It opens as a guide does."),
    _sign(AssetType.GUIDE, "headings", r"^what (?:is|are)\b|^why .{3,40} matters?\b|^common (?:mistakes|pitfalls)\b|^best practices\b|^key takeaways\b|^faqs?$|^how does .{3,40} work\b", 1.0, "Its headings explain."),
    _sign(AssetType.WHITEPAPER, "opening", r"\b(?:in )?this (?:white ?)?paper\b|\bwe make the case\b|^abstract\b", 4, "It calls itself a paper."),
    # Product pages
    _sign(AssetType.PRODUCT_OVERVIEW, "title", r"\bpricing\b|\bfeatures?$|\bfor (?:startups|enterprises?|teams|agencies|developers|open[- ]source(?: projects)?|education|\w+ (?:exchanges|teams))\b|\b(?:platform|edition|solutions?)$", 1.5, "Its title is that of a product page."),
    _sign(AssetType.PRODUCT_OVERVIEW, "headings", r"^(?:the (?:fastest|easiest|simplest|best)|everything you need|built for|designed for|works with|trusted by|get started|start (?:free|now|your)|ready to|pricing|features|why (?:choose )?[\w ]{3,40} needs? an?)\b", 1.5, "Its headings sell."),
    _sign(AssetType.PRODUCT_OVERVIEW, "body", r"\b(?:start (?:for free|free|your free)|free trial|book a demo|request a demo|contact sales|talk to (?:sales|an expert)|no credit card)\b", 1.4, "It asks to try or buy."),
    # Blog posts
    _sign(AssetType.BLOG, "title", r"^(?:introducing|announcing|how we|why we|our|meet|welcome)\b|\bintroducing\b|\bannouncing\b|\blaunch(?:es|ed|ing| week)?\b|\byear in review\b|\blessons\b|\bthoughts on\b|\bis dead\b|\bday \d\b", 2, "Its title is that of a post."),
    _sign(AssetType.BLOG, "opening", r"\bwe.?(?:re| are) (?:excited|happy|thrilled|proud|pleased|delighted)\b|\b(?:today|last week|last month|recently|a (?:few|couple of) weeks ago|this week),? (?:we|i)\b|\bin this (?:article|post|blog)\b|\bhere at\b|\bblog post\b", 1.8, "It opens as a post does."),
)  # fmt: skip
"""Points were set by hand while looking at `benchmarks/proposals.py`; general wordings only."""

TYPE_MEANINGS: tuple[tuple[AssetType, str], ...] = (
    (AssetType.BLOG, "Last month our team ran into a problem, and in this post I tell what we learnt and why we changed our mind."),
    (AssetType.BLOG, "We are excited to announce a new feature and tell how and why we built it."),
    (AssetType.GUIDE, "This guide explains what the term means, why it matters, common mistakes and best practices."),
    (AssetType.TUTORIAL, "In this tutorial you install the package, create a project, write the code step by step and run it."),
    (AssetType.DOCS, "This page describes the available options, parameters and default values and how to configure them."),
    (AssetType.CASE_STUDY, "The company faced a challenge, chose the product, and now saves time and money with measured results."),
    (AssetType.COMPARISON, "A comparison of two products, their features, prices, differences and which one to choose."),
    (AssetType.WHITEPAPER, "This paper examines how enterprises and the industry have changed and makes the case for a new model."),
    (AssetType.WEBINAR, "Join us for this live workshop where the speakers show attendees how to get started, with a demo and questions."),
    (AssetType.VIDEO, "In this episode we watch a conversation with the founder about the product, with a demo."),
    (AssetType.NEWSLETTER, "The highlights of this week: news from the community, releases, events and pull requests."),
    (AssetType.PRODUCT_OVERVIEW, "The platform gives your team everything it needs. Get started for free or book a demo."),
    (AssetType.CHANGELOG, "You can now set this in the dashboard. Added support, improvements and bug fixes in this release."),
)  # fmt: skip
"""How a piece of each type sounds, as sentences for vectors to compare with."""
