import Database
import Foundation
import Identity
import Operations
import Records
import SQLText
import Schema
import TestSupport
import Testing
import Values

@testable import App

/// Tables that an administrator of PostgreSQL has divided into partitions, as docs/scale.md tells.
@Suite(.enabled(if: TestDatabase.dialect == .postgres, "SQLite has no partitions"))
struct PartitionTests {
    private let folder = TestFolder.path()
    private let address = TestDatabase.freshAddress() ?? ""
    private let actor = OpenWorkspace.operatorActor

    @Test func `a workspace whose largest tables are divided is used, saved and moved like any other`() async throws {
        let first = try await open()
        let customer = try await make("customers", #"{"name":"分区客户"}"#, first)
        _ = try await make("activities", #"{"kind":"note","subject":"先前的拜访","customer":"\#(customer)"}"#, first)
        first.close()
        let before = try await content()
        try await divide()
        let after = try await content()
        #expect(after.faults.isEmpty && after.rows == before.rows && after.content == before.content)
        #expect(await IndexDiagnosis("acme", in: try await place()).findings.isEmpty)

        let second = try await open()
        let note = try await make("activities", #"{"kind":"note","subject":"后来的拜访","customer":"\#(customer)"}"#, second)
        #expect(try await subjects("拜访", second) == ["先前的拜访", "后来的拜访"])
        #expect(try await subjects("", second).count == 2)
        let label = #""label":{"en":"Mood","zh":"心情"}"#
        let field = try JSONReader.parse(#"{"key":"mood",\#(label),"kind":"text","indexed":true}"#)
        try await second.engine.apply(.addField(object: "activity", field), as: actor)
        let change = try JSONReader.parse(#"{"x_mood":"很好"}"#)
        _ = try await second.engine.write(as: actor) { session in
            try session.update(try session.object("activities"), note, change)
        }
        #expect(try await Inspection.of(second.engine.database).faults == [])
        #expect(try await second.engine.verifyKept() == [])
        let archive = folder + "/whole.kehu"
        let manifest = try await second.backup.run(to: archive)
        #expect(manifest.rows["activity"] == 2 && manifest.rows["activity_first"] == nil)
        second.close()

        let move = WorkspaceMove(name: "acme", files: try WorkspaceDirectory(folder), database: try await place())
        let moved = try await move.toSQLite()
        #expect(moved.rows["activity"] == 2 && moved.rows["sys_audit_first"] == nil)
        let file = try await OpenWorkspace("acme", in: try WorkspaceDirectory(folder), passwords: .testing)
        #expect(try await subjects("后来", file) == ["后来的拜访"])
        #expect(try await Inspection.of(file.engine.database).faults == [])
        file.close()
    }

    @Test func `an index over a divided table that somebody removed is made again at the next start`() async throws {
        try await open().close()
        try await divide()
        let place = try await place()
        let database = try await place.database("acme")
        try await database.write { try $0.script("DROP INDEX ix_activity_owner") }
        database.close()
        let diagnosis = await IndexDiagnosis("acme", in: place)
        #expect(diagnosis.findings.map(\.code) == ["missing_index"])
        let workspace = try await open()
        #expect(await diagnosis.findings(in: workspace.engine.database).map(\.grade) == [.notice])
        workspace.close()
    }

    @Test func `partitions for coming years are made as the documentation says`() async throws {
        try await open().close()
        try await divide()
        let database = try await place().database("acme")
        defer { database.close() }
        let statement = try #require(try documented(database.path).last)
        // Once a year, and nothing is wrong with more.
        for _ in 1...2 { try await database.write { try $0.script(statement) } }
        let names = try await database.read { connection in
            try connection.rows(
                """
                SELECT CAST(relname AS TEXT) FROM pg_class WHERE relispartition AND relkind = 'r'
                AND relname LIKE 'activity%' AND relnamespace = to_regnamespace(quote_ident(current_schema())) ORDER BY 1
                """
            ).map { $0.text(0) }
        }
        #expect(names.count == 5 && names.suffix(2) == ["activity_first", "activity_rest"], "\(names)")
        let workspace = try await open()
        _ = try await make("activities", #"{"kind":"note","subject":"一"}"#, workspace)
        workspace.close()
    }

    @Test func `that a field over partitions cannot be unique is said in words`() async throws {
        try await open().close()
        try await divide()
        let workspace = try await open()
        let json = #"{"key":"ticket","label":{"en":"Ticket","zh":"工单号"},"kind":"text","unique":true}"#
        let field = try JSONReader.parse(json)
        do {
            try await workspace.engine.apply(.addField(object: "activity", field), as: actor)
            Issue.record("PostgreSQL has learned it")
        } catch let problem as Problem {
            #expect(problem.code == "table_in_partitions")
        }
        #expect(workspace.engine.schema.object("activity")?.fields.contains { $0.key == "x_ticket" } == false)
        workspace.close()
    }

    // MARK: The workspace

    private func place() async throws -> WorkspaceDirectory {
        try await WorkspaceDirectory.chosen(
            try Settings(flags: ["data": folder, "database": address], environment: [:])
        )
    }

    private func open() async throws -> OpenWorkspace {
        try await OpenWorkspace("acme", in: try await place(), passwords: .testing)
    }

    private func make(_ plural: String, _ json: String, _ workspace: OpenWorkspace) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await workspace.engine.write(as: actor) { try $0.create(try $0.object(plural), input).id }
    }

    private func subjects(_ words: String, _ workspace: OpenWorkspace) async throws -> Set<String> {
        try await workspace.engine.read(as: actor) { session in
            var query = ListQuery()
            query.search = words.isEmpty ? nil : words
            let page = try session.list(try session.object("activities"), query)
            guard let slot = page.plan.slot("subject") else { return [] }
            return Set(page.rows.compactMap { $0.values(slot)[0].text })
        }
    }

    private func content() async throws -> Inspection {
        let database = try await place().database("acme")
        defer { database.close() }
        return try await Inspection.of(database, content: true)
    }

    // MARK: The documentation

    /// The pieces of SQL about partitions in docs/scale.md, for the schema that the test has.
    private func documented(_ schema: String) throws -> [String] {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: project.appendingPathComponent("docs/scale.md"), encoding: .utf8)
        return text.components(separatedBy: "```sql\n").dropFirst().compactMap { part in
            part.components(separatedBy: "\n```").first
        }.filter { $0.contains("w_acme") }.map { $0.replacing("w_acme", with: schema) }
    }

    /// Divides the tables. The transaction and the path are those of the connection that runs it.
    private func divide() async throws {
        let database = try await place().database("acme")
        defer { database.close() }
        let lines = try #require(try documented(database.path).first).components(separatedBy: "\n")
        let outer = ["BEGIN;", "COMMIT;", "SET LOCAL search_path TO \(database.path);"]
        #expect(outer.allSatisfy { lines.contains($0) })
        let statement = lines.filter { !outer.contains($0) }.joined(separator: "\n")
        try await database.write { try $0.script(statement) }
    }
}
