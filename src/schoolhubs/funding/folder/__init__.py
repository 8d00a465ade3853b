"""The records that a statement is made from, as a folder (or zip) of CSV files."""

from schoolhubs.funding.folder.layout import FILES
from schoolhubs.funding.folder.reading import FundingRecords, read_records
from schoolhubs.funding.folder.writing import record_texts, write_records

__all__ = ["FILES", "FundingRecords", "read_records", "record_texts", "write_records"]
