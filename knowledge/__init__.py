"""Vocabulary and content: journey, assets, leads, reading, chunking, tone and pace."""
