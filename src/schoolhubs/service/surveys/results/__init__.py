"""What a closed survey shows: scores kept once, pages, files, and the words of people apart."""
