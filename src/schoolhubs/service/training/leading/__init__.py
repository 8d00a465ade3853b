"""A school names its senior leaders, changes what they see to, and says who left."""
