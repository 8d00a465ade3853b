"""The delivered part of a year in the demonstration: days, visits, training and money."""
