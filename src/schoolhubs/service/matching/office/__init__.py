"""The allocation workbench: rounds, what-ifs beside them, their effect, and publishing."""
