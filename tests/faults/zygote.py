"""A process that loads what every life needs once, and forks for each life.

Orders come as lines of JSON on stdin; for each one line goes to stdout: how the life ended.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

import chromadb  # noqa: F401 - loaded before the forks
from chromadb.api import rust  # noqa: F401

from bot.bootstrap import Wired, build
from bot.flow.warming import warm
from bot.jobs import Jobs  # noqa: F401
from bot.serve import serve  # noqa: F401
from bot.settings import Settings
from retrieval import embeddings
from retrieval.vectors import ScanIndex
from tests.faults.life import Orders, live, tell

LIFE_SECONDS = 120
"""A life that takes longer has failed."""


def load(home: Path, chat: str) -> Wired:
    """Everything that holds models, on one thread each: a fork keeps no other threads."""
    embeddings.processors = lambda: 1  # type: ignore[assignment]
    tools = build(Settings(home=home, check_links=False))
    tools.__dict__["vectors"] = ScanIndex()
    warm(tools)
    tools.db.close()
    if chat:
        from langchain.chat_models import init_chat_model

        from prompts.model import ModelWriter

        client = init_chat_model(
            "test", model_provider="openai", api_key="sk-test", base_url=chat, max_retries=0
        )
        tools.__dict__["_model_writer"] = ModelWriter(
            "openai:test", 8.0, model=client, api_key="sk-test", models=tools.sentence_models
        )
    return tools


def main() -> None:
    """Load, say so, and fork for every line."""
    home, chat, log = sys.argv[1:4]
    loaded = load(Path(home), chat)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        told = json.loads(line)
        result = told.pop("result")
        child = os.fork()
        if child == 0:
            _one_life(Orders(**told), loaded, result)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), file=answers)


def _one_life(orders: Orders, loaded: Wired, result: str) -> None:
    import faulthandler
    import signal

    faulthandler.dump_traceback_later(LIFE_SECONDS - 10)
    signal.alarm(LIFE_SECONDS)
    try:
        tell(result, live(orders, loaded))
    except BaseException:  # noqa: BLE001 - whatever it was, the parent reads it in the log
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
