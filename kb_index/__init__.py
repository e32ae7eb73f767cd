"""The knowledge base: the FAQ's articles, and the search that finds them."""
