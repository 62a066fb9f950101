"""The public record: one append-only log a process, its signed heads, proofs, bundle and check."""
