"""Reviews of a plan's objectives: a figure with its noise, the colour that allows, the history."""
