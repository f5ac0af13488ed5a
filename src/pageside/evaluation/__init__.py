"""Question files to figures."""
