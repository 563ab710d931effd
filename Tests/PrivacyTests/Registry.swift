import Customers
import Database
import Files
import Foundation
import Identity
import Privacy
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Values

/// A firm that is asked to erase people and to say what it holds of them.
struct Registry {
    let engine: RecordEngine
    let files: Files
    let privacy: Privacy
    let folder: String
    let officer: Actor
    let chen: Actor

    static let rules = PersonRules(
        persons: [.init("contact"), .init("lead"), .init("customer", when: "type", in: ["person"])],
        notes: ["activity", "contact_role"],
        identifying: ["wechat", "id_number"]
    )

    static func open(clock: Clock = .system) async throws -> Registry {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module, Privacy.module],
            clock: clock
        )
        let folder = TestFolder.path()
        var own = Rights()
        own.objects["*"] = ObjectRights(everything: .own)
        let officer = Actor(userID: engine.ids.next(), name: "主管", rights: .all, origin: .page)
        let chen = Actor(userID: engine.ids.next(), name: "陈", rights: own, origin: .page)
        try await database.write { connection in
            for person in [officer, chen] {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, language, time_zone, state, created_at, updated_at)
                    VALUES (\(person.userID), \(person.name), \(person.name), \(person.name), 'zh', 'Asia/Shanghai',
                    'active', 0, 0)
                    """
                )
            }
        }
        let files = try Files(engine, folder: folder)
        let kept = folder + "/imports"
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
        return Registry(
            engine: engine,
            files: files,
            privacy: Privacy(engine, files, rules: rules, kept: [kept]),
            folder: folder,
            officer: officer,
            chen: chen
        )
    }

    @discardableResult
    func make(_ plural: String, _ json: String) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: chen) { try $0.create(try $0.object(plural), input).id }
    }

    func change(_ plural: String, _ id: RecordID, _ json: String) async throws {
        let input = try JSONReader.parse(json)
        try await engine.write(as: chen) { _ = try $0.update(try $0.object(plural), id, input) }
    }

    /// Sets fields of several records at once; the answer is the bulk change.
    func bulk(_ plural: String, _ ids: [RecordID], _ json: String) async throws -> RecordID {
        let action = BulkAction.set(try JSONReader.parse(json))
        let id = try await engine.beginBulk(plural, BulkSelection(ids: ids), action, as: chen) { _, _ in }
        while try await engine.workOnBulk(id, as: chen) {}
        return id
    }

    /// Undoes a bulk change, as far as that can be done.
    func undo(bulk id: RecordID) async throws -> BulkRun {
        try await engine.beginUndo(ofBulk: id, as: chen) { _, _ in }
        while try await engine.workOnBulk(id, as: chen) {}
        return try await engine.bulkRun(id, as: chen)
    }

    func show(_ plural: String, _ id: RecordID) async throws -> JSONValue {
        try await engine.read(as: officer) { session in
            var json = JSONWriter()
            try session.write(try session.object(plural), id, to: &json)
            return try JSONReader.parse(json.text)
        }
    }

    /// How many records a search finds.
    func found(_ plural: String, _ text: String) async throws -> Int {
        try await engine.read(as: officer) { session in
            var query = ListQuery()
            query.search = text
            return try session.list(try session.object(plural), query).rows.count
        }
    }

    func faults() async throws -> [Label] {
        try await engine.database.read { try Audit.verify(on: $0).faults }
    }

    /// What the index of words holds of contacts, as it lies on the disk.
    func searchIndex() async throws -> String {
        try await engine.database.read { connection in
            if connection.dialect == .postgres {
                return try connection.rows("SELECT CAST(s AS TEXT) FROM search_contact s").map { $0.text(0) }
                    .joined(separator: "\n")
            }
            return try connection.rows("SELECT block FROM search_contact_data").map { row in
                if case .blob(let bytes) = row[0] { String(decoding: bytes, as: UTF8.self) } else { "" }
            }.joined(separator: "\n")
        }
    }

    /// Every text and blob of the database, to look for what should be gone.
    func everything() async throws -> String {
        try await engine.database.read { connection in
            var all = ""
            for table in try connection.tables() {
                // The index of words keeps its own form of texts until it merges its parts.
                if table.hasPrefix("search_") { continue }
                try connection.each("SELECT * FROM \(name: table)") { cursor in
                    for value in cursor.row.values {
                        if let text = value.text { all += text + "\n" }
                        if case .blob(let bytes) = value { all += String(decoding: bytes, as: UTF8.self) + "\n" }
                    }
                    return true
                }
            }
            return all
        }
    }
}

/// The problem that `body` ends with, or nil.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
