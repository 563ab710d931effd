import Database
import Identity
import Records
import SQLText
import Schema
import TestSupport
import Testing
import Values

/// Which indexes a workspace lacks, before a start makes them.
@Suite struct MissingIndexTests {
    private let module = Module(name: "office", objects: [Office.company, Office.deal])

    private func missing(in database: Database) async throws -> [DemandedIndex] {
        let module = module
        return try await database.read { try RecordEngine.missingIndexes(of: [module], on: $0) }
    }

    @Test func `an index that somebody removed is named with its table until a start makes it`() async throws {
        let database = try await Office.open().engine.database
        #expect(try await missing(in: database) == [])
        try await database.write { connection in
            for name in ["ix_company_owner", "sys_audit_record", "sys_file_deleted", "sys_team_parent"] {
                try connection.script("DROP INDEX \(name)")
            }
        }
        let found = try await missing(in: database)
        #expect(
            Set(found.map { "\($0.table) \($0.name)" }) == [
                "company ix_company_owner", "sys_audit sys_audit_record", "sys_file sys_file_deleted",
                "sys_team sys_team_parent",
            ]
        )
        // Looking has made none of them.
        #expect(try await missing(in: database) == found)
        _ = try await RecordEngine(database: database, modules: [module])
        #expect(try await missing(in: database) == [])
    }

    @Test func `indexes of an administrator's own objects are known, however long their names`() async throws {
        let office = try await Office.open()
        let (object, field) = ("o" + String(repeating: "o", count: 35), "f" + String(repeating: "e", count: 34))
        let label = #""label":{"en":"Long","zh":"长"}"#
        try await office.engine.apply(
            .addObject(try JSONReader.parse(#"{"key":"\#(object)",\#(label)}"#)),
            as: office.admin
        )
        try await office.engine.apply(
            .addField(
                object: "x_" + object,
                try JSONReader.parse(#"{"key":"\#(field)",\#(label),"kind":"text","unique":true}"#)
            ),
            as: office.admin
        )
        let database = office.engine.database
        #expect(try await missing(in: database) == [])
        let name = "ix_x_\(object)_owner"
        try await database.write { try $0.script("DROP INDEX \(quotedName(name))") }
        #expect(try await missing(in: database).map(\.name) == [name])
    }

    @Test func `of a database in which nothing is nothing is missing`() async throws {
        #expect(try await missing(in: TestDatabase.make()) == [])
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `the index of words is looked for too`() async throws {
        let database = try await Office.open().engine.database
        try await database.write { try $0.script("DROP INDEX search_company_tokens") }
        #expect(try await missing(in: database).map(\.name) == ["search_company_tokens"])
    }
}
