"""Reading reviews; each query says for whom."""
