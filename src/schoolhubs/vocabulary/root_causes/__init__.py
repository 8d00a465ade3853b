"""What can lie behind a school's attendance and behaviour."""

from schoolhubs.vocabulary.root_causes.reading import RootCause, root_causes, settings, topics

__all__ = ["RootCause", "root_causes", "settings", "topics"]
