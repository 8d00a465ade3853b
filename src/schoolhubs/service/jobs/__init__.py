"""Work that takes longer than a page: asked for, seen going on, resumed, its effect made once."""
