import Customers
import Database
import Exchange
import Files
import Foundation
import Identity
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Testing
import Values

/// A workspace with three people, and a folder for the files that they import.
struct Workshop {
    let engine: RecordEngine
    let imports: Imports
    let files: Files
    let folder: String
    let admin: Actor
    let li: Actor
    let wang: Actor
    /// May do everything with records, but neither import nor export.
    let clerk: Actor

    static func open(_ more: Module? = nil) async throws -> Workshop {
        let database = try await TestDatabase.make()
        let folder = TestFolder.path()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module, ImportTables.module, tools]
                + (more.map { [$0] } ?? [])
        )
        let files = try Files(engine, folder: folder)
        var clerk = ObjectRights(everything: .all)
        (clerk.export, clerk.importing) = (false, false)
        let workshop = Workshop(
            engine: engine,
            imports: try Imports(engine, directory: folder + "/imports", files: files),
            files: files,
            folder: folder,
            admin: Actor(userID: engine.ids.next(), name: "管理员", rights: .all),
            li: Actor(userID: engine.ids.next(), name: "李雷", rights: rights(ObjectRights(everything: .own))),
            wang: Actor(userID: engine.ids.next(), name: "王芳", rights: rights(ObjectRights(everything: .own))),
            clerk: Actor(userID: engine.ids.next(), name: "Clerk", rights: rights(clerk), language: .en)
        )
        try await workshop.enter([workshop.admin, workshop.li, workshop.wang, workshop.clerk])
        return workshop
    }

    private static func rights(_ object: ObjectRights) -> Rights {
        var rights = Rights()
        rights.objects = ["*": object]
        return rights
    }

    private func enter(_ people: [Actor]) async throws {
        try await engine.database.write { connection in
            for (index, person) in people.enumerated() {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, language, time_zone, state, created_at,
                    updated_at, version) VALUES (\(person.userID), \("u\(index)@example.com"), \(person.name),
                    \(person.name), 'zh', 'Asia/Shanghai', 'active', 0, 0, 1)
                    """
                )
            }
        }
    }

    /// A small object with what customers do not have.
    static let tools: Module = {
        func field(
            _ key: String,
            _ kind: FieldKind,
            _ adjust: (inout FieldDefinition) -> Void = { _ in }
        ) -> FieldDefinition {
            var field = FieldDefinition(id: key, key: key, label: Label(key, zh: "工具\(key)"), kind: kind)
            adjust(&field)
            return field
        }
        return Module(
            name: "tools",
            objects: [
                .declared(
                    "tool",
                    plural: "tools",
                    Label("Tool", zh: "工具"),
                    many: Label("Tools", zh: "工具"),
                    icon: "box",
                    fields: [
                        field("name", .text(max: 100)) { $0.required = true },
                        field("place", .text(max: 100)),
                        field("quiet", .text(max: 100)) { $0.audited = false },
                        field("number", .autoNumber(pattern: "T-{0000}")),
                        field("count", .integer),
                        field("price", .money),
                        field(
                            "colours",
                            .multiChoice([Choice("r", Label("Red", zh: "红")), Choice("b", Label("Blue", zh: "蓝"))])
                        ),
                        field("lent", .boolean),
                        field("made_at", .instant),
                        field("note", .longText(max: 4000)),
                        field("holder", .person),
                        field("of", .link(to: "customer")),
                        field("part_of", .link(to: "tool")),
                        field("weight", .decimal(scale: 3)),
                        field("bought_on", .day),
                        field(
                            "state",
                            .choice([Choice("new", Label("New", zh: "新")), Choice("old", Label("Old", zh: "旧"))])
                        ),
                        field("words", .tags),
                        field("call", .phone),
                        field("mail", .email),
                        field("page", .url),
                        field("lies_at", .address),
                        field("picture", .file),
                    ]
                )
            ]
        )
    }()

    /// Writes a file to be imported.
    func file(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// Imports a text to the end.
    @discardableResult
    func run(
        _ object: String,
        _ text: String,
        name: String = "a.csv",
        as actor: Actor? = nil,
        _ adjust: (inout ImportRequest) -> Void = { _ in }
    ) async throws -> ImportStatus {
        let actor = actor ?? admin
        var request = ImportRequest(file: try file(name, text), object: object)
        adjust(&request)
        let id = try await imports.start(request, as: actor)
        return try await imports.run(id, as: actor)
    }

    /// Makes a record.
    @discardableResult
    func make(_ plural: String, _ json: String, as actor: Actor? = nil) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor ?? admin) { try $0.create(try $0.object(plural), input).id }
    }

    /// All records as the API shows them, oldest first.
    func all(_ plural: String, as actor: Actor? = nil) async throws -> [JSONValue] {
        try await engine.read(as: actor ?? admin) { session in
            var query = ListQuery()
            query.sort = ["id"]
            query.limit = 200
            var json = JSONWriter()
            try session.writeList(try session.object(plural), query, to: &json)
            return try JSONReader.parse(json.text)["data"]?.array ?? []
        }
    }

    /// How many records there are.
    func count(_ plural: String) async throws -> Int64 {
        try await engine.read(as: admin) { try $0.count(try $0.object(plural), ListQuery()) }
    }

    /// An export as text, without its byte order mark.
    func export(
        _ object: String,
        _ format: ExportFormat,
        _ query: ListQuery = ListQuery(),
        as actor: Actor? = nil
    ) async throws -> String {
        var bytes: [UInt8] = []
        try await Export.write(engine, object: object, query: query, format: format, as: actor ?? admin) { bytes += $0 }
        if bytes.starts(with: CSVWriter.mark) { bytes.removeFirst(3) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A file of the shared data; a missing one is said plainly.
func sample(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path = root.appendingPathComponent("../shared/data/import-samples/\(name)").standardizedFileURL.path
    try #require(FileManager.default.fileExists(atPath: path), "The shared data is missing: \(path)")
    return path
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

/// The rows of a file.
func rows(_ path: String, _ format: CSVFormat? = nil) throws -> [CSVRow] {
    let reader = try CSVReader(path, try format ?? CSVFormat.detect(path))
    var rows: [CSVRow] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
}
