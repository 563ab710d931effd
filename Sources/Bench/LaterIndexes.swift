import Database
import Records
import SQLText

/// The indexes of an object's table, taken away before many rows are put into it and made when all are there: sorted at
/// once they take a small part of the time. On SQLite only, where data sets are made.
final class LaterIndexes {
    private let engine: RecordEngine
    private let object: String
    private var texts: [String] = []

    init(engine: RecordEngine, object: String) {
        self.engine = engine
        self.object = object
    }

    func drop() async throws {
        guard engine.database.dialect == .sqlite else { return }
        let object = object
        texts = try await engine.database.write { connection in
            let rows = try connection.rows(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = \(object) AND sql IS NOT NULL"
            )
            for row in rows { try connection.run("DROP INDEX \(name: row.text(0))") }
            return rows.map { $0.text(1) }
        }
    }

    func make(_ say: (String) -> Void) async throws {
        if texts.isEmpty { return }
        for text in texts {
            _ = try await engine.database.write { connection in
                // Millions of entries are sorted in files: in memory they would take gigabytes.
                try connection.script("PRAGMA temp_store = FILE")
                try connection.run(SQLFragment(text: text))
                try connection.script("PRAGMA temp_store = MEMORY")
            }
        }
        say("\(object): \(texts.count) indexes")
        texts = []
    }
}
