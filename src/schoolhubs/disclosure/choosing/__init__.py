"""Which further figures to hide: exactly where a part is small, else step by step with proof."""
