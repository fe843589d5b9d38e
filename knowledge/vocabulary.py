"""Tables of words that reps use: job titles, industries, and what leads did."""

from __future__ import annotations

from knowledge.leads import Action

_FIELDS = (
    r"finance|operations|ops|it|maintenance|engineering|marketing|sales|security|infosec|information security|data|product|hr|people|"
    r"procurement|purchasing|supply chain|logistics|plant|production|quality|facilities|platform|devops|infrastructure|"
    r"customer success|support|legal|compliance|revenue|growth|digital|technology|innovation|research|clinical|nursing|"
    r"warehouse|fleet|service|field service|learning|training|talent|payroll|accounting|risk|sustainability|r&d|business development|software|network|cloud|store|retail|category|demand generation|demand gen|content|brand|regional|general|project|program|programme|transport|planning|energy|safety|hse|ehs"
)
ROLE_PATTERN = (
    r"(?:chief [a-z]+(?: [a-z]+)? officer|c[efiotmrp]o|ciso|chro|"
    rf"(?:(?:senior|deputy|assistant|global|group|regional|interim) )?(?:s?vp|evp|vice president|head|director|manager)(?: of)? (?:(?:the )?(?:{_FIELDS})(?: (?:and|&) (?:{_FIELDS}))?)|"
    rf"(?:(?:senior|junior|lead|principal|global|group|regional) )?(?:{_FIELDS})(?: (?:and|&) (?:{_FIELDS}))? (?:manager|director|lead|leader|head|engineer|architect|analyst|supervisor|coordinator|planner|specialist|officer|administrator|admin|buyer|vp)|"
    r"(?:financial )?controller|comptroller|treasurer|planner|buyer|architect|(?:software |site reliability )?engineer|sre|developer|(?:systems? )?administrator|sysadmin|"
    r"managing director|general manager|plant manager|owner|founder|co-founder|president|partner|consultant|supervisor|"
    r"technician|dispatcher|storekeeper|team lead|tech lead|engineering lead|teacher|principal|nurse|physician|doctor|lawyer|counsel|recruiter|accountant|bookkeeper|cmo|cro|cdo|cso|coo)"
)
"""A job title, most specific forms first (case is ignored)."""

INDUSTRIES: tuple[tuple[str, str], ...] = (
    ("logistics", r"logistics|freight|haulage|trucking|parcel|warehousing|shipping|carriers?|3pl"),
    ("manufacturing", r"manufactur(?:ing|ers?)|castings?|foundry|automotive|factory|industrial|machinery|metalwork(?:ing)?|plastics|chemicals?"),
    ("utilities", r"utilit(?:y|ies)|water company|power company|district heat(?:ing)?|electricity|energy|grid operators?"),
    ("healthcare", r"health ?care|hospitals?|clinics?|medical|pharma(?:ceuticals?)?|biotech|life sciences?"),
    ("financial services", r"bank(?:ing|s)?|insur(?:ance|ers?)|fintech|financial services|credit unions?|asset management"),
    ("retail", r"retail(?:ers?)?|e-?commerce|grocer(?:y|s)|consumer goods|fashion|cpg|fmcg"),
    ("software", r"saas|software(?: company| vendor)?|tech(?:nology)? company|startups?|b2b tech"),
    ("education", r"education|universit(?:y|ies)|schools?|colleges?|edtech|higher ed"),
    ("government", r"government|public sector|municipal(?:ity)?|council|federal|agency|agencies"),
    ("construction", r"construction|builders?|real estate|property|civil engineering"),
    ("hospitality", r"hospitality|hotels?|restaurants?|travel|tourism|airlines?"),
    ("media", r"media|publishing|publishers?|gaming|entertainment|broadcast(?:ers?|ing)?"),
    ("telecommunications", r"telecom(?:munications|s)?|telco|isp"),
    ("agriculture", r"agricultur(?:e|al)|farm(?:s|ing)?|food (?:and beverage|producer|processing)|agritech"),
    ("nonprofit", r"non-?profits?|charit(?:y|ies)|ngos?"),
    ("professional services", r"consult(?:ing|ancy)|law firms?|legal services|accounting firms?|professional services"),
)  # fmt: skip

_GOT = r"(?:has |have |had |just |already |also |recently |did )*"
SIGNALS: tuple[tuple[Action, str], ...] = (
    (Action.DOWNLOADED, r"\bdownload(?:ed|s|ing)\b|\bgrabbed (?:the|our)\b"),
    (Action.READ, rf"\b{_GOT}(?:read|finished reading|went through) (?:the|our|that|this|a|your|both|all|through|about|my|it)\b"),
    (Action.WATCHED, r"\bwatch(?:ed|ing)\b|\bsaw (?:the|our) (?:video|recording|demo)\b"),
    (Action.ATTENDED, r"\battend(?:ed|ing)\b|\bcame to (?:the|our) (?:webinar|event|session|workshop)\b|\bjoined (?:the|our) webinar\b|\bwas (?:at|on) (?:the|our) webinar\b"),
    (Action.REGISTERED, r"\b(?:registered|signed up) (?:for|to)\b"),
    (Action.JOINED_LIST, r"\b(?:joined|subscribed to) (?:the|our) (?:mailing )?(?:list|newsletter)\b"),
    (Action.VISITED_PRICING, r"\b(?:visited|looked at|checked|on|viewed|browsed|hit) (?:the|our) pric(?:ing|es?)\b|\bpricing page\b"),
    (Action.VISITED, r"\b(?:visited|browsed|looked (?:at|around)) (?:the|our) (?:web)?(?:site|page|docs|blog)\b"),
    (Action.OPENED, r"\bopen(?:ed|s) (?:the|our|my|that|every|all|both)\b"),
    (Action.CLICKED, r"\bclick(?:ed|s)\b"),
    (Action.FORWARDED, r"\b(?:forwarded|shared|passed) (?:it|that|this|the|our|them)\b"),
    (Action.REPLIED, r"\b(?:replied|wrote back|responded|answered (?:me|us|my)|got back to (?:me|us)|emailed back)\b"),
    (Action.NO_ANSWER, r"\b(?:no (?:answer|reply|response)|hasn'?t (?:replied|answered|responded)|went (?:quiet|silent|dark)|ghost(?:ed|ing)|not heard back|haven'?t heard)\b"),
    (Action.REQUESTED_DEMO, r"\b(?:asked for|wants?|requested|would like|asking for|booked) (?:to (?:see|book|have) )?(?:a |the )?(?:live |product )?demo\b"),
    (Action.REQUESTED_QUOTE, r"\b(?:asked for|wants?|requested|needs?|would like|asking for) (?:a |an |the )?(?:formal )?(?:quote|offer|proposal|price list|pricing proposal)\b"),
    (Action.BOOKED_MEETING, r"\b(?:booked|scheduled|set up) (?:a |the )?(?:meeting|call)\b|\bwants? (?:a meeting|to meet)\b"),
    (Action.MET_AT_EVENT, r"\bmet (?:her |him |them |\w+ )?(?:at|during) (?:the|a|our)\b|\b(?:stopped by|visited) (?:the|our) (?:booth|stand)\b|\btrade (?:show|fair)\b"),
    (Action.OPTED_OUT, r"\b(?:unsubscribed?|opt(?:ed|s|ing)? out|(?:do not|don'?t|please stop|stop) contact(?:ing)?|(?:asks?|asked|wants?|told|begged|would like) (?:us |me )?(?:to )?(?:stop|not (?:be|get|hear|receive))(?! using)|stop (?:hearing|e-?mailing|writing|calling|messaging|sending|contacting)|(?:take|remove) (?:her|him|them|me) off|no (?:more|further) (?:e-?mails?|messages|calls|contact)|leave (?:her|him|them|me) alone|(?:does not|doesn'?t|do not|don'?t) want (?:to hear|any more|anything more|e-?mails|to be contacted))\b"),
    (Action.OPTED_IN, r"\bopted (?:back )?in\b"),
    (Action.BOUGHT, r"\b(?:bought|purchased|signed (?:the|a) (?:contract|deal)|became a customer|closed[- ]won)\b"),
    (Action.ASKED, r"\b(?:asks?|asked|asking|wants? to know|wonder(?:s|ed|ing)?|(?:has|have|had) (?:a |two |three |some )?questions?|curious)\b"),
)  # fmt: skip
"""What a rep says a lead did, each as a pattern (case is ignored)."""

NOT_A_NAME = frozenset({
    "a", "about", "add", "after", "also", "an", "and", "another", "any", "are", "before", "but",
    "can", "ceo", "cfo", "cio", "ciso", "coo", "could", "cto", "did", "director", "do", "does",
    "evp", "for", "friday", "give", "got", "had", "has", "have", "he", "head", "hello", "help",
    "her", "here", "hey", "hi", "his", "how", "i", "i'm", "if", "is", "it", "just", "lead",
    "make", "manager", "met", "monday", "my", "need", "new", "next", "no", "not", "nothing", "ok",
    "okay", "one", "our", "please", "question", "questions", "quick", "saturday", "send", "she",
    "should", "show", "so", "someone", "something", "spoke", "sunday", "svp", "talked", "tell",
    "thank", "thanks", "that", "the", "their", "there", "they", "this", "thursday", "today",
    "tuesday", "upload", "vp", "we", "wednesday", "what", "when", "where", "which", "who", "why",
    "would", "yes", "yesterday", "you",
})  # fmt: skip
"""Words that begin a sentence or a title, not a name, though they are written like one."""
