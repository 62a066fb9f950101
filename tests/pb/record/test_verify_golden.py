"""A bundle that was handed out once is checked for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from pb.record import verify
from tests.support.bundle import LOG_KEY

FOLDER = Path(__file__).parents[2] / "golden/bundle"
WINNERS = {"v1-scottish-stv": "5, 2", "v1-equal-shares": "6, 1, 3"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.zip")), ids=lambda path: path.stem)
def test_a_bundle_of_each_format_passes(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = LOG_KEY.public_key().public_bytes_raw().hex()
    receipt = path.with_suffix(".receipt").read_text(encoding="ascii")
    code = verify.main([str(path), "--key", key, "--receipt", receipt, "--auditor", str(FOLDER)])
    out = capsys.readouterr().out
    assert code == 0, out
    assert f"the same winners and figures ({WINNERS[path.stem]})" in out
    assert out.endswith("Not proved here: UNKNOWN HEAD.\n")


def test_there_are_some() -> None:
    assert {path.stem for path in FOLDER.glob("*.zip")} == set(WINNERS)
