"""Operations on open days and networking events: what there is, and who comes."""
