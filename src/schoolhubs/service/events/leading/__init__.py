"""What a lead and the office see and do: prepare, the day itself, who came, a term shared out."""
