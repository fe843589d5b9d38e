"""LangChain's splitter, which the two searches without a framework use as well."""

from __future__ import annotations

from benchmarks.peers.passages import CHARACTERS


def split(text: str) -> list[str]:
    """Passages of up to 1,000 characters."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=0).split_text(text)
