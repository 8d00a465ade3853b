"""Letters: written with what they tell of, sent once each by GOV.UK Notify, kept to be read."""
