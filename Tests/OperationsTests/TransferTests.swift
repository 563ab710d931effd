import Database
import Identity
import Records
import SQLText
import TestSupport
import Testing

@testable import Operations

/// Workspaces on their way from one engine to the other.
@Suite struct TransferTests {
    @Test func `a workspace goes into a file and from there into either engine, with every row and its chain`()
        async throws
    {
        let cabinet = try await Cabinet()
        let before = try await Inspection.of(cabinet.database, content: true)
        #expect(before.faults.isEmpty && before.auditEntries == 20)
        let file = try Database(sqlite: cabinet.path("moved.db"), readers: 2)
        defer { file.close() }
        let there = try await Transfer(from: cabinet.database, to: file, modules: cabinet.engine.modules).run()
        #expect(there.rows == before.rows && there.content == before.content)
        let target = try await TestDatabase.make()
        let back = try await Transfer(from: file, to: target, modules: cabinet.engine.modules).run()
        #expect(back.rows == before.rows && back.content == before.content)
        let after = try await Inspection.of(target, content: true)
        #expect(after.faults.isEmpty && after.content == before.content)
        let found = try await RecordEngine(database: target, modules: cabinet.engine.modules).read(as: .system("test"))
        {
            var query = ListQuery()
            query.search = "客户"
            return try $0.list(try $0.object("customer"), query).rows.count
        }
        #expect(found == 20)
    }

    @Test func `of many rows the indexes are made when all are there, and are those of any other workspace`()
        async throws
    {
        let cabinet = try await Cabinet()
        let (quick, usual) = (try await TestDatabase.make(), try await TestDatabase.make())
        var transfer = Transfer(from: cabinet.database, to: quick, modules: cabinet.engine.modules)
        transfer.many = 1
        let (sent, statements) = try await quick.log.recording { try await transfer.run() }
        _ = try await Transfer(from: cabinet.database, to: usual, modules: cabinet.engine.modules).run()
        #expect(sent.rows["customer"] == 20)
        #expect(try await indexes(quick) == indexes(usual))
        if quick.dialect == .postgres {
            #expect(statements.contains { $0.hasPrefix("DROP INDEX \"ix_customer_name\"") })
            #expect(statements.contains { $0.hasPrefix("DROP INDEX \"search_customer_tokens\"") })
        }
    }

    private func indexes(_ database: Database) async throws -> [String] {
        try await database.read { connection in
            let question: SQLFragment =
                switch connection.dialect {
                case .sqlite: "SELECT name || COALESCE(sql, '') FROM sqlite_master WHERE type = 'index' ORDER BY 1"
                case .postgres:
                    """
                    SELECT CAST(replace(indexdef, CAST(schemaname AS TEXT), '') AS TEXT) FROM pg_indexes
                    WHERE schemaname = current_schema() ORDER BY 1
                    """
                }
            return try connection.rows(question).map { $0.text(0) }
        }
    }
}
