"""The document that every report is made of, and its JSON."""
