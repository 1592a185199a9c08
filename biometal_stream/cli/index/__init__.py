"""``index``: makes, describes, combines and converts indexes of k-mers."""
