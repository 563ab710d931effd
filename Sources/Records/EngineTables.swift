import Database
import SQLText

/// The engine's own tables: what customers cannot extend.
enum EngineTables {
    static let statements =
        [
            KeptSums.table,
            Trail.table,
            NodeNumbers.table,
            UpgradeTable.definition,
            "CREATE TABLE IF NOT EXISTS sys_setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
            """
            CREATE TABLE IF NOT EXISTS sys_object (key TEXT PRIMARY KEY, position INTEGER NOT NULL,
                definition TEXT NOT NULL, removed_at INTEGER)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_field (id TEXT PRIMARY KEY, object TEXT NOT NULL, key TEXT NOT NULL,
                position INTEGER NOT NULL, definition TEXT NOT NULL, removed_at INTEGER)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor INTEGER,
                actor_name TEXT NOT NULL, origin TEXT NOT NULL, address TEXT, action TEXT NOT NULL, object TEXT,
                record INTEGER, changes TEXT, salt BLOB, hash BLOB NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS sys_audit_record ON sys_audit (record, seq)",
            "CREATE INDEX IF NOT EXISTS sys_audit_actor ON sys_audit (actor, seq)",
            "CREATE TABLE IF NOT EXISTS sys_audit_head (one INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL)",
            """
            CREATE TABLE IF NOT EXISTS sys_outbox (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, object TEXT NOT NULL,
                record INTEGER NOT NULL, action TEXT NOT NULL, changed TEXT, actor INTEGER)
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_share (id INTEGER PRIMARY KEY, object TEXT NOT NULL, record INTEGER NOT NULL,
                user_id INTEGER, team_id INTEGER, can_edit INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by INTEGER)
            """,
            "CREATE INDEX IF NOT EXISTS sys_share_record ON sys_share (object, record)",
            "CREATE INDEX IF NOT EXISTS sys_share_user ON sys_share (user_id, object, record)",
            "CREATE INDEX IF NOT EXISTS sys_share_team ON sys_share (team_id, object, record)",
            """
            CREATE TABLE IF NOT EXISTS sys_preference (user_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
                PRIMARY KEY (user_id, key))
            """,
            "CREATE TABLE IF NOT EXISTS sys_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
            """
            CREATE TABLE IF NOT EXISTS sys_rate (currency TEXT NOT NULL, day TEXT NOT NULL, rate INTEGER NOT NULL,
                PRIMARY KEY (currency, day))
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_idempotency (key TEXT NOT NULL, actor INTEGER NOT NULL, request BLOB NOT NULL,
                status INTEGER NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (actor, key))
            """,
            """
            CREATE TABLE IF NOT EXISTS sys_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL,
                type TEXT NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL, created_by INTEGER, object TEXT,
                record INTEGER, field TEXT, width INTEGER, height INTEGER, deleted_at INTEGER)
            """,
            "CREATE INDEX IF NOT EXISTS sys_file_record ON sys_file (record, id)",
            "CREATE INDEX IF NOT EXISTS sys_file_hash ON sys_file (hash)",
        ] + MergeTables.statements + SavedViewTables.statements + SavedReportTables.statements
        + WorkingDayTables.statements
        + BulkTables.statements

    /// Columns that tables of older workspaces lack.
    static let newColumns = [
        ("sys_audit", "salt", "BLOB"), ("sys_file", "field", "TEXT"), ("sys_file", "width", "INTEGER"),
        ("sys_file", "height", "INTEGER"), ("sys_file", "deleted_at", "INTEGER"),
    ]

    /// Indexes over new columns.
    static let laterIndexes = [
        // Few files are waiting to be cleared away; all others must not be read for it.
        "CREATE INDEX IF NOT EXISTS sys_file_deleted ON sys_file (deleted_at) WHERE deleted_at IS NOT NULL"
    ]

    /// Creates what is missing.
    static func create(on connection: Connection) throws {
        try connection.create(statements)
        for (table, column, type) in newColumns {
            let known = try connection.columns(of: table).map(\.name)
            if !known.contains(column) { try connection.script("ALTER TABLE \(table) ADD COLUMN \(column) \(type)") }
        }
        try connection.create(laterIndexes)
    }
}
