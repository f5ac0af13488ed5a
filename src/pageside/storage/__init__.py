"""The relational floor: the engine, the schema and its migrations."""
