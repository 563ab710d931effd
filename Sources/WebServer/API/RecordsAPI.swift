import Duplicates
import HTTPTypes
import Records
import Schema
import Values

/// Records of any object: list, one, make, change, delete, restore, and the verbs of the object.
enum RecordsAPI {
    private static let listParameters: Set<String> = [
        "filter", "sort", "fields", "limit", "cursor", "q", "total", "deleted",
    ]

    /// What the parameters of an address ask a list for.
    static func query(_ query: Query) throws -> ListQuery {
        var list = ListQuery()
        list.filter = query["filter"]
        list.sort = keys(query["sort"]) ?? []
        list.fields = keys(query["fields"])
        list.limit = Int(try query.integer("limit", 1...200, preset: 50))
        list.cursor = query["cursor"]
        list.search = query["q"]
        list.total = try query.flag("total")
        list.deleted = try query.flag("deleted")
        return list
    }

    /// The keys of a list with commas; nil when there are none.
    static func keys(_ text: String?) -> [String]? {
        guard let text else { return nil }
        let keys = text.split(separator: ",").map(\.trimmingSpaces).filter { !$0.isEmpty }
        return keys.isEmpty ? nil : keys
    }

    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(listParameters)
        let (query, plural) = (try query(call.query), call.parameter("plural"))
        let bytes = try await call.read { session in
            var json = JSONWriter(capacity: 32_768)
            try session.writeList(try session.object(plural), query, isLast: true, to: &json)
            return json.bytes
        }
        return .json(bytes)
    }

    static func one(_ call: Call) async throws -> Reply {
        try call.query.allow(["fields", "deleted"])
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        let (fields, deleted) = (keys(call.query["fields"]), try call.query.flag("deleted"))
        let bytes: [UInt8]
        do {
            bytes = try await call.engine.read(as: call.actor, brief: true) { session in
                var json = JSONWriter(capacity: 4096)
                let object = try session.object(plural)
                try session.write(object, id, fields: fields, deleted: deleted, isLast: true, to: &json)
                return json.bytes
            }
        } catch let problem as Problem where problem.kind == .notFound && !deleted {
            // A merged record answers with the one that it went into; a merge can be undone, so for now only.
            guard let moved = try await DuplicatesAPI.moved(plural, id, call) else { throw problem }
            var reply = Reply(.temporaryRedirect)
            reply.headers[.location] = "/api/v1/\(moved.plural)/\(moved.id)"
            return reply
        }
        var reply = Reply.json(bytes)
        guard let version = Version.inRecord(bytes) else { return reply }
        let tag = Version.tag(version, of: bytes)
        reply.headers[.eTag] = tag
        if Version.matches(call.headers[.ifNoneMatch], tag) {
            reply = Reply(.notModified)
            reply.headers[.eTag] = tag
        }
        return reply
    }

    static func create(_ call: Call) async throws -> Reply {
        try call.query.allow(["duplicates"])
        let (input, plural) = (try call.json(), call.parameter("plural"))
        let refuses = try refusesDuplicates(call.query["duplicates"])
        return try await call.write { session in
            let object = try session.object(plural)
            if refuses { try DuplicatesAPI.refuse(try session.duplicates(of: object, input), object) }
            let record = try session.create(object, input)
            var reply = try shown(record, object, session, .created)
            reply.headers[.location] = "/api/v1/\(object.plural)/\(record.id)"
            return reply
        }
    }

    private static func refusesDuplicates(_ text: String?) throws -> Bool {
        switch text {
        case nil, "allow": return false
        case "refuse": return true
        default:
            throw Problem.malformed(
                "invalid_parameter",
                Label("«duplicates» must be «allow» or «refuse».", zh: "参数 duplicates 只能是 allow 或 refuse。")
            )
        }
    }

    static func update(_ call: Call) async throws -> Reply {
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        let (input, version) = try Version.asked(call, try call.json())
        return try await call.write { session in
            let object = try session.object(plural)
            let record = try session.update(object, id, input, version: version)
            return try shown(record, object, session)
        }
    }

    static func delete(_ call: Call) async throws -> Reply {
        try call.query.allow(["forever"])
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        let (forever, version) = (try call.query.flag("forever"), try Version.asked(call))
        return try await call.write { session in
            let object = try session.object(plural)
            if forever {
                try session.purge(object, id)
            } else {
                try session.delete(object, id, version: version)
            }
            return .noContent
        }
    }

    static func restore(_ call: Call) async throws -> Reply {
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        return try await call.write { session in
            let object = try session.object(plural)
            return try shown(try session.restore(object, id), object, session)
        }
    }

    /// Runs a verb of the object, such as `convert`.
    static func act(_ call: Call) async throws -> Reply {
        let (id, plural, name) = (try call.recordID(), call.parameter("plural"), call.parameter("action"))
        let (input, engine) = (try call.json(), call.engine)
        return try await call.write { session in
            let object = try session.object(plural)
            guard let action = engine.actions(of: object.key).first(where: { $0.name == name }) else {
                throw Problem.noSuchAddress
            }
            _ = try session.find(object, id)
            let answer = try action.runOn(object, id, input, session)
            return Reply.json { $0.value(answer) }
        }
    }

    /// A record that was just written, as its caller may see it; one that left their sight shows its id alone.
    static func shown(
        _ record: AnyRecord,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        var json = JSONWriter(capacity: 4096)
        do {
            try session.write(object, record.id, to: &json)
        } catch let problem as Problem where problem.kind == .notFound {
            json = JSONWriter()
            json.object { json in
                json.key("id")
                json.id(record.id)
                json.member("version", record.version)
            }
        }
        var reply = Reply.json(json.bytes, status)
        reply.headers[.eTag] = Version.tag(record.version, of: json.bytes)
        return reply
    }
}

/// Versions of records in headers: `ETag`, `If-Match`, `If-None-Match`.
enum Version {
    /// The header for a version.
    static func tag(_ version: Int64) -> String { "\"\(version)\"" }

    /// The header for a record as it is shown: the version, and a hash of the answer. What is derived or linked may
    /// change while the version stays, and then the answer that a caller has is no longer the one it would get.
    static func tag(_ version: Int64, of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\"\(version)-\(String(hash, radix: 36))\""
    }

    /// The version in the JSON of a record, which begins with id and version; nil when those were not asked for.
    static func inRecord(_ json: [UInt8]) -> Int64? {
        let start = Array("{\"id\":\"0000000000000\",\"version\":".utf8).count
        guard json.count > start, json[(start - 11)..<start].elementsEqual(Array(",\"version\":".utf8).suffix(11))
        else {
            return nil
        }
        var version: Int64 = 0
        for byte in json[start...].prefix(18) {
            guard (0x30...0x39).contains(byte) else { break }
            version = version * 10 + Int64(byte - 0x30)
        }
        return version
    }

    /// Whether a header names this tag.
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        let tags = header.split(separator: ",").map(\.trimmingSpaces)
        return tags.contains { $0 == "*" || $0 == tag || $0 == "W/" + tag }
    }

    /// The version that a caller expects: `If-Match`, or `version` in the body, which is taken out of it.
    static func asked(_ call: Call, _ input: JSONValue) throws -> (JSONValue, Int64?) {
        guard case .object(var members) = input, let given = input["version"] else { return (input, try asked(call)) }
        members.removeAll { $0.key == "version" }
        let version = try Members.integer(input, "version")
        return (.object(members), try asked(call) ?? (given.isNull ? nil : version))
    }

    /// The version that `If-Match` expects; what can be no version at all is stale.
    static func asked(_ call: Call) throws -> Int64? {
        guard let header = call.headers[.ifMatch], header.trimmingSpaces != "*" else { return nil }
        guard let version = versions(header).first else { throw Problem.stale }
        return version
    }

    private static func versions(_ header: String) -> [Int64] {
        header.split(separator: ",").compactMap { part in
            var text = part.trimmingSpaces
            if text.hasPrefix("W/") { text = String(text.dropFirst(2)) }
            return Int64(text.filter { $0 != "\"" }.prefix { $0 != "-" })
        }
    }
}
