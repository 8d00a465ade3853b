"""Operations on how partnerships stand: training done and owed, tasks by term, who is stuck."""
