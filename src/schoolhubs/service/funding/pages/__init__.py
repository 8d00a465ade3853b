"""The pages of a school's money: what it gets, why and when; its declarations."""
