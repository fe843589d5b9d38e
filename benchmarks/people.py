"""Made-up people, companies and job titles to put into the wordings that the naming is learnt from."""

SURNAMES = [
    "abara", "achterberg", "adeyemi", "aldridge", "almeida", "alvarado", "amundsen", "anand",
    "andersson", "appiah", "arslan", "ashdown", "asante", "aubert", "aydin", "bachmann",
    "baines", "baptiste", "barros", "becker", "belanger", "bellweather", "bergqvist", "bhatt",
    "bianchi", "blackwood", "bohm", "bonnet", "borkowski", "boucher", "brennan", "brightman",
    "brink", "brodie", "bui", "burkhardt", "cabrera", "calloway", "campbell", "cardoso",
    "castellano", "chaudhry", "chowdhury", "christensen", "clarke", "cohen", "colombo",
    "cooper", "corrigan", "costa", "cruz", "czerny", "dahl", "dalgaard", "danso", "daoud",
    "dekker", "delacroix", "demir", "desai", "dhillon", "dimitrov", "dobbs", "doherty",
    "dominguez", "drake", "dubois", "duarte", "durand", "dvorak", "eberhardt", "eklund",
    "elliott", "engel", "erdogan", "eriksen", "espinoza", "everly", "fairchild", "farkas",
    "faulkner", "ferrari", "fischer", "fitzgerald", "fleming", "fontaine", "forsberg", "fraser",
    "fujimoto", "gallo", "garcia", "garnier", "georgiou", "ghosh", "gibbons", "giordano",
    "goldberg", "gomes", "gonzalez", "grabowski", "greenwood", "gruber", "guerin", "gupta",
    "haas", "haddon", "hagen", "halloran", "hamdan", "hansson", "harrow", "hartmann",
    "hashimoto", "hayashi", "heikkinen", "hendriks", "herrera", "hidalgo", "hoffmann",
    "holloway", "horvath", "huang", "hughes", "hussain", "ibarra", "ilves", "ivanova",
    "jackson", "jankowski", "jansen", "jarvis", "jensen", "jimenez", "johnson", "jovanovic",
    "kaczmarek", "kamau", "kaplan", "karlsson", "kaur", "keller", "kennedy", "khan", "kim",
    "kirchner", "kobayashi", "kovacs", "kowalski", "kruger", "kuznetsov", "lacroix", "laine",
    "lambert", "larsen", "laurent", "lavoie", "leclerc", "lehmann", "lemaire", "leung",
    "lewandowski", "lim", "lindgren", "lombardi", "lopez", "lundqvist", "macdonald",
    "mackenzie", "mahlangu", "malik", "manning", "marchetti", "marino", "markovic", "martins",
    "matsuda", "mbeki", "mccarthy", "mcallister", "meier", "mendes", "mensah", "mercier",
    "meyer", "mikkelsen", "miller", "mitra", "mohr", "molina", "moreau", "morris", "mueller",
    "murphy", "mwangi", "nakamura", "navarro", "ndiaye", "nielsen", "nkosi", "novak", "nowak",
    "nunez", "obrien", "ochoa", "oduya", "okafor", "okoye", "olsen", "onyango", "ortega",
    "osei", "otieno", "owusu", "pacheco", "palmer", "papadakis", "park", "patel", "pearce",
    "pedersen", "pereira", "petersen", "petrov", "phan", "pham", "popescu", "prescott", "quinn",
    "raman", "ramirez", "rao", "rasmussen", "reyes", "ricci", "richter", "rivera", "rojas",
    "romano", "rossi", "rousseau", "ruiz", "rutkowski", "salazar", "sanders", "santoro", "sato",
    "schmidt", "schneider", "schulz", "sekhon", "serrano", "shah", "sharma", "silva", "singh",
    "sinclair", "sokolov", "solberg", "sorensen", "stark", "steiner", "stewart", "suarez",
    "sutherland", "suzuki", "svensson", "szabo", "takahashi", "tanaka", "taylor", "tembo",
    "thorne", "toth", "tran", "turner", "ueda", "usman", "vance", "vargas", "vasquez", "vogel",
    "volkov", "wagner", "walker", "wallace", "walsh", "wang", "watanabe", "weber", "whitaker",
    "wilkins", "winkler", "wolff", "wright", "yamamoto", "yilmaz", "young", "zając", "zapata",
    "zhang", "ziegler",
]  # fmt: skip

ODD_FIRST = [
    "abeni", "aoibhe", "bartel", "caoimhe", "dagny", "eadie", "ffion", "gethin", "halima",
    "ikaika", "jorunn", "kyoko", "llew", "marisela", "nkechi", "oyelaran", "pryce", "quillon",
    "rashmi", "saoirse", "tevita", "ulani", "venla", "wambui", "xochitl", "yewande", "zsofia",
    "itzel", "jaroslav", "katsuo", "leocadia", "mirela", "nokuthula", "orsolya", "pelle",
    "rukmini", "sindre", "taavi", "umar", "vuyo", "wiktor", "yosuke", "zeno", "bhavna",
    "chinwe", "devika", "eluned", "fenella", "gwilym",
]  # fmt: skip

STEMS = [
    "amber", "anchor", "apex", "arbor", "ardent", "argent", "ashby", "atlas", "avon", "azure",
    "bannock", "barrow", "bayview", "beacon", "birch", "blackfen", "bluegate", "bolder",
    "bramble", "breck", "briar", "bright", "brook", "cairn", "calder", "canyon", "cedar",
    "cinder", "clear", "cliff", "clover", "cobalt", "copper", "coral", "crest", "crown", "dale",
    "dawn", "delta", "dover", "drift", "dune", "eagle", "east", "echo", "elder", "ember",
    "fairway", "falcon", "fern", "field", "flint", "fox", "frost", "gale", "garnet", "glen",
    "gold", "granite", "green", "grove", "harbor", "hart", "haven", "hazel", "heron", "hill",
    "holt", "ivory", "jasper", "juniper", "keel", "kestrel", "kite", "lake", "lark", "laurel",
    "lime", "lion", "loch", "lunar", "maple", "marsh", "meadow", "mesa", "mill", "mint", "moor",
    "north", "nova", "oak", "ocean", "olive", "onyx", "opal", "orchid", "osprey", "otter",
    "palm", "pearl", "pebble", "pike", "pine", "plover", "polar", "poplar", "quartz", "raven",
    "red", "reed", "ridge", "river", "robin", "rook", "rowan", "royal", "sable", "sage", "salt",
    "sand", "silver", "sky", "slate", "snow", "south", "spruce", "star", "stone", "storm",
    "summit", "sun", "swift", "tern", "thistle", "thorn", "tide", "timber", "topaz", "trail",
    "umber", "union", "vale", "vega", "velvet", "violet", "west", "willow", "wind", "wolf",
    "wood", "wren", "yew", "zenith", "zephyr",
]  # fmt: skip

ENDS = [
    "works", "ton", "ford", "ham", "ley", "field", "gate", "mere", "brook", "dale", "wick",
    "haven", "port", "stead", "worth", "bury",
]  # fmt: skip

ODD_FIRMS = [
    "Loud Pigeon", "7 Hills", "4ward Motion", "Zyntha", "Kvarn", "Oruga", "Pi & Sons",
    "The Good Crate", "Blau+Rot", "Mosaiq", "No. 9 Bakery", "Twelve Oaks", "Ostrich & Co",
    "Quorra", "X-Ray Robotics", "Nordlys", "Tre Kroner", "Casa Verde", "Maison Lune",
    "Gebr. Hollmann", "La Ruche", "Umbra.io", "Half Moon Bikes", "Third Rail", "Fix-It Freight",
    "Hansa Kontor", "Ibex", "Vela", "Trivium", "Sapphire & Steel", "Kaizen Crew", "Big Kettle",
    "B12 Health", "Qubit Farms", "Hospital of St. Brannoc", "University of Tarnwick",
    "Bank of Ellerby", "City of Marlow", "Ministry of Ports",
]  # fmt: skip

ROLES = """CFO|CEO|CTO|CIO|COO|CISO|CMO|CHRO|CRO|CPO|CDO|chief financial officer|chief operating officer|chief information officer|
chief nursing officer|Chief People Officer|head of finance|head of maintenance|head of IT|head of operations|head of procurement|
head of logistics|head of engineering|Head of Customer Success|head of learning and development|head of product|head of legal|
VP of Sales|VP Operations|VP engineering|SVP Finance|vice president of manufacturing|director of IT|director of operations|
finance director|operations director|IT director|managing director|marketing director|technical director|creative director|
director of nursing|director of supply chain|plant manager|site manager|warehouse manager|fleet manager|maintenance manager|
operations manager|office manager|IT manager|product manager|project manager|procurement manager|quality manager|
supply chain manager|HR manager|store manager|general manager|facilities manager|account manager|energy manager|branch manager|
production manager|innovation manager|ERP manager|compliance manager|financial controller|controller|group controller|
treasurer|accountant|bookkeeper|buyer|senior buyer|purchasing lead|IT lead|planning lead|team lead|tech lead|data lead|
engineering lead|support lead|finance lead|growth lead|planner|maintenance planner|production planner|demand planner|
dispatcher|scheduler|storekeeper|technician|field technician|maintenance technician|foreman|shift supervisor|
warehouse supervisor|shift lead|reliability engineer|software engineer|data engineer|process engineer|network engineer|
platform engineer|site reliability engineer|senior developer|developer|data scientist|data analyst|business analyst|
financial analyst|solution architect|enterprise architect|IT architect|architect|system administrator|sysadmin|
security officer|compliance officer|data protection officer|information security officer|HR business partner|recruiter|
owner|co-owner|founder|co-founder|president|managing partner|partner|principal|principal consultant|consultant|
school principal|headteacher|dean|registrar|professor|nurse|head nurse|ward manager|pharmacist|surgeon|general counsel|
legal counsel|in-house counsel|lawyer|paralegal|underwriter|claims manager|actuary|risk manager|internal auditor|agronomist|
farm manager|chef|hotel manager|event manager|editor|copywriter|designer|social media manager|content strategist|
brand manager|demand gen manager|revenue operations|sales ops|devops engineer|devops|ops manager|head of ops|ops lead|
finance|IT|HR|procurement|operations|chairwoman|board member|secretary general|city planner|treasury manager|head chef|
works council chair|safety officer|HSE manager|lab manager|research lead|R&D director|scrum master|program manager|
customer support manager|call center manager|sustainability manager|transport planner|harbour master|station manager""".replace(
    "\n", ""
).split("|")

FOREIGN_FIRMS = [
    "Grupo",
    "Stadtwerke",
    "Cabinet",
    "Maison",
    "Officine",
    "Gebr.",
    "Fundación",
    "Dept. of",
    "Casa",
    "Atelier",
    "Société",
    "Groupe",
    "Viñedos",
    "Hotel",
    "Clinique",
    "Klinik",
    "Banco",
    "Ministry of",
    "Department of",
    "Institut",
]

INDUSTRIES = [
    "logistics", "manufacturing", "retail", "healthcare", "software", "banking", "insurance",
    "utilities", "hotel", "food", "construction", "education", "public sector", "pharma",
    "telecom", "SaaS", "fintech", "automotive", "mining",
]  # fmt: skip

SIZES = [
    "400 people",
    "~2k employees",
    "85 ppl",
    "1,200 staff",
    "3.5k headcount",
    "mid-size",
    "50-100 people",
    "12 employees",
    "5000+ employees",
    "around 60 people",
]

PRODUCTS = [
    "SAP", "Oracle", "Excel", "Dynamics", "Salesforce", "Power BI", "Jira", "Outlook", "Teams",
    "Odoo", "Workday", "AutoCAD", "Google Sheets", "Maximo", "NetSuite", "Azure", "AWS",
    "Linux",
]  # fmt: skip
