"""What people read of the journey map and the personas."""

from __future__ import annotations

DOING, THINKING, FEELING = "What they do", "What they think", "What they feel"
ASKS = "What they ask"
FITS = "What fits"
PIECES = "{n} approved pieces fit here; `/trailguide coverage {stage}` shows what they answer."
NO_TYPES = "no type of piece"
CHOOSE_PERSONA = "A persona"
GOALS, PROBLEMS, QUESTIONS, SAYS = "Wants", "Suffers from", "Asks", "Says"
TITLES = "Job titles"
FILES = (
    "Yours to change: put a `journey.toml` or `personas.toml` with the changed keys into the home "
    "folder. `trailguide journey diff` lists what would move."
)
NOTHING_MOVES = "Nothing moves: no piece, no lead."
MOVES = {
    "asset_stages": "Pieces for which another stage is proposed (`stages` in the piece settles it)",
    "asset_personas": "Pieces that name a persona which is no longer there",
    "lead_personas": "Leads whose job title tells another persona",
    "lead_stages": "Leads whose stage is read otherwise",
}
