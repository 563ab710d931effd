import Database
import Identity
import Records
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
}
