"""Storage: tables, transactions, reads and bulk writes. SQLite by default, PostgreSQL by URL."""
