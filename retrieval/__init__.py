"""Finding: embeddings, indexes, fusion, stage reading and ranking policy."""
