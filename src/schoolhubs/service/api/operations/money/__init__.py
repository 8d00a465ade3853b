"""Operations on money: awards and statements of schools, budgets and payment runs; all are read."""
