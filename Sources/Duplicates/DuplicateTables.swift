/// The tables of duplicates: rules, keys, pairs, runs.
enum DuplicateTables {
    static let statements = [
        "CREATE TABLE IF NOT EXISTS sys_duplicate_rules (object TEXT PRIMARY KEY, rules TEXT NOT NULL)",
        // What leads to a record: few bytes, since every record has several.
        """
        CREATE TABLE IF NOT EXISTS sys_duplicate_key (generation INTEGER NOT NULL, hash INTEGER NOT NULL,
            record INTEGER NOT NULL, PRIMARY KEY (generation, hash, record)) WITHOUT ROWID
        """,
        // How far the keys of older records are made.
        """
        CREATE TABLE IF NOT EXISTS sys_duplicate_built (object TEXT NOT NULL, generation INTEGER NOT NULL,
            through INTEGER NOT NULL, complete INTEGER NOT NULL, PRIMARY KEY (object, generation)) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS sys_duplicate_pair (object TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL,
            score INTEGER NOT NULL, reasons TEXT NOT NULL, state TEXT NOT NULL, run INTEGER NOT NULL,
            decided_at INTEGER, decided_by INTEGER, PRIMARY KEY (object, a, b)) WITHOUT ROWID
        """,
        "CREATE INDEX IF NOT EXISTS sys_duplicate_pair_open ON sys_duplicate_pair (object, state, score, a, b)",
        "CREATE INDEX IF NOT EXISTS sys_duplicate_pair_b ON sys_duplicate_pair (object, b)",
        """
        CREATE TABLE IF NOT EXISTS sys_duplicate_run (id INTEGER PRIMARY KEY, object TEXT NOT NULL,
            state TEXT NOT NULL, generation INTEGER NOT NULL, hash INTEGER NOT NULL, seen INTEGER NOT NULL,
            total INTEGER NOT NULL, pairs INTEGER NOT NULL, too_large INTEGER NOT NULL, started_at INTEGER NOT NULL,
            finished_at INTEGER, by_id INTEGER, by_name TEXT NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS sys_duplicate_run_object ON sys_duplicate_run (object, id)",
    ]
}
