"""How a school looks at itself: self-assessment, diagnostic day, findings."""
