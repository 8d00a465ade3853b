"""The diagnostic day: prepared by both schools, what was seen, what lies outside the school."""
