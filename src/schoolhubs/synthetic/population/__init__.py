"""The people and places of the synthetic England: schools, their intake, history and absence."""
