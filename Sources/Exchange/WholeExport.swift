import Database
public import Files
import Foundation
public import Identity
public import Records
import Schema
import Values

/// Everything that people have put into a workspace, in a folder of files that other programs read.
///
/// There is a file for each object, numbered so that what others link to comes first: imported in that order, links
/// find their records. Beside them are the people, the definitions of objects and fields, the audit log, and a list of
/// contents. Passwords, keys and what is reckoned from records are not in it; a backup has them.
public struct WholeExport: Sendable {
    /// One file of the folder.
    public struct Part: Sendable, Equatable {
        /// The name of the file.
        public let file: String
        /// The object by its plural; nil for people, definitions and the audit log.
        public let object: String?
        /// How many records or entries it holds.
        public let count: Int64
    }

    private let engine: RecordEngine
    private let identities: Identities
    private let store: FileStore
    private let actor: Actor

    /// An export of a workspace as somebody who may read and export all of it.
    public init(_ engine: RecordEngine, _ identities: Identities, store: FileStore, as actor: Actor) {
        (self.engine, self.identities, self.store, self.actor) = (engine, identities, store, actor)
    }

    /// Writes the folder, which must not exist: it is made beside itself and renamed when it is whole. Throws a
    /// `Problem` where it exists or cannot be written.
    public func write(to folder: String, format: ExportFormat) async throws -> [Part] {
        let half = folder + ".part-" + UUID().uuidString
        guard !FileManager.default.fileExists(atPath: folder) else { throw WholeExport.exists(folder) }
        do {
            try FileManager.default.createDirectory(
                atPath: half,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw WholeExport.unwritable(folder)
        }
        do {
            var parts: [Part] = []
            for (place, object) in WholeExport.ordered(engine.schema.objects).enumerated() {
                let number = String(place + 1001).dropFirst()
                let name = "\(number)-\(object.plural).\(format.suffix)"
                let count = try await records(object, format, to: half + "/" + name, scratch: half)
                parts.append(Part(file: name, object: object.plural, count: count))
            }
            parts.append(Part(file: "people.csv", object: nil, count: try await people(half + "/people.csv")))
            try await definitions(half + "/schema.json")
            parts.append(Part(file: "schema.json", object: nil, count: Int64(engine.schema.objects.count)))
            parts.append(Part(file: "audit.jsonl", object: nil, count: try await audit(half + "/audit.jsonl")))
            try contents(parts, format, half + "/contents.json")
            try? FileManager.default.removeItem(atPath: half + "/scratch")
            try FileManager.default.moveItem(atPath: half, toPath: folder)
            return parts
        } catch {
            try? FileManager.default.removeItem(atPath: half)
            throw error
        }
    }

    /// The objects, those first that others link to. What may link to any object comes after all others, but for those
    /// that link to it themselves.
    static func ordered(_ objects: [ObjectDefinition]) -> [ObjectDefinition] {
        let late = late(objects)
        let (first, last) = (objects.filter { !late.contains($0.key) }, objects.filter { late.contains($0.key) })
        return linkedFirst(first) + linkedFirst(last)
    }

    /// The keys of objects that may link to any object, and of those that link to such, through others too.
    private static func late(_ objects: [ObjectDefinition]) -> Set<String> {
        var late = Set(objects.filter(linksAnywhere).map(\.key))
        while true {
            let more = objects.filter { object in
                !late.contains(object.key)
                    && object.fields.contains { field in
                        guard case .link(let target) = field.kind else { return false }
                        return late.contains(target)
                    }
            }
            if more.isEmpty { return late }
            late.formUnion(more.map(\.key))
        }
    }

    private static func linksAnywhere(_ object: ObjectDefinition) -> Bool {
        object.fields.contains { $0.kind == .anyLink }
    }

    /// Of a circle, whichever is declared first, and before what may link to any object.
    private static func linkedFirst(_ objects: [ObjectDefinition]) -> [ObjectDefinition] {
        var (left, done) = (objects, [ObjectDefinition]())
        func waits(_ object: ObjectDefinition) -> Bool {
            object.fields.contains { field in
                guard case .link(let target) = field.kind, target != object.key else { return false }
                return left.contains { $0.key == target }
            }
        }
        while !left.isEmpty {
            let free = left.indices.filter { !waits(left[$0]) }
            let choice = free.isEmpty ? Array(left.indices) : free
            let next = choice.first { !linksAnywhere(left[$0]) } ?? choice[0]
            done.append(left.remove(at: next))
        }
        return done
    }

    private func records(_ object: ObjectDefinition, _ format: ExportFormat, to path: String, scratch: String)
        async throws -> Int64
    {
        let file = try madeFile(path)
        defer { try? file.close() }
        return try await Export.write(
            engine,
            object: object.key,
            format: format,
            as: actor,
            scratch: scratch + "/scratch",
            store: store
        ) { bytes in try file.write(contentsOf: bytes) }
    }

    /// The people, without anything secret.
    private func people(_ path: String) async throws -> Int64 {
        let file = try madeFile(path)
        defer { try? file.close() }
        let identities = identities
        var writer = CSVWriter(.raw)
        writer.row(["id", "name", "email", "team", "roles", "state", "language", "time_zone", "created_at"])
        var (count, query) = (Int64(0), UserQuery(limit: 200))
        let names = try await engine.database.read { connection in
            (
                teams: try identities.teams(on: connection).map { ($0.id, $0.name) },
                roles: try identities.roles(on: connection).map { ($0.id, $0.key) }
            )
        }
        let teams = Dictionary(names.teams) { first, _ in first }
        let roles = Dictionary(names.roles) { first, _ in first }
        while true {
            let asked = query
            let page = try await engine.database.read { try identities.users(asked, on: $0) }
            for user in page.users {
                writer.row([
                    user.id.description, user.name, user.email, user.team.flatMap { teams[$0] } ?? "",
                    user.roles.compactMap { roles[$0] }.joined(separator: "; "), user.state.rawValue,
                    user.language.rawValue, user.timeZone, user.createdAt.description,
                ])
            }
            count += Int64(page.users.count)
            try file.write(contentsOf: writer.take())
            guard let next = page.next else { return count }
            query.cursor = next
        }
    }

    private func definitions(_ path: String) async throws {
        let text = try await engine.read(as: actor) { session in
            var json = JSONWriter(capacity: 65_536)
            session.writeSchema(to: &json)
            return json.bytes
        }
        try madeFile(path).write(contentsOf: text)
    }

    /// The audit log, newest first.
    private func audit(_ path: String) async throws -> Int64 {
        let file = try madeFile(path)
        defer { try? file.close() }
        var (count, before) = (Int64(0), Int64.max)
        while true {
            let asked = before
            let rows = try await engine.read(as: actor) { try $0.auditLog(limit: 200, before: asked) }
            guard let last = rows.last else { return count }
            var bytes: [UInt8] = []
            for row in rows {
                var json = JSONWriter()
                row.write(to: &json)
                bytes += json.bytes + [0x0A]
            }
            try file.write(contentsOf: bytes)
            (count, before) = (count + Int64(rows.count), last.seq)
        }
    }

    private func contents(_ parts: [Part], _ format: ExportFormat, _ path: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("made_at", engine.clock.now().description)
            json.member("format", format.name)
            json.key("files")
            json.array { json in
                for part in parts {
                    json.object { json in
                        json.member("file", part.file)
                        json.member("object", part.object)
                        json.member("count", part.count)
                    }
                }
            }
        }
        try madeFile(path).write(contentsOf: json.bytes)
    }

    private static func exists(_ folder: String) -> Problem {
        Problem(
            .conflict,
            "folder_exists",
            Label(
                "«\(folder)» exists already. Name a folder that does not, so that nothing is overwritten.",
                zh: "“\(folder)”已存在。请指定一个新文件夹，以免覆盖已有内容。"
            )
        )
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(
            .unavailable,
            "unwritable",
            Label("«\(path)» cannot be written.", zh: "无法写入“\(path)”。")
        )
    }
}
