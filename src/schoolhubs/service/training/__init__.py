"""Training modules, completion and certificates; the library of resources."""
