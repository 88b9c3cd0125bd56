"""What is attached to statements: bytes by their SHA-2, each kept once, as long as a statement refers to them."""

from collections.abc import Iterable, Sequence

from midflow.core.record.multipart import Part
from midflow.store.tx import Tx, fetch_in


def save(tx: Tx, parts: Iterable[Part]) -> None:
    """Store parts; of one that is there already nothing changes. Which statement has which, `add_statements` notes."""
    tx.executemany(
        "INSERT INTO attachment VALUES (?,?,?) ON CONFLICT (sha2) DO NOTHING",
        [(part.sha2, part.content_type, part.body) for part in parts],
    )


def load(tx: Tx, sha2: str) -> Part | None:
    """Return the part of this SHA-2 (small letters), or None."""
    row = tx.execute("SELECT content_type, body, sha2 FROM attachment WHERE sha2=?", [sha2]).fetchone()
    return Part(*row) if row else None


def of(tx: Tx, seqs: Sequence[int]) -> list[Part]:
    """Return the parts of statements, each once, in the order of their SHA-2; what was sent by address has none."""
    sha2s = {
        sha2 for (sha2,) in fetch_in(tx, "SELECT sha2 FROM statement_attachment WHERE seq IN ({})", seqs)
    }
    sql = "SELECT content_type, body, sha2 FROM attachment WHERE sha2 IN ({})"
    return sorted((Part(*row) for row in fetch_in(tx, sql, list(sha2s))), key=lambda part: part.sha2)


def sizes(tx: Tx, seq: int) -> dict[str, int]:
    """Return the bytes of each part of a statement, by SHA-2 (small letters)."""
    sql = (
        "SELECT a.sha2, length(a.body) FROM statement_attachment AS s JOIN attachment AS a ON a.sha2=s.sha2"
        " WHERE s.seq=?"
    )
    return dict(tx.execute(sql, [seq]).fetchall())


def detach(tx: Tx, pairs: Sequence[tuple[int, str]]) -> None:
    """Take parts from statements, (seq, sha2), and remove those that no statement refers to any more."""
    tx.executemany("DELETE FROM statement_attachment WHERE seq=? AND sha2=?", pairs)
    tx.executemany(
        "DELETE FROM attachment WHERE sha2=? AND NOT EXISTS (SELECT 1 FROM statement_attachment WHERE sha2=?)",
        [(sha2, sha2) for sha2 in sorted({sha2 for _, sha2 in pairs})],
    )


def detach_all(tx: Tx, seqs: Sequence[int]) -> None:
    """Take all parts from statements."""
    detach(tx, fetch_in(tx, "SELECT seq, sha2 FROM statement_attachment WHERE seq IN ({})", seqs))
