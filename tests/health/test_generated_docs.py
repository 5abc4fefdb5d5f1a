"""What is generated from rules and contracts is the same as what is committed."""

from pipelines import docs


def test_the_generated_documents_are_current(tmp_path) -> None:
    assert docs.outdated() == []


def test_a_document_that_was_edited_by_hand_is_found(tmp_path) -> None:
    docs.write_documents(tmp_path)
    assert docs.outdated(tmp_path) == []
    edited = next(path for path in sorted(tmp_path.rglob("*.md")))
    edited.write_text(edited.read_text(encoding="utf-8").replace("60", "61", 1) + "\n", encoding="utf-8")
    assert [str(path).endswith(edited.name) for path in docs.outdated(tmp_path)] == [True]
