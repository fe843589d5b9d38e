"""Language: plain English questions never raise an alarm, other languages are told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from knowledge.language import detect_language, language_name

ENGLISH = """
SAP PM S/4 sync?
SSO?
pricing
ROI calculator
MTTR vs MTBF
Dynamics connector offline mode
SAML / OIDC single sign-on
Does it work offline?
How long does a rollout take?
what is OEE
cut unplanned downtime
Preventive maintenance plan template
Is our data held in the EU?
spare parts stock accuracy
Technician adoption
Can planners export Parquet?
Why do work orders pile up?
vibration analysis on pumps
CMMS vs ERP maintenance module
Who approves the budget?
integration with Microsoft Dynamics
Route planning, 40 vans
payback period?
CFO objections
Total cost of ownership
Multi-site implementation
No-code automation
Audit trail GDPR
ISO 55000 compliance documentation
pilot duration
Kubernetes operator Helm chart
Terraform import
Latency in Frankfurt region
What does a naïve schedule cost?
Café chain with 300 sites
Data residency Zürich
Our customer Müller asked about uptime
error budget SLO
API rate limits
iOS Android app
Is somebody else better?
Can you prove it?
de-risk a migration
La Pulga pump station telemetry
compressed air leak survey
Grafana dashboards en masse
Does the die casting line need condition monitoring?
Per diem technicians
vendor comparison matrix
Do we need IT for this
Was it worth it?
Die casting
no-show rate
""".strip().splitlines()

FOREIGN = [
    ("de", "Wie lange dauert die Einführung?"),
    ("de", "Welche Schnittstellen gibt es zu SAP?"),
    ("de", "Wie senken wir ungeplante Stillstände?"),
    ("de", "Was kostet das?"),
    ("pt", "Quanto custa a manutenção preventiva?"),
    ("fr", "Combien coûte une panne ?"),
    ("fr", "Comment réduire les arrêts non planifiés ?"),
    ("es", "¿Cuánto tarda la implantación?"),
    ("es", "Como reducir las paradas no planificadas en la planta"),
    ("it", "Quanto tempo richiede l'implementazione?"),
    ("pt", "Quanto tempo demora a implementação?"),
    ("nl", "Hoe lang duurt de invoering van het systeem?"),
    ("pl", "Ile czasu trwa wdrożenie systemu?"),
    ("sv", "Hur lång tid tar införandet av systemet?"),
    ("ja", "計画外の停止を減らすにはどうすればよいですか？"),  # noqa: RUF001
    ("zh", "如何减少计划外停机时间？"),  # noqa: RUF001
    ("ko", "계획되지 않은 가동 중단을 어떻게 줄이나요?"),
    ("ru", "Как сократить незапланированные простои?"),
]


@pytest.mark.parametrize("question", ENGLISH)
def test_short_english_question_raises_no_alarm(question: str) -> None:
    assert detect_language(question) == "en"


@pytest.mark.parametrize(("code", "question"), FOREIGN)
def test_question_in_another_language_is_told(code: str, question: str) -> None:
    assert detect_language(question) == code


@pytest.mark.parametrize("text", ["", "   ", "12345", "?!", "🙂🙂", "https://ex.example/über/die"])
def test_text_without_words_counts_as_english(text: str) -> None:
    assert detect_language(text) == "en"


def test_english_page_with_a_foreign_quote_stays_english() -> None:
    page = (
        "The planner reads the board each morning and moves what cannot wait. " * 5
        + "A German colleague says: 'Das ist der Plan für die Woche.' "
    )
    assert detect_language(page) == "en"


def test_code_in_a_page_does_not_decide() -> None:
    page = "How to read the export:\n```\nder die das und ist nicht für mit\n```\nwith one call."
    assert detect_language(page) == "en"


def test_plain_english_never_loads_the_models() -> None:
    code = (
        "import sys; from knowledge.language import detect_language;"
        "detect_language('How do we cut unplanned downtime?'); sys.exit('lingua' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_codes_have_names() -> None:
    assert language_name("ja") == "Japanese"
    assert language_name("xx") == "another language (xx)"
