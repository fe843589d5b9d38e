"""Finding texts by their words: BM25 over passages or assets, kept on disk by revision."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embeddings import readable

FORMAT = "bm25-en-1"
"""Changes when the same text would be read otherwise: stemmer, stop words, BM25 variant."""

Documents = Sequence[tuple[str, str]]


class LexicalIndex:
    """BM25 over documents (stemmed English, stop words left out); safe to share by threads."""

    def __init__(self, ids: Sequence[str], bm25: Any | None) -> None:
        self.ids = tuple(ids)
        self._bm25 = bm25  # None when no document has a word
        self._idfs: dict[str, float] = {}

    @classmethod
    def build(cls, documents: Documents) -> LexicalIndex:
        """Index (id, text) pairs."""
        import bm25s

        words = _words([text for _, text in documents])
        bm25 = None
        if any(words):
            bm25 = bm25s.BM25()
            bm25.index(words, show_progress=False)
        return cls([name for name, _ in documents], bm25)

    @classmethod
    def cached(
        cls,
        folder: Path | None,
        name: str,
        revision: str,
        ids: Sequence[str],
        load: Callable[[], Documents],
    ) -> LexicalIndex:
        """The index `name` of a revision: from `folder` when it is whole, else built and kept.

        `load` gives the documents of `ids`, in that order. A folder that cannot be written, or
        None, costs time only.
        """
        if folder is None:
            return cls.build(load())
        key = hashlib.sha256(f"{FORMAT}\x1f{revision}".encode()).hexdigest()[:16]
        path = folder / f"lexical-{name}-{key}.zip"
        try:
            index = cls.read(path)
            if index.ids == tuple(ids):
                return index
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            pass  # not there yet, or damaged: it is made anew
        index = cls.build(load())
        try:
            index.write(path)
        except OSError:
            return index
        for old in folder.glob(f"lexical-{name}-*.zip"):
            if old != path:
                old.unlink(missing_ok=True)
        return index

    def scores(self, query: str) -> NDArray[np.float32]:
        """The BM25 score of every document, in the order of `ids`; 0 where no word matches."""
        words = _words([readable(query)])[0]
        return self._sum(words)

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """The best `k` (id, score) with a matching word, best first, ties by id."""
        scores = self.scores(query)
        found = [(self.ids[i], float(scores[i])) for i in np.flatnonzero(scores > 0)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def shares(self, query: str) -> NDArray[np.float32]:
        """Each document's BM25 score as a share, 0 to 1, of the highest the query could reach.

        The bound is the sum of the words' inverse document frequencies, to which BM25 tends as a
        document repeats every word; a word that no document holds counts as the rarest. Shares
        of different queries compare, which bare BM25 scores do not.
        """
        words = _words([readable(query)])[0]
        scores = self._sum(words)
        return scores / np.float32(sum(map(self._idf, words))) if scores.any() else scores

    def _sum(self, words: list[str]) -> NDArray[np.float32]:
        # bm25s raises for a query without any word of the vocabulary when a text was empty.
        known = [word for word in words if self._bm25 and word and word in self._bm25.vocab_dict]
        if self._bm25 is None or not known:
            return np.zeros(len(self.ids), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def _idf(self, word: str) -> float:
        if self._bm25 is None or word not in self._bm25.vocab_dict:
            word = ""  # what no document holds is the rarest, and a lead's own words are not kept
        known = self._idfs.get(word)
        if known is None:
            count = int((self._sum([word]) > 0).sum())
            known = float(np.log(1 + (len(self.ids) - count + 0.5) / (count + 0.5)))
            self._idfs[word] = known
        return known

    def write(self, path: Path) -> None:
        """Write one zip file (its checksums tell damage) and rename it into place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".lexical-", dir=path.parent) as name:
            work = Path(name)
            with zipfile.ZipFile(work / "new.zip", "w") as archive:
                archive.writestr("ids.json", json.dumps(self.ids))
                if self._bm25 is not None:
                    self._bm25.save(work / "bm25", show_progress=False)
                    for part in sorted((work / "bm25").iterdir()):
                        archive.write(part, f"bm25/{part.name}")
            (work / "new.zip").replace(path)

    @classmethod
    def read(cls, path: Path) -> LexicalIndex:
        """Read what `write` wrote; `BadZipFile`, `KeyError` or `ValueError` when damaged."""
        import bm25s

        with (
            zipfile.ZipFile(path) as archive,
            tempfile.TemporaryDirectory(prefix="lexical-") as name,
        ):
            ids = json.loads(archive.read("ids.json"))
            parts = [part for part in archive.namelist() if part.startswith("bm25/")]
            if not parts:
                return cls(ids, None)
            for part in parts:
                (Path(name) / Path(part).name).write_bytes(archive.read(part))
            return cls(ids, bm25s.BM25.load(name, show_progress=False))


def _words(texts: list[str]) -> list[list[str]]:
    """Stemmed words of each text without English stop words."""
    import bm25s
    import Stemmer

    # A stemmer is not safe to share between threads, and making one costs microseconds.
    return list(
        bm25s.tokenize(
            texts,
            stopwords="english",
            stemmer=Stemmer.Stemmer("english"),
            return_ids=False,
            show_progress=False,
            allow_empty=False,
        )
    )
