"""Files that name pupils: sealed as they come, and opened in memory alone."""

from schoolhubs.service.imports.sealing.boxes import Seal, opened, unsealed

__all__ = ["Seal", "opened", "unsealed"]
