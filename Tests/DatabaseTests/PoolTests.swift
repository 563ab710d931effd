import Foundation
import SQLText
import TestSupport
import Testing
import Values

@testable import Database

/// What the figures say of the connections to PostgreSQL.
@Suite struct PoolTests {
    /// Waits until the figures are like that.
    private func expect(_ database: Database, _ isSo: (PoolFigures) -> Bool) async throws {
        for _ in 0..<500 {
            if let figures = database.connections, isSo(figures) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("\(String(describing: database.connections))")
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `who waits for a connection is counted, and for how long`() async throws {
        let text = try #require(ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"])
        let server = PostgresServer(try PostgresAddress(text + "&pool=2"))
        defer { server.close() }
        let database = Database(postgres: server, schema: "public")
        try await expect(database) { $0.most == 2 && $0.open == 0 && $0.byTime.allSatisfy { $0 == 0 } }
        let release = DispatchSemaphore(value: 0)
        let reads = (0..<3).map { _ in Task { try await database.read { _ in release.wait() } } }
        try await expect(database) { $0.open == 2 && $0.used == 2 && $0.waiting == 1 }
        // Longer than the bound of a tenth of a second.
        try await Task.sleep(for: .milliseconds(150))
        for _ in 0..<3 { release.signal() }
        for read in reads { try await read.value }
        try await expect(database) { $0.open == 2 && $0.used == 0 && $0.waiting == 0 }
        let figures = try #require(database.connections)
        #expect(figures.byTime.first == 2 && figures.byTime.reduce(0, +) == 3)
        #expect(figures.byTime.prefix(4).reduce(0, +) == 2 && figures.seconds > 0.1)
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres), arguments: ["asking", "alone", "sampling", "reading"])
    func `a connection that was lost while it idled is made anew before anybody is told`(way: String) async throws {
        let text = try #require(ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"])
        let server = PostgresServer(try PostgresAddress(text + "&pool=2"))
        defer { server.close() }
        let other = try await TestDatabase.make()
        try await other.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)") }
        let database = Database(postgres: server, schema: other.path)
        for round in 0..<3 {
            let backend = try #require(try await server.ask("SELECT pg_backend_pid()::text", in: other.path))
            let isEnded = try await other.read { connection in
                try connection.value("SELECT CAST(pg_terminate_backend(\(raw: backend), 5000) AS TEXT)").text
            }
            #expect(isEnded == "true")
            switch way {
            case "asking": #expect(try await server.ask("SELECT 'here'", in: other.path) == "here")
            case "alone":
                let place = "\"\(other.path)\".t"
                try await database.runAlone("CREATE INDEX CONCURRENTLY t_b\(round) ON \(place) (b)")
                #expect(try await other.read { try $0.relations(["t_b\(round)"]) } == ["t_b\(round)"])
            case "sampling":
                let position = await withCheckedContinuation { continuation in
                    server.pool.run { continuation.resume(returning: PostgresReplicas.position($0)) }
                }
                #expect(position != nil)
            default: #expect(try await database.read { try $0.value("SELECT count(*) FROM t").integer } == 0)
            }
        }
    }

    /// A server whose connections are known by a name, and end as a test wants it.
    private func server(_ name: String, _ change: (inout ConnectionLife) -> Void) throws -> PostgresServer {
        let text = try #require(ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"])
        var address = try PostgresAddress(text + "&pool=3&application_name=\(name)")
        change(&address.life)
        return PostgresServer(address)
    }

    private static let own: SQLFragment = "SELECT CAST(pg_backend_pid() AS BIGINT)"

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `a connection ends when it has visited enough workspaces`() async throws {
        let server = try server("kehu-visits") { $0.visits = 3 }
        defer { server.close() }
        var visits: [Int64: Int] = [:]
        let first = Database(postgres: server, schema: "visited_0")
        for round in 0..<8 {
            // Whoever comes again to the same workspace is no further visit.
            for _ in 0..<3 {
                let database = Database(postgres: server, schema: "visited_\(round)")
                let pid = try #require(try await database.read { try $0.value(PoolTests.own).integer })
                visits[pid, default: 0] += 1
                try await expect(first) { $0.used == 0 }
            }
        }
        // The third workspace is visited once: then the connection ends.
        #expect(visits.values.max() == 7)
        let figures = try #require(first.connections)
        #expect(figures.opened == visits.count && figures.opened > 2)
        let held = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'kehu-visits'"
        var count = ""
        for _ in 0..<500 where count != "1" {
            count = try await server.ask(held, in: "public") ?? ""
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(count == "1", "the others are closed at the server too")
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `a connection ends when it is old, and the next one takes its place`() async throws {
        let server = try server("kehu-age") { $0.age = .zero }
        defer { server.close() }
        let database = Database(postgres: server, schema: "public")
        var pids: Set<Int64> = []
        for _ in 0..<5 {
            let pid = try await database.read { connection -> Int64? in
                // In the middle of a transaction it lasts.
                let before = try connection.value(PoolTests.own).integer
                let after = try connection.value(PoolTests.own).integer
                return before == after ? before : nil
            }
            pids.insert(try #require(pid))
            try await expect(database) { $0.open == 0 && $0.used == 0 }
        }
        #expect(pids.count == 5 && database.connections?.opened == 5)
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `connections that nobody uses are closed, all but some`() async throws {
        let server = try server("kehu-idle") { ($0.idle, $0.kept) = (.milliseconds(200), 1) }
        defer { server.close() }
        let database = Database(postgres: server, schema: "public")
        for opened in [3, 5] {
            let release = DispatchSemaphore(value: 0)
            let reads = (0..<3).map { _ in Task { try await database.read { _ in release.wait() } } }
            try await expect(database) { $0.used == 3 }
            for _ in 0..<3 { release.signal() }
            for read in reads { try await read.value }
            // The reads have asked nothing, so that the connections were made and that is all.
            try await expect(database) { $0.open == 1 && $0.used == 0 && $0.opened == opened }
        }
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres), .timeLimit(.minutes(2)))
    func `who waits too long for a connection is told that there is none`() async throws {
        let server = try server("kehu-wait") { $0.wait = .milliseconds(300) }
        defer { server.close() }
        let database = Database(postgres: server, schema: "public")
        let release = DispatchSemaphore(value: 0)
        let reads = (0..<3).map { _ in Task { try await database.read { _ in release.wait() } } }
        try await expect(database) { $0.used == 3 }
        let writes = (0..<100).map { _ in Task { try await database.write { _ in } } }
        await #expect { try await database.read { _ in } } throws: { ($0 as? StorageFailure)?.isBusy == true }
        await #expect { try await database.writeAside { _ in } } throws: { ($0 as? StorageFailure)?.isBusy == true }
        for write in writes {
            await #expect { try await write.value } throws: { ($0 as? StorageFailure)?.isBusy == true }
        }
        try await expect(database) { $0.waiting == 0 && $0.refused >= 3 }
        for _ in 0..<3 { release.signal() }
        for read in reads { try await read.value }
        // Nothing is left of it.
        #expect(try await database.read { try $0.value("SELECT CAST(7 AS BIGINT)").integer } == 7)
        try await database.write { _ in }
    }

    @Test(.enabled(if: TestDatabase.dialect == .sqlite))
    func `a file has no connections to share`() async throws {
        #expect(try await TestDatabase.make().connections.map(\.most) == nil)
    }
}
