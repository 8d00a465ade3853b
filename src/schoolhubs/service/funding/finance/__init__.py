"""The pages of finance: runs prepared, agreed, handed over and confirmed; clawbacks; samples."""
