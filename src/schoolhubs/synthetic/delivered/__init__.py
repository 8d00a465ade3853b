"""A delivered year of each programme: days, bookings, training, withdrawals, payments."""

from schoolhubs.synthetic.delivered.writing import FOLDER, write_year

__all__ = ["FOLDER", "write_year"]
