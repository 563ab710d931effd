import Customers
import Database
import Files
import Foundation
import Identity
import Records
import SQLText
import Sales
import Schema
import TestSupport
import Values

/// A small firm with a folder of files: two salespeople who see their own, and their head who sees all.
struct Cabinet {
    let engine: RecordEngine
    let files: Files
    let folder: String
    let chen: Actor
    let lin: Actor
    let head: Actor

    static func open(clock: Clock = .system) async throws -> Cabinet {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module],
            clock: clock
        )
        let folder = TestFolder.path()
        let ids = engine.ids
        func person(_ name: String, _ scope: Scope) -> Actor {
            var rights = Rights()
            rights.objects["*"] = ObjectRights(everything: scope)
            if scope == .all { rights = .all }
            return Actor(userID: ids.next(), name: name, rights: rights)
        }
        let people = [person("陈", .own), person("林", .own), person("主管", .all)]
        try await database.write { connection in
            for person in people {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, language, time_zone, state, created_at, updated_at)
                    VALUES (\(person.userID), \(person.name), \(person.name), \(person.name), 'zh', 'Asia/Shanghai',
                    'active', 0, 0)
                    """
                )
            }
        }
        return Cabinet(
            engine: engine,
            files: try Files(engine, folder: folder),
            folder: folder,
            chen: people[0],
            lin: people[1],
            head: people[2]
        )
    }

    /// A file that has arrived.
    func arrived(_ bytes: [UInt8]) throws -> String {
        let path = files.uploads + "/" + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Uploads a file, and attaches it where a record is named.
    func upload(
        _ name: String,
        _ bytes: [UInt8],
        to target: (plural: String, id: RecordID)? = nil,
        as actor: Actor
    ) async throws -> StoredFile {
        try await files.take(try arrived(bytes), name: name, to: target, as: actor)
    }

    func customer(_ name: String, as actor: Actor) async throws -> RecordID {
        try await engine.write(as: actor) { session in
            try session.create(try session.object("customers"), try JSONReader.parse(#"{"name":"\#(name)"}"#)).id
        }
    }

    /// How many files lie under a folder, whatever they are.
    func count(_ name: String) -> Int {
        let root = folder + "/" + name
        return (FileManager.default.subpaths(atPath: root) ?? []).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.count
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

/// Pictures by their bytes.
enum Pictures {
    /// A PNG of one red pixel.
    static let dot =
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
        ).map { [UInt8]($0) } ?? []

    /// The same, whose head claims another size.
    static func claiming(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        var bytes = dot
        for (start, value) in [(16, width), (20, height)] {
            for index in 0..<4 { bytes[start + index] = UInt8(value >> UInt32(8 * (3 - index)) & 255) }
        }
        return bytes
    }
}
