"""Tables of words that reps use: job titles, industries, and what leads did."""

from __future__ import annotations

import re

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
    ("logistics", r"logistics?|freight|haulage|hauliers?|trucking|parcels?|warehousing|shipping (?:company|line|firm|business)|carriers?|couriers?|3pl|forwarders?|freight forwarding|forwarding (?:agents?|company|firm|house)|supply chain (?:company|services)|railways?|rail (?:operator|company)|tramways?|transport(?:ation)? (?:company|firm|business|sector|industry)|public transport|ports?(?: operator| authority)|container terminals?|delivery (?:company|firm|service)"),
    ("mining", r"mining|mines|quarr(?:y|ies)|ore producer"),
    ("manufacturing", r"manufactur(?:ing|ers?|es)|castings?|foundr(?:y|ies)|automotive|factor(?:y|ies)|industrial(?: company| goods)?|machinery|mechanical engineering|metalwork(?:ing)?|plastics|chemicals?|steel(?:maker|works)?|packaging|textiles?|(?:car|auto) parts|electronics|semiconductors?|aerospace|shipyards?|shipbuilding|furniture maker|paper mill|machine builder|(?:they|who|that|which|company) (?:make|makes|making|build|builds) (?!decisions|sure|it|the|a |an |use|sense|up)|cement|glass(?:works| maker)?"),
    ("utilities", r"utilit(?:y|ies)|water (?:company|board|supplier|utility|works)|power (?:company|plant|supplier|utility|producer)|district heat(?:ing)?|electricity|energy (?:company|supplier|sector|provider|utility|industry|firm|producer|group|trader)|grid operators?|renewables?|waste management|wastewater|oil (?:and|&) gas|in energy|(?<=[,(/|\-] )energy(?=[,)/|.;\-]|$| sector| industry)|industry: energy"),
    ("healthcare", r"health ?care|hospitals?|clinics?|medical(?: devices?| technology)?|medtech|pharma(?:ceuticals?|cy|cies)?|biotech|life sciences?|care homes?|elderly care|nursing homes?|physio(?:therapy)?|patients|opticians?|veterinar(?:y|ians?)|vets? practice|dental|dentists?|doctor'?s (?:office|practice)|diagnostics|health (?:insurer|tech|system|services)|healthtech"),
    ("financial services", r"bank(?:ing|s)?(?! (?:details|holiday|account|transfer))|insur(?:ance|ers?)|insurtech|fintech|financ(?:ial services|ial sector|e sector|e industry)|credit unions?|asset management(?! (?:software|system|tool|module))|wealth management|investment (?:firm|fund|company)|private equity|pension fund|payments (?:company|provider)|lender|brokerage"),
    ("retail", r"retail(?:ers?|ing)?|e-?commerce|online (?:shop|store|retailer)s?|web ?shops?|supermarkets?|grocer(?:y|s|ies)|consumer goods|fashion|cpg|fmcg|(?:department|furniture|clothing|shoe|chain) stores?|store chain|wholesal(?:e|ers?)|malls?|boutiques?"),
    ("software", r"saas|software(?: company| vendor| house| firm| maker| startup| business| sector| industry)(?! (?:for|to|that))|software(?=[,)/|.;]|$)|tech(?:nology)? (?:company|startup|firm|start-up|sector|scale-?up)|b2b tech|it services?(?: provider| company)?|cloud (?:provider|company)|cybersecurity (?:company|firm|vendor)|app developer|martech|devtools?"),
    ("education", r"education(?: sector)?|universit(?:y|ies)|schools?|colleges?|edtech|higher ed(?:ucation)?|academ(?:y|ia)|kindergartens?|training provider"),
    ("government", r"government|public sector|municipal(?:ity|ities)?|(?:city|town|county|district|local|borough) (?:council|hall|administration|government)|council(?! chair)|federal|ministr(?:y|ies)|public (?:administration|authority)|(?:dept\.?|department|office|bureau) of (?!finance|it\b)|state agency|government agency|city of|defen[cs]e|armed forces|police"),
    ("food and beverage", r"food (?:and|&) beverage|f&b|food(?: producer| processing| manufacturer| company| industry| sector|s company)?(?=[,)/|.;\s]|$)|beverages?|brewer(?:y|ies)|winer(?:y|ies)|vineyards?|bakery chain|baker(?:y|ies)|dair(?:y|ies)|meat (?:processor|packer)|confectionery|distiller(?:y|ies)|coffee roasters?|caf[eé]s?|roastery|(?:they|who|that|which|we|company) (?:make|makes|brew|brews|produce|produces|bake|bakes|sell|sells|distill?s?|roasts?) (?:[\w-]+ )?(?:beer|wine|whisk(?:e)?y|gin|food|cheese|bread|chocolate|snacks?|juices?|coffee|drinks|sauces?|ice cream|pasta|meat)|makes wine|brews? beer"),
    ("construction", r"construction(?: company| firm| sector| industry)?|builders|building (?:company|firm|contractor)|contractors?|real estate|property (?:developer|management|company|firm)|civil engineering|housing association|architecture (?:firm|office|practice)|roofing"),
    ("hospitality", r"hospitality|hotels?|restaurants?|catering|travel (?:agency|company|industry|sector)|tourism|airlines?|cruise line|resorts?|leisure|pubs?"),
    ("media", r"media (?:company|house|group|sector|industry|firm)|in media|media(?=[,)/|.;]|$)|publishing|publishers?|gaming|games? (?:studio|company|developer|maker)|video games?|entertainment|broadcast(?:ers?|ing)|film (?:studio|production)|newspapers?|radio (?:station|network)|ad(?:vertising)? agency|marketing agency|creative agency|pr agency|music label"),
    ("telecommunications", r"telecom(?:munications?|s)?|telcos?|isp|mobile (?:operator|carrier)|broadband (?:provider|company)|network operator"),
    ("agriculture", r"agricultur(?:e|al)|agri(?:business)?|farm(?:s|ing|ers?)|agritech|agtech|forestry|horticulture|greenhouses?|grain (?:trader|producer)|fisher(?:y|ies)|livestock"),
    ("nonprofit", r"non-?profits?|not-for-profit|charit(?:y|ies)|ngos?|foundation(?=[,)/|.;]|$)|volunteer organi[sz]ation"),
    ("professional services", r"(?:management )?consult(?:ing|ancy|ancies)(?: firm| company)?|law (?:firms?|practice)|legal services|accounting firms?|accountancy|tax (?:firm|advisers?|advisors?)|audit firm|professional services|recruitment (?:agency|firm)|staffing (?:agency|firm)|engineering office"),
)  # fmt: skip
"""Industries by their canonical names, and the words that tell each (case is ignored)."""

INDUSTRIES_IN_NAMES: tuple[tuple[str, str], ...] = (
    ("logistics", r"freightline|lines|transit|transport|terminals|trucks?|deliver(?:y|ies)|rail|depots|cold storage|shipping|maritime|cargo|express|movers"),
    ("mining", r"copper|minerals|ore"),
    ("manufacturing", r"mills?|works|packaging|electronics|semiconductors?|optics|precision|polymers?|timber|axles|motors|metals|machines|tools|pumps|valves|ceramics|plastics|bearings|forge|glas|gears|works gmbh|instruments|robotics|coatings|fabrics|paper|boats|bikes|cycles works"),
    ("utilities", r"energ(?:y|ie)|power|heat|hydro|solar|wind|water|waterboard|grid|gas|electric|stadtwerke"),
    ("healthcare", r"health|medical|care|med|therapeutics|labs? diagnostics|veterinary|klinik(?:en)?"),
    ("financial services", r"mutual|capital|credit|assurance|versicherung|financ(?:e|ial)|payments|trust bank|lending|savings|invest(?:ments)?"),
    ("retail", r"stores?|markets?|shops?|outfitters|toys|apparel|clothing|wear|shoes|fashions?|jewellery|boutique|home ?wares?"),
    ("software", r"software|saas|apps|cloud|data systems|\.io"),
    ("hospitality", r"stays|inns?|resorts?|tours|travel"),
    ("media", r"media|games|studios|press|radio|films?|publishing"),
    ("telecommunications", r"mobile|telekom|broadband|wireless"),
    ("agriculture", r"grain|seeds|orchards|agro|livestock|harvest"),
    ("food and beverage", r"foods?|seafoods?|brewery|bryggeri|brauerei|bakers|distillery|farms kitchen|brewing|canning|beverages|kitchens|meats|chocolate|coffee|roasters|creamery|mills bakery|viñedos"),
    ("professional services", r"advisory|advisors|consultants|legal|partners llp|solicitors|cabinet"),
    ("construction", r"builders|build|bygg|bau|homes|roofing|estates|properties"),
    ("education", r"uni|college|school|academy|learning"),
    ("government", r"council|authority|ministry"),
)  # fmt: skip
"""What a company's own name tells of its industry, where the message says nothing of it."""

NEGATED = re.compile(
    r"\b(?:not|never|no|hasn'?t|haven'?t|didn'?t|did not|has not|won'?t|without(?: having)?|doesn'?t|isn'?t|hadn'?t|yet to|nor|refused to|instead of)(?: \w+){0,2}\s*$",
    re.IGNORECASE,
)
"""Right before an act: it was not done."""

_GOT = r"(?:has |have |had |just |already |also |recently |did |then |finally |even |both |all )*"
_PIECE = r"(?:case stud(?:y|ies)|white ?papers?|papers?|guides?|e-?books?|blogs?(?: posts?)?|posts?|articles?|reports?|checklists?|brochures?|pieces?|stor(?:y|ies)|playbooks?|newsletters?|docs|documentation|whitepapers?|studies|deck|pdf|links?|worksheets?|sheets?|mails?|e-?mails?|templates?|overview|comparison|survey|handbook|primer|explainer|material|one-?pager|infographic)"
_EVENT = r"(?:webinars?|events?|sessions?|workshops?|conferences?|talks?|round ?tables?|meet-?ups?|briefings?|seminars?|demo days?|live demos?|summits?|trainings?|masterclass)"
_THE = r"(?:the|our|that|this|a|an|your|my|both|all|two|three|four|five|some|several|every|last|\d+|it|his|her|their|one of)"
SIGNALS: tuple[tuple[Action, str], ...] = (
    (Action.DOWNLOADED, rf"\bdownload(?:ed|s|ing)\b|\bdl'?d\b|\bgrabbed {_THE}\b|\b(?:pulled|saved|got) (?:down )?{_THE} (?:[\w-]+ ){{0,3}}{_PIECE} (?:from|off) (?:the|our)\b|\b(?:took|requested) a copy\b"),
    (Action.READ, rf"\b{_GOT}(?:read|re-?read|finished(?: reading)?|went through|worked through|looked through|skimmed|studied|leafed through) (?:\w+ ){{0,2}}?(?:{_THE}|through|about|{_PIECE})\b|\b(?:read|reads|reading) (?:[\w'-]+ ){{0,5}}{_PIECE}\b|\b(?:enjoyed|liked|loved|praised) {_THE} (?:[\w-]+ ){{0,4}}{_PIECE}\b|\breads? [\"\u201c](?=[^\"\u201d]{{3,150}}[\"\u201d])"),
    (Action.WATCHED, r"\bwatch(?:ed|es|ing)\b|\b(?:saw|viewed|seen|sat through) (?:the|our|that|a) (?:[\w-]+ ){0,3}(?:video|recording|demo|walkthrough|clip|replay|on-demand|webinar)\b"),
    (Action.ATTENDED, rf"\battend(?:ed|s|ing)\b(?!ance)|\b(?:came to|joined|sat in on|took part in|participated in|showed up (?:at|for|to)|was (?:at|on|in)|were (?:at|on|in)|dialled into|dialed into|been (?:at|to)) (?:the|our|that|a|last|this|my|yesterday'?s|\w+'s) (?:[\w'-]+ ){{0,3}}{_EVENT}\b"),
    (Action.REGISTERED, r"\b(?:registered|signed up|enrolled|rsvp'?d|registers|signs up) (?:for|to)\b|\b(?:has|have) (?:a )?(?:registration|seat) for\b|\bregistered\b"),
    (Action.JOINED_LIST, r"\b(?:joined|subscribed to|signed up (?:for|to)|is on|got on|opted into) (?:the|our|my) (?:[\w-]+ )?(?:mailing )?(?:list|newsletter)\b|\bsubscribed (?:to|yesterday|today|last|for)\b|\bnewsletter (?:sign-?up|subscriber)\b"),
    (Action.VISITED_PRICING, r"\b(?:visit(?:ed|s)|look(?:ed|s|ing) (?:at|into|up)|check(?:ed|s|ing)(?: out)?|(?:was |is |were |been )on|view(?:ed|s)|brows(?:ed|es|ing)|hits?|saw|opened|came back to|stud(?:ied|ies)|went to|clicked(?: through to| on| to)?|keeps? (?:visiting|looking at|coming back to)) (?:(?:the|our|my|through) )*pric(?:ing|es?)\b|\bpric(?:ing|e|es) page\b|\bpage (?:with|on|about) (?:the |our )?pric(?:ing|es)\b"),
    (Action.VISITED, r"\b(?:visit(?:ed|s)|brows(?:ed|es|ing)|looked (?:at|around|over)|came (?:back )?to|was on|been on|spent (?:time|\w+ minutes) on) (?:the|our|my) (?:[\w-]+ ){0,2}(?:web ?site|website|site|pages?|docs|documentation|blog|home ?page|product pages?)\b|\bvisited us online\b"),
    (Action.OPENED, r"\b(?:open(?:ed|s)|did open|has opened) (?:(?:the|our|my|that|every|all|both|two|three|four|last|first|it|each|your|\d+|several)\b|(?:[\w'-]+ ){0,3}(?:e-?mails?|mails?|messages?|newsletters?))"),
    (Action.CLICKED, r"\bclick(?:ed|s|ing)\b"),
    (Action.FORWARDED, rf"\b(?:forwarded|shared|passed) (?:(?:it|that|this|them) (?:on|along|around|to|with|internally)\b|{_THE} (?:[\w-]+ ){{0,4}}{_PIECE} (?:on |along |around )?(?:to|with|internally))(?! (?:me|us|her|him|them|you)\b)|\bforwarded (?:it|that|this|the|our|them|my)\b|\bshared (?:it|this|that|our|the) (?:[\w-]+ ){{0,3}}(?:with|internally|in)\b|\bpassed (?:it|that|this|the|our|them)(?: [\w-]+){{0,3}} (?:on|along|around|to)\b"),
    (Action.REPLIED, r"\b(?:replied|replies|wrote back|writes back|wrote (?:to )?(?:me|us)|responded|responds|answered (?:me|us|my|our|the)|got back to (?:me|us)|(?:e-?)?mailed (?:me |us )?back|called (?:me )?back|came back to (?:me|us)|answered (?:yesterday|today|quickly)|messaged (?:me )?back|sent (?:me )?an? (?:answer|reply|response))\b|\b(?:got|had|received) an? (?:answer|reply|response|mail|e-?mail) (?:from|back)\b|^\s*subject:\s*re:"),
    (Action.NO_ANSWER, r"\b(?:no (?:answer|reply|replies|response|reaction|word|feedback|sign of life)|(?:hasn'?t|haven'?t|has not|have not|never|didn'?t|did not|not|doesn'?t|isn'?t|won'?t|hadn'?t)(?: yet)?(?: \w+)? ?(?:repl(?:ied|y|ying)|answer(?:ed|ing)?|respond(?:ed|ing)?|write back|written back|wrote back|react(?:ed)?|get back|got back|gotten back|come back to (?:me|us))|(?:went|gone|going|goes|is|are|still|been|totally|radio) (?:very |totally |completely |all )?(?:quiet|silent|silence|dark|cold|unresponsive)|ghost(?:ed|ing|s)|not heard (?:back|from|anything)|haven'?t heard|nothing (?:back |heard )?(?:from (?:[\w.'-]+ ){1,4}(?:for|in|since)|since|yet)|hasn'?t been in touch|never heard back|silen(?:t|ce) (?:since|for)|(?:mail|mails|message|messages|call|calls) unanswered|ignor(?:es|ed|ing) (?:me|us|my|our)|can'?t reach|does not pick up|doesn'?t pick up|crickets)\b"),
    (Action.REQUESTED_DEMO, r"\b(?:ask(?:ed|s|ing) for|wants?|wanted|request(?:ed|s|ing)|would (?:like|love)|'d (?:like|love)|asked about|book(?:ed|s)|scheduled|signed up for|needs?|keen on|interested in|set up) (?:(?:to )?(?:see|book|have|get|schedule|arrange|watch) )?(?:a |an |the |our |us )?(?:[\w-]+ ){0,2}demo(?:nstration)?\b(?! day| recording| video)|\bdemo (?:request(?:ed)?|booked)\b|\bwants? us to (?:demo|show (?:it|them|the product))\b|\bwants? a (?:walk-?through|product tour)\b"),
    (Action.REQUESTED_QUOTE, r"\b(?:ask(?:ed|s|ing) (?:us |me )?for|wants?|wanted|request(?:ed|s|ing)|needs?|would (?:like|love)|waiting for) (?:to (?:have|get|see) )?(?:[\w-]+ and )?(?:a |an |the |our |references and a )?(?:[\w-]+ ){0,2}?(?:quote|quotation|offer|proposal|price list|pricing proposal|cost estimate)\b|\b(?:quote|offer|proposal) requested\b|\bwants? (?:a )?(?:prices|pricing)\b"),
    (Action.BOOKED_MEETING, r"\b(?:book(?:ed|s)|scheduled|set up|arranged|agreed (?:to|on)|accepted|put in) (?:a |an |the |our |another |my )?(?:[\w-]+ ){0,2}?(?:meeting|call|appointment|slot|time|session|chat|invite|invitation)\b|\b(?:meeting|call|appointment) (?:booked|is set|scheduled|is booked|confirmed)\b|\bwants? (?:a meeting|to meet)\b|\bbooked (?:me|us|in)\b"),
    (Action.MET_AT_EVENT, rf"\b(?:met|meet|bumped into|ran into|talked to|spoke (?:to|with)|chatted with|saw) (?:(?!with)[\w'.,()-]+ ){{0,8}}(?:at|during) (?:the|a|an|our|last|this|\w+'s) (?:[\w-]+ ){{0,4}}(?:{_EVENT}|booth|stand|fair|expo|trade ?show|show|congress|event|exhibition|dinner|meetup)\b|\b(?:stopped by|visited|came (?:by|to|over to)|dropped by|was at|swung by|turned up at) (?:at )?(?:the|our|my) (?:booth|stand)\b|\bfrom (?:the|our) (?:trade )?(?:fair|booth|expo|show)\b|\b(?:met|talked|spoke)\b[^.!?\n]{{0,60}}\btrade (?:show|fair)\b|\bbadge scan(?:ned)?\b|\bscanned (?:his|her|their) badge\b"),
    (Action.OPTED_OUT, r"\b(?:unsubscrib(?:ed?|es|ing)|opt(?:ed|s|ing)? out|(?:do not|don'?t|please stop|stop) contact(?:ing)?|(?:asks?|asked|wants?|told|begged|would like) (?:us |me )?(?:to )?(?:stop|not (?:be|get|hear|receive|contact|write|mail|e-?mail|call))(?! using)|stop (?:hearing|e-?mailing|mailing|writing|calling|messaging|sending|contacting|all)|(?:take|remove|strike|delete|get) (?:[\w'-]+ ){1,4}(?:off|from) (?:the|our|my|your|all|every) (?:[\w-]+ )?(?:list|lists|mailings?|database|newsletter)|(?:take|remove) (?:her|him|them|me) off|no (?:more|further) (?:e-?mails?|mails?|messages|calls|contact|newsletters?)|wants? no (?:e-?mails?|mails?|messages|texts|(?:phone )?calls|contact|newsletters?)|leave (?:her|him|them|me) alone|(?:does not|doesn'?t|do not|don'?t) want (?:to hear|any more|any further|anything more|more (?:e-?mails|mails|calls|messages)|e-?mails|mails|calls|to be (?:contacted|called|e-?mailed|mailed)|us to (?:write|call|contact))|(?:not|never) (?:be )?(?:contacted|mailed|e-?mailed) (?:again|any ?more)|withdrew (?:her |his |their )?consent|do-not-contact)\b"),
    (Action.OPTED_IN, r"\bopt(?:ed|s|ing) (?:back )?in(?:to)?\b|\bre-?subscribed\b|\bgave (?:her |his |their )?consent\b"),
    (Action.BOUGHT, r"\b(?:bought(?! in\b)|purchased|sign(?:ed|s) (?:the|a|their|our|his|her|with) (?:[\w-]+ )?(?:contract|deal|order|us|agreement|papers?)|sign(?:ed)? with us|(?:became|is now|are now) (?:a|our) (?:new )?customers?|closed[- ]won|placed (?:an|the|their) order|(?:just|finally) (?:signed|bought)|sealed the deal)\b"),
    (Action.ASKED, r"\b(?:(?:asks?|asked|asking)(?! (?:(?:us|me) )?(?:for|to)\b)|wants? to know|wonder(?:s|ed|ing)?|(?:has|have|had) (?:a |two |three |some |a few |several )?questions?)\b"),
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
