"""LangChain: EnsembleRetriever over BM25Retriever and Chroma, half and half."""

from __future__ import annotations

import re
from collections.abc import Sequence

import chromadb
from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from benchmarks.peers.langchain_split import split
from benchmarks.peers.passages import DEPTH, Passage
from benchmarks.peers.vectors import Embed

__all__ = ["search", "split"]


class SharedEmbeddings(Embeddings):
    """The benchmark's embedding function in LangChain's shape."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._embed([text])[0].tolist()


def lower_words(text: str) -> list[str]:
    """Words in lower case; the retriever's default splits at blanks alone and finds far less."""
    return re.findall(r"\w+", text.lower())


def search(passages: Sequence[Passage], questions: Sequence[str], embed: Embed) -> list[list[int]]:
    """Places of the best passages, per question."""
    documents = [
        Document(page_content=p.text, metadata={"place": place}) for place, p in enumerate(passages)
    ]
    words = BM25Retriever.from_documents(documents, preprocess_func=lower_words, k=DEPTH)
    store = Chroma(
        collection_name="passages",
        embedding_function=SharedEmbeddings(embed),
        client=chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False)),
        collection_metadata={"hnsw:space": "cosine", "hnsw:search_ef": 2 * DEPTH},
    )
    for start in range(0, len(documents), 1000):
        store.add_documents(documents[start : start + 1000])
    meaning = store.as_retriever(search_kwargs={"k": min(DEPTH, len(documents))})
    both = EnsembleRetriever(retrievers=[words, meaning], weights=[0.5, 0.5], id_key="place")
    return [[found.metadata["place"] for found in both.invoke(q)][:DEPTH] for q in questions]
