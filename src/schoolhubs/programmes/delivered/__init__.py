"""What of a definition says how it is delivered, read as at one day; each file may be missing."""

# By file: what a reader of the definition finds it under.
PARTS = {
    "support": "Support days",
    "events": "Open days and networking",
    "training": "Training",
    "milestones": "Milestones",
}
