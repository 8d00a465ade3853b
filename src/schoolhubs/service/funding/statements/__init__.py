"""Statements for payees and for whole programmes, and the folder of records behind them."""
