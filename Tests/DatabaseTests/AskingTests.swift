import Database
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@Suite struct AskingTests {
    private struct Stop: Error {}

    private final class Times: Sendable {
        private let number = Mutex(0)
        var counted: Int { number.withLock(\.self) }
        func count() { number.withLock { $0 += 1 } }
    }

    private func database() async throws -> Database {
        let database = try await TestDatabase.make()
        try await database.write { connection in
            try connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
            for number in 1...3 { try connection.run("INSERT INTO t (a) VALUES (\(number))") }
        }
        return database
    }

    private func numbers(_ sql: SQLFragment, _ connection: Connection) throws -> [Int64] {
        try connection.rows(sql).map { $0.integer(0) }
    }

    @Test func `what is asked beside a statement is answered before its rows`() async throws {
        let database = try await database()
        for _ in 0..<3 {
            let seen = try await database.read { connection in
                var seen: [Int64] = []
                try connection.ask("SELECT a FROM t WHERE a > \(1)") { seen += $0.map { $0.integer(0) } }
                try connection.ask("SELECT a FROM t WHERE b IS NOT DISTINCT FROM \(String?.none) AND a < 2") { rows in
                    seen += rows.map { $0.integer(0) }
                }
                try connection.each("SELECT a FROM t ORDER BY a") { cursor in
                    seen.append(cursor.integer(0))
                    return true
                }
                // And within the same read once more.
                try connection.ask("SELECT count(*) FROM t") { seen.append($0[0].integer(0)) }
                let own = try self.numbers("SELECT a FROM t WHERE a = 2", connection)
                return seen + own
            }
            #expect(seen == [2, 3, 1, 1, 2, 3, 3, 2])
        }
        let asked = try await database.write { connection in
            var asked: [Int64] = []
            try connection.run("DELETE FROM t WHERE a = 3")
            try connection.ask("SELECT a FROM t ORDER BY a") { asked = $0.map { $0.integer(0) } }
            return asked
        }
        #expect(asked == [1, 2])
    }

    @Test func `whoever looks at such an answer can end the read, whatever else it comes to`() async throws {
        let database = try await database()
        @Sendable func stop(_ connection: Connection) throws {
            try connection.ask("SELECT a FROM t WHERE a = 1") { _ in throw Stop() }
        }
        await #expect(throws: Stop.self) {
            try await database.read { connection in
                try stop(connection)
                return try connection.rows("SELECT a FROM t")
            }
        }
        await #expect(throws: Stop.self) { try await database.read { try stop($0) } }
        await #expect(throws: Stop.self) {
            try await database.read { connection in
                try stop(connection)
                throw CancellationError()
            }
        }
        await #expect(throws: Stop.self) {
            try await database.read { connection in
                try stop(connection)
                return (try? connection.rows("SELECT b FROM t")) ?? []
            }
        }
        #expect(try await database.read { try self.numbers("SELECT count(*) FROM t", $0) } == [3])
    }

    @Test func `a read whose first statement is refused leaves the connection fit for the next one`() async throws {
        let database = try await database()
        for _ in 0..<2 {
            await #expect(throws: StorageFailure.self) {
                try await database.read { connection in
                    try connection.ask("SELECT a FROM t WHERE a = 3") { _ in }
                    return try connection.rows("SELECT c FROM later")
                }
            }
        }
        try await database.write { try $0.script("CREATE TABLE later (c INTEGER PRIMARY KEY)") }
        #expect(try await database.read { try self.numbers("SELECT c FROM later", $0) } == [])
    }

    @Test func `the last statement of a read takes its end along, and nothing is lost where it was not the last`()
        async throws
    {
        let database = try await database()
        for round in 1...3 {
            let times = Times()
            let seen = try await database.read { connection in
                times.count()
                var seen: [Int64] = []
                try connection.ask("SELECT count(*) FROM t") { seen.append($0[0].integer(0)) }
                try connection.last("SELECT a FROM t WHERE b IS NOT DISTINCT FROM \(String?.none) ORDER BY a") {
                    cursor in
                    seen.append(cursor.integer(0))
                    return cursor.integer(0) < 2
                }
                // What is seen after it is of the same point in time; also where that was not to be noticed.
                if round > 1 { seen += (try? self.numbers("SELECT a FROM t WHERE a = 3", connection)) ?? [] }
                return seen
            }
            #expect(seen == [3, 1, 2] + (round > 1 ? [3] : []))
            #expect(times.counted == (round > 1 && database.dialect == .postgres ? 2 : 1))
        }
        // In a write there is no end before its end.
        let left = try await database.write { connection in
            try connection.last("SELECT a FROM t") { _ in false }
            try connection.run("DELETE FROM t WHERE a = 3")
            return try self.numbers("SELECT a FROM t", connection)
        }
        #expect(left == [1, 2])
    }

    @Test func `a read whose last statement is refused, or not wanted, leaves the connection fit for the next one`()
        async throws
    {
        let database = try await database()
        for _ in 0..<2 {
            await #expect(throws: StorageFailure.self) {
                try await database.read { try $0.last("SELECT c FROM never") { _ in true } }
            }
            await #expect(throws: Stop.self) {
                try await database.read { connection in
                    try connection.ask("SELECT a FROM t WHERE a = 1") { _ in throw Stop() }
                    try connection.last("SELECT a FROM t") { _ in true }
                }
            }
            await #expect(throws: Stop.self) {
                try await database.read { try $0.last("SELECT a FROM t") { _ in throw Stop() } }
            }
            #expect(try await database.read { try self.numbers("SELECT count(*) FROM t", $0) } == [3])
            try await database.write { _ = try $0.run("UPDATE t SET b = 'x' WHERE a = 1") }
        }
    }

    @Test func `a short page is read whole, also where each row asks for more`() async throws {
        let database = try await database()
        let seen = try await database.read { connection in
            var seen: [Int64] = []
            try connection.each("SELECT a FROM t ORDER BY a LIMIT \(2)") { cursor in
                let next = cursor.integer(0) + 1
                seen += [cursor.integer(0)] + (try self.numbers("SELECT a FROM t WHERE a = \(next)", connection))
                return true
            }
            try connection.each("SELECT a FROM t ORDER BY a DESC LIMIT \(3)") { cursor in
                seen.append(cursor.integer(0))
                return cursor.integer(0) > 2
            }
            return seen
        }
        #expect(seen == [1, 2, 2, 3, 3, 2])
    }

    @Test func `a hundred reads side by side, one behind the other on few connections, see what is there`() async throws
    {
        let database = try await database()
        try await withThrowingTaskGroup(of: [Int64].self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await database.read { connection in
                        number % 3 == 0 ? [1, 2, 3] : try self.numbers("SELECT a FROM t ORDER BY a", connection)
                    }
                }
            }
            for try await seen in group { #expect(seen == [1, 2, 3]) }
        }
        try await database.write { _ = try $0.run("UPDATE t SET a = a + 10") }
        #expect(try await database.read { try self.numbers("SELECT a FROM t ORDER BY a", $0) } == [11, 12, 13])
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `PostgreSQL compiles no statement and starts no helpers for what is soon read`() async throws {
        let database = try await database()
        let settings = try await database.read { connection in
            try ["jit", "parallel_setup_cost"].map { name in
                try connection.value("SELECT current_setting(CAST(\(name) AS TEXT))").text
            }
        }
        #expect(settings == ["off", "100000"])
    }
}
