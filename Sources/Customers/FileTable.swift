/// Stored files: what is known about each; the bytes lie beside the database under their hash.
enum FileTable {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL,
            type TEXT NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL, created_by INTEGER, object TEXT,
            record INTEGER)
        """,
        "CREATE INDEX IF NOT EXISTS sys_file_record ON sys_file (record, id)",
        "CREATE INDEX IF NOT EXISTS sys_file_hash ON sys_file (hash)",
    ]
}
