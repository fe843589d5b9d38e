"""LlamaIndex: QueryFusionRetriever over BM25 and vectors, reciprocal rerank, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms.mock import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from pydantic import PrivateAttr
from tokenizers import Tokenizer

from benchmarks.peers.passages import DEPTH, TOKENS, Passage
from benchmarks.peers.vectors import Embed
from retrieval.onnx_model import TOKENIZER_FILE, default_cache, default_model_path

OVERLAP = 20
"""The splitter's default of 200 tokens is as long as a passage here."""


class SharedEmbedding(BaseEmbedding):
    """The benchmark's embedding function in LlamaIndex's shape."""

    _embed: Embed = PrivateAttr()

    def __init__(self, embed: Embed) -> None:
        super().__init__(model_name="shared", embed_batch_size=256)
        self._embed = embed

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([text])[0].tolist()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts).tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@cache
def splitter() -> SentenceSplitter:
    """Sentences up to 220 of MiniLM's tokens."""
    tokenizer = Tokenizer.from_file(str(default_model_path(default_cache()) / TOKENIZER_FILE))
    tokenizer.no_truncation()
    return SentenceSplitter(
        chunk_size=TOKENS,
        chunk_overlap=OVERLAP,
        tokenizer=lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
    )


def split(text: str) -> list[str]:
    """Passages of whole sentences, up to 220 tokens."""
    return splitter().split_text(text)


def search(passages: Sequence[Passage], questions: Sequence[str], embed: Embed) -> list[list[int]]:
    """Places of the best passages, per question."""
    # Fusion takes nodes of one hash for one; the place, seen by no index, keeps them apart.
    nodes = [
        TextNode(
            id_=str(place),
            text=p.text,
            metadata={"place": place},
            excluded_embed_metadata_keys=["place"],
            excluded_llm_metadata_keys=["place"],
        )
        for place, p in enumerate(passages)
    ]
    depth = min(DEPTH, len(nodes))
    index = VectorStoreIndex(nodes, embed_model=SharedEmbedding(embed))
    both = QueryFusionRetriever(
        [
            BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=depth),
            index.as_retriever(similarity_top_k=depth),
        ],
        llm=MockLLM(),  # never asked: one query is the question itself
        num_queries=1,
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=depth,
        use_async=False,
    )
    return [[int(found.node.metadata["place"]) for found in both.retrieve(q)] for q in questions]
