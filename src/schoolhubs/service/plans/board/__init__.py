"""The plan on one page: objectives, the board of actions, consultations, comments, versions."""
