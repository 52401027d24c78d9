"""The study: the merged config and its trait tables, checked before any job starts."""
