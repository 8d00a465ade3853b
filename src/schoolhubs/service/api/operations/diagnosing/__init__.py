"""Operations on what a school found when it looked at itself."""
