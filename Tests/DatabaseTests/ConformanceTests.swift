import Database
import Foundation
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

/// What every engine must do alike.
@Suite struct ConformanceTests {
    private func table() async throws -> Database {
        let database = try await TestDatabase.make()
        try await database.write {
            try $0.script("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, bytes BLOB, part REAL)")
            try $0.script("CREATE UNIQUE INDEX t_name ON t (name)")
        }
        return database
    }

    private func insert(_ id: Int64, _ name: String?, _ connection: Connection) throws {
        try connection.run("INSERT INTO t (id, name) VALUES (\(id), \(name))")
    }

    @Test func `values come back as they were stored`() async throws {
        let database = try await table()
        let rows: [[SQLValue]] = [
            [.integer(.min), .text(""), .integer(.max), .blob([]), .real(-0.5)],
            [.integer(-1), .text("a'b\"c\\d?$1 Ｋ科技\u{1F600}"), .integer(0), .blob([0, 255, 39]), .real(1e300)],
            [.integer(2), .null, .null, .null, .null],
        ]
        try await database.write { connection in
            for row in rows {
                try connection.run("INSERT INTO t (id, name, size, bytes, part) VALUES \(list: row)")
            }
        }
        let found = try await database.read { try $0.rows("SELECT id, name, size, bytes, part FROM t ORDER BY id") }
        #expect(found.map(\.values) == rows)
    }

    @Test func `bytes that were looked at as text are still the same bytes`() async throws {
        let database = try await table()
        let bytes: [UInt8] = [0, 255, 200, 65, 39, 0]
        try await database.write { _ = try $0.run("INSERT INTO t (id, bytes) VALUES (1, \(SQLValue.blob(bytes)))") }
        try await database.read { connection in
            try connection.each("SELECT bytes FROM t") { cursor in
                #expect(cursor.withText(0) { Array($0) } == bytes)
                #expect(cursor.row.values == [.blob(bytes)])
                return true
            }
        }
    }

    @Test func `a number stays whole although the same statement had a fraction or nothing before`() async throws {
        let database = try await table()
        @Sendable func half(_ value: SQLValue, _ connection: Connection) throws -> SQLValue {
            try connection.value("SELECT \(value) / 2 FROM t")
        }
        try await database.write { connection in
            try insert(1, "one", connection)
            #expect(try half(.real(7), connection) == .real(3.5))
            #expect(try half(.integer(7), connection) == .integer(3))
            #expect(try half(.real(7), connection) == .real(3.5))
            // Where a place has no value, the server says what it is for.
            for part in [SQLValue.null, .integer(2), .real(0.5)] {
                try connection.run("UPDATE t SET part = \(part) WHERE id = 1")
                let stored: SQLValue = part == .integer(2) ? .real(2) : part
                #expect(try connection.value("SELECT part FROM t") == stored)
            }
        }
    }

    @Test func `rows that are appended come back as they were`() async throws {
        let database = try await table()
        let rows: [[SQLValue]] = (0..<5000).map { number in
            [.integer(Int64(number)), number % 7 == 0 ? .null : .text("第\(number)"), .blob([1, 0]), .real(0.25)]
        }
        try await database.write { try $0.append(rows, to: "t", columns: ["id", "name", "bytes", "part"]) }
        let found = try await database.read { try $0.rows("SELECT id, name, bytes, part FROM t ORDER BY id") }
        #expect(found.map(\.values) == rows)
    }

    @Test func `a statement takes any value in a place, whatever came first`() async throws {
        let database = try await table()
        try await database.write { connection in
            try insert(1, nil, connection)
            try insert(2, "b", connection)
            try insert(3, nil, connection)
            for size in [SQLValue.null, .integer(5), .null] {
                try connection.run("UPDATE t SET size = \(size) WHERE id = 1")
                let found = try connection.rows("SELECT id FROM t WHERE size IS NOT DISTINCT FROM \(size) AND id = 1")
                #expect(found.count == 1)
            }
        }
    }

    @Test func `a read inside a read sees its rows, and a read may stop`() async throws {
        let database = try await table()
        try await database.write { connection in
            for id in 0..<300 { try insert(Int64(id), "n\(id)", connection) }
        }
        let pairs = try await database.read { connection in
            var pairs: [[Int64]] = []
            try connection.each("SELECT id FROM t ORDER BY id") { outer in
                let id = outer.integer(0)
                let next = try connection.value("SELECT min(id) FROM t WHERE id > \(id)").integer ?? -1
                pairs.append([id, next])
                return pairs.count < 200
            }
            return pairs
        }
        #expect(pairs.count == 200)
        #expect(pairs.allSatisfy { $0[1] == $0[0] + 1 })
    }

    @Test func `a part that throws is undone alone, also by a refused value`() async throws {
        let database = try await table()
        let isRefused = try await database.write { connection in
            try insert(1, "a", connection)
            var isRefused = false
            do {
                try connection.savepoint {
                    try insert(2, "b", connection)
                    try insert(3, "a", connection)
                }
            } catch let failure as StorageFailure {
                isRefused = failure.isUnique
            }
            try insert(4, "d", connection)
            return isRefused
        }
        #expect(isRefused)
        let found = try await database.read { try $0.rows("SELECT id FROM t ORDER BY id").map { $0.integer(0) } }
        #expect(found == [1, 4])
    }

    @Test func `a write that goes on after a refused value is not half kept`() async throws {
        let database = try await table()
        let outcome = await Task {
            try await database.write { connection in
                try insert(1, "a", connection)
                do { try insert(2, "a", connection) } catch is StorageFailure {}
            }
        }.result
        let found = try await database.read { try $0.value("SELECT count(*) FROM t").integer }
        if case .failure = outcome { #expect(found == 0) } else { #expect(found == 1) }
    }

    @Test func `whole numbers are counted, added and changed alike`() async throws {
        let database = try await table()
        try await database.write { connection in
            for id in 1...3 { try connection.run("INSERT INTO t (id, size) VALUES (\(id), \(id * 10))") }
            let row = try connection.row(
                "SELECT count(*), sum(size), total(size), 7 / 2, -7 % 3, CASE WHEN size > 5 THEN 1 ELSE 0 END FROM t GROUP BY size > 5"
            )
            #expect(row?.values == [.integer(3), .integer(60), .real(60), .integer(3), .integer(-1), .integer(1)])
            #expect(try connection.run("UPDATE t SET size = size + 1 WHERE id > 1") == 2)
            #expect(try connection.run("DELETE FROM t WHERE id > 5") == 0)
            let before = connection.changes
            #expect(try connection.run("SELECT id FROM t") >= 0)
            try connection.run("DELETE FROM t WHERE id = 1")
            #expect(connection.changes > before)
        }
    }

    @Test func `writers that wait for each other lose nothing`() async throws {
        let database = try await table()
        _ = try await database.write { try $0.run("INSERT INTO t (id, size) VALUES (1, 0)") }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    _ = try? await database.write { connection in
                        let size = try connection.value("SELECT size FROM t WHERE id = 1").integer ?? 0
                        try connection.run("UPDATE t SET size = \(size + 1) WHERE id = 1")
                        if number % 10 == 0 { throw CancellationError() }
                    }
                }
            }
        }
        #expect(try await database.read { try $0.value("SELECT size FROM t").integer } == 180)
    }

    @Test func `of two writes that wait for each other one is done again, and both count once`() async throws {
        let database = try await table()
        try await database.write { connection in
            for id in 1...2 { try connection.run("INSERT INTO t (id, size) VALUES (\(id), 0)") }
        }
        let both = Both(waits: database.dialect == .postgres)
        async let one: Void = database.write { try both.add(1, 2, $0) }
        async let other: Void = database.writeAside { try both.add(2, 1, $0) }
        _ = try await (one, other)
        let sizes = try await database.read { try $0.rows("SELECT size FROM t ORDER BY id").map { $0.integer(0) } }
        #expect(sizes == [2, 2])
        // In a file writes take turns; PostgreSQL ends one of them.
        #expect(both.begun.load(ordering: .relaxed) > 2 || database.dialect == .sqlite)
    }

    /// Two writes, each of which holds what the other one wants.
    private final class Both: Sendable {
        let begun = Atomic(0)
        private let waits: Bool

        init(waits: Bool) { self.waits = waits }

        func add(_ first: Int, _ second: Int, _ connection: Connection) throws {
            try connection.run("UPDATE t SET size = size + 1 WHERE id = \(first)")
            begun.add(1, ordering: .relaxed)
            let end = Date().addingTimeInterval(60)
            while waits, begun.load(ordering: .relaxed) < 2, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
            try connection.run("UPDATE t SET size = size + 1 WHERE id = \(second)")
        }
    }

    @Test(
        .enabled(if: TestDatabase.dialect == .postgres, "in a file writes take turns"),
        arguments: ["IMMEDIATE", "DEFERRED"]
    )
    func `a write that cannot be put in order with others is done again from its beginning`(time: String) async throws {
        let database = try await refusing(time)
        let one = Counted()
        // The first two are refused: the row, or the commit.
        try await database.write { try one.insert(1, $0) }
        #expect(one.begun.load(ordering: .relaxed) == 3)
        try await database.write { try $0.script("ALTER SEQUENCE refusals RESTART") }
        let aside = Counted()
        try await database.writeAside { try aside.insert(2, $0) }
        #expect(aside.begun.load(ordering: .relaxed) == 3)
        // Those that wait meanwhile share a transaction, which begins again as a whole.
        try await database.write { try $0.script("ALTER SEQUENCE refusals RESTART") }
        let group = Counted()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 3...40 { tasks.addTask { try await database.write { try group.insert(Int64(id), $0) } } }
            try await tasks.waitForAll()
        }
        #expect(group.begun.load(ordering: .relaxed) >= 40)
        let ids = try await database.read { try $0.rows("SELECT id FROM t ORDER BY id").map { $0.integer(0) } }
        #expect(ids == Array(1...40))
        // One that is refused each time is given up, and whoever wrote hears of it.
        try await database.write { try $0.script("ALTER SEQUENCE refusals MINVALUE -1000 RESTART -1000") }
        let last = Counted()
        await #expect {
            try await database.write { try last.insert(41, $0) }
        } throws: { error in
            (error as? StorageFailure)?.state == "40001"
        }
        #expect(last.begun.load(ordering: .relaxed) == 5)
        #expect(try await database.read { try $0.value("SELECT count(*) FROM t").integer } == 40)
    }

    /// A table whose first two new rows PostgreSQL refuses as it does writes that depend on each other. A sequence counts
    /// them, which counts on although the transaction is undone.
    private func refusing(_ time: String) async throws -> Database {
        let database = try await table()
        try await database.write { connection in
            try connection.script(
                """
                CREATE SEQUENCE refusals;
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('refusals') < 3 THEN RAISE EXCEPTION 'try again' USING ERRCODE = '40001'; END IF;
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER t_refuse AFTER INSERT ON t DEFERRABLE INITIALLY \(time)
                    FOR EACH ROW EXECUTE FUNCTION refuse()
                """
            )
        }
        return database
    }

    /// A write that counts how often it was begun.
    private final class Counted: Sendable {
        let begun = Atomic(0)

        func insert(_ id: Int64, _ connection: Connection) throws {
            begun.add(1, ordering: .relaxed)
            try connection.run("INSERT INTO t (id, size) VALUES (\(id), 1)")
        }
    }

    @Test func `prepared statements live through a change of their table`() async throws {
        let database = try await table()
        let sql: SQLFragment = "SELECT id, name FROM t WHERE id = \(1)"
        for step in 0..<3 {
            _ = try await database.read { try $0.rows(sql) }
            try await database.write { connection in
                try insert(Int64(step), "n\(step)", connection)
                try connection.script("ALTER TABLE t ADD COLUMN c\(step) INTEGER")
                try connection.script("ALTER TABLE t RENAME COLUMN c\(step) TO d\(step)")
            }
        }
        #expect(try await database.read { try $0.rows(sql) }.map(\.values) == [[.integer(1), .text("n1")]])
        #expect(try await database.read { try $0.columns(of: "t") }.map(\.name).suffix(2) == ["d1", "d2"])
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres, "a file has no statements of other processes"))
    func `a statement whose table another process has changed is prepared anew, in whatever language it is refused`()
        async throws
    {
        let other = try await table()
        let text = try #require(ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"])
        // One connection, so that what was prepared is used again.
        let server = PostgresServer(try PostgresAddress(text + "&pool=2"))
        defer { server.close() }
        let database = Database(postgres: server, schema: other.path)
        try await other.write { try insert(1, "a", $0) }
        // It takes what it finds: what was prepared does not fit any more.
        let sql: SQLFragment = "SELECT * FROM t WHERE id = \(1)"
        for step in 0..<6 {
            let begun = Counted()
            let body = { @Sendable (connection: Connection) throws -> Int in
                begun.begun.add(1, ordering: .relaxed)
                return try connection.row(sql)?.values.count ?? 0
            }
            @Sendable func width() async throws -> Int {
                if step.isMultiple(of: 2) { return try await database.read(body) }
                return try await database.write(body)
            }
            #expect(try await width() == 5 + step)
            let before = begun.begun.load(ordering: .relaxed)
            try await other.write { try $0.script("ALTER TABLE t ADD COLUMN c\(step) INTEGER") }
            #expect(try await width() == 6 + step)
            #expect(begun.begun.load(ordering: .relaxed) == before + 2)
        }
        // What PostgreSQL cannot do at all is not asked for again.
        let asked = Counted()
        await #expect {
            try await database.write { connection in
                asked.begun.add(1, ordering: .relaxed)
                _ = try connection.rows("SELECT size FROM t GROUP BY size FOR UPDATE")
            }
        } throws: { error in
            (error as? StorageFailure)?.state == "0A000"
        }
        #expect(asked.begun.load(ordering: .relaxed) == 1)
    }

    @Test func `which value there may be only once is told apart from the words of the engine`() async throws {
        let database = try await table()
        try await database.write { try insert(1, "a", $0) }
        await #expect {
            try await database.write { try insert(2, "a", $0) }
        } throws: { error in
            guard let failure = error as? StorageFailure, failure.isUnique else { return false }
            return failure.constraint == (database.dialect == .postgres ? "t_name" : "")
        }
    }

    @Test func `the catalogue tells tables, columns and keys`() async throws {
        let database = try await table()
        try await database.write { connection in
            try connection.script(
                "CREATE TABLE pair (b TEXT NOT NULL, a INTEGER NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID"
            )
            #expect(try connection.tables() == ["pair", "t"])
            #expect(try connection.hasTable("pair"))
            #expect(try !connection.hasTable("nothing"))
            let columns = try connection.columns(of: "pair")
            #expect(columns.map(\.name) == ["b", "a"])
            #expect(columns.map(\.keyPosition) == [2, 1])
            #expect(columns.map(\.isText) == [true, false])
            #expect(try connection.columns(of: "nothing").isEmpty)
            #expect(try connection.storedFormat() == 0)
            try connection.setStoredFormat(7)
        }
        #expect(try await database.read { try $0.storedFormat() } == 7)
    }
}
