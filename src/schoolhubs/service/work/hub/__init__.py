"""A hub on one page: partners, next dates, days left, open days, training, pay."""
