"""Haystack: BM25 and embedding retrievers, joined by reciprocal rank fusion in a pipeline."""

from __future__ import annotations

import os
from collections.abc import Sequence

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when Haystack is imported

from haystack import Document, Pipeline, component
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.passages import DEPTH, WORDS, Passage
from benchmarks.peers.vectors import Embed


@component
class SharedTextEmbedder:
    """The benchmark's embedding function in Haystack's shape."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    @component.output_types(embedding=list[float])
    def run(self, text: str) -> dict[str, list[float]]:
        return {"embedding": self._embed([text])[0].tolist()}


def split(text: str) -> list[str]:
    """Passages of 130 words."""
    splitter = DocumentSplitter(split_by="word", split_length=WORDS)
    parts = splitter.run([Document(content=text)])["documents"]
    return [part.content for part in parts]


def search(passages: Sequence[Passage], questions: Sequence[str], embed: Embed) -> list[list[int]]:
    """Places of the best passages, per question."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    vectors = embed([p.text for p in passages])
    store.write_documents(
        [
            Document(id=str(place), content=p.text, embedding=vectors[place].tolist())
            for place, p in enumerate(passages)
        ]
    )
    pipeline = Pipeline()
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
    pipeline.add_component("embedder", SharedTextEmbedder(embed))
    pipeline.add_component(
        "meaning", InMemoryEmbeddingRetriever(store, top_k=DEPTH, return_embedding=False)
    )
    pipeline.add_component(
        "joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)
    )
    pipeline.connect("embedder.embedding", "meaning.query_embedding")
    pipeline.connect("words.documents", "joiner.documents")
    pipeline.connect("meaning.documents", "joiner.documents")

    def ask(question: str) -> list[int]:
        found = pipeline.run({"words": {"query": question}, "embedder": {"text": question}})
        return [int(document.id) for document in found["joiner"]["documents"]]

    return [ask(question) for question in questions]
