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
        let server = PostgresServer(try PostgresAddress(text + "&pool=1"))
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

    @Test(.enabled(if: TestDatabase.dialect == .sqlite))
    func `a file has no connections to share`() async throws {
        #expect(try await TestDatabase.make().connections.map(\.most) == nil)
    }
}
