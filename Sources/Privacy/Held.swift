import Database
import Files
import Foundation
public import Identity
import Records
import SQLText
import Schema
public import Values

/// The form of what is given out of a person.
public enum HeldFormat: String, Sendable, CaseIterable {
    /// For machines.
    case json
    /// For people: one page that opens in any browser.
    case html
    /// Both, and the contents of all files.
    case zip

    /// The media type.
    public var contentType: String {
        switch self {
        case .json: "application/json; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .zip: "application/zip"
        }
    }
}

/// Of whom all that is held is given out.
public enum HeldSubject: Sendable {
    /// A person's record, by the plural of its object.
    case record(String, RecordID)
    /// Somebody who uses the workspace.
    case user(RecordID)
}

/// A part of what is held: a heading and its items.
struct HeldPart: Sendable {
    let key: String
    let label: Label
    /// The object whose fields the items have, for their labels.
    var object: ObjectDefinition?
    /// Reads the next items behind a place.
    let page: @Sendable (_ after: String?, ReadSession) throws -> HeldPage
}

/// Some items of a part.
struct HeldPage: Sendable {
    var items: [JSONValue]
    /// Behind which place it goes on; nil at the end.
    var next: String?
    /// The files that the items tell of.
    var files: [StoredFile] = []
}

extension Privacy {
    /// Writes all that is held of a person, part by part: memory stays the same however much there is. Needs the right
    /// to handle personal data, and is told in the audit log.
    public func writeHeld(
        of subject: HeldSubject,
        as format: HeldFormat,
        by actor: Actor,
        to sink: (_ bytes: [UInt8]) async throws -> Void
    ) async throws {
        let parts = try await checkHeld(of: subject, by: actor)
        try await note(subject, format, actor)
        switch format {
        case .json: try await write(parts, .json, actor, to: sink)
        case .html: try await write(parts, .html, actor, to: sink)
        case .zip:
            let archive = try HeldArchive(in: files.uploads, store: files.store)
            for form in HeldWriter.Form.allCases {
                let file = try archive.begin("held." + form.rawValue)
                try await write(parts, form, actor) {
                    try file.write(contentsOf: Data($0))
                } files: {
                    archive.add($0)
                }
                try file.close()
            }
            try await archive.finish(sink)
        }
    }

    /// Writes the parts in one form; `files` hears of all files that they tell of, and answers which are missing.
    private func write(
        _ parts: [HeldPart],
        _ form: HeldWriter.Form,
        _ actor: Actor,
        to sink: (_ bytes: [UInt8]) async throws -> Void,
        files: ([StoredFile]) -> Set<RecordID> = { _ in [] }
    ) async throws {
        var writer = HeldWriter(format: form, language: actor.language, at: engine.clock.now())
        try await sink(writer.begin())
        for part in parts {
            try await sink(writer.begin(part))
            var place: String?
            repeat {
                let after = place
                let page = try await engine.read(as: actor) { session in
                    let all = try session.completely()
                    return try part.page(after, all)
                }
                let missing = Set(files(page.files).map(\.description))
                for item in page.items {
                    let isMissing = item["id"]?.string.map { missing.contains($0) } ?? false
                    try await sink(writer.item(isMissing ? HeldWriter.withoutContent(item) : item))
                }
                place = page.next
            } while place != nil
            try await sink(writer.endPart())
        }
        try await sink(writer.end())
    }

    /// Throws what `writeHeld` would, before the first byte is written.
    @discardableResult
    func checkHeld(of subject: HeldSubject, by actor: Actor) async throws -> [HeldPart] {
        let rules = rules
        return try await engine.read(as: actor) { session in
            switch subject {
            case .record(let plural, let id):
                let person = try Person(plural, id, rules, session)
                return Privacy.parts(person, try MergedPersons(person, session), session.schema)
            case .user(let id):
                try session.actor.require(.privacy)
                guard try session.connection.row("SELECT 1 FROM sys_user WHERE id = \(id)") != nil else {
                    throw Problem.notFound
                }
                return Privacy.parts(ofUser: id)
            }
        }
    }

    /// Whether all that is held may be given out; throws what says why not.
    public func mayGiveOut(_ subject: HeldSubject, by actor: Actor) async throws {
        try await checkHeld(of: subject, by: actor)
    }

    private func note(_ subject: HeldSubject, _ format: HeldFormat, _ actor: Actor) async throws {
        try await engine.write(as: actor) { session in
            var entry = AuditEntry("held", changes: "{\"format\":\"\(format.rawValue)\"}")
            switch subject {
            case .record(let plural, let id): (entry.object, entry.record) = (try session.object(plural).key, id)
            case .user(let id): (entry.object, entry.record) = ("sys_user", id)
            }
            try Audit.add(entry, by: actor, at: session.now, on: session.connection)
        }
    }

    // MARK: The parts of a person

    private static func parts(_ person: Person, _ merged: MergedPersons, _ schema: SchemaSnapshot) -> [HeldPart] {
        let object = person.object
        let (ids, others) = ([person.id] + merged.there, merged.there)
        var parts = [
            HeldPart(key: "record", label: object.label, object: object) { _, session in
                HeldPage(items: [try json(object, ids[0], session)])
            }
        ]
        if !others.isEmpty {
            let label = Label("Records merged into it", zh: "已合并进来的记录")
            parts.append(
                HeldPart(key: "merged", label: label, object: object) { after, session in
                    let (start, end) = (after.flatMap { Int($0) } ?? 0, others.count)
                    let stop = min(start + 100, end)
                    let items = try others[start..<stop].map { try json(object, $0, session) }
                    return HeldPage(items: items, next: stop < end ? String(stop) : nil)
                }
            )
        }
        let references = person.references(schema)
        parts += references.map { linked($0, $0.condition(object, ids)) }
        let known = (ids + merged.gone).map { SQLValue.integer($0.raw) }
        let own: SQLFragment = "record IN \(list: known) AND object = \(object.key)"
        parts.append(history("history", own, Label("History", zh: "修改历史")))
        parts.append(stored("files", object, ids.map { "\($0)" as SQLFragment }.joined(", "), Label("Files", zh: "附件")))
        for note in schema.objects {
            let links = references.filter { $0.isNote && $0.object.key == note.key }
            if !links.isEmpty { parts += told(note, links.map { $0.condition(object, ids) }) }
        }
        let shared = ids.map { SQLValue.integer($0.raw) }
        parts.append(
            rows("shares", Label("Shared with", zh: "共享给"), ["name", "since", "can_edit"]) {
                """
                SELECT coalesce(u.name, m.name, ''), s.created_at, s.can_edit, s.id FROM sys_share s \
                LEFT JOIN sys_user u ON u.id = s.user_id LEFT JOIN sys_team m ON m.id = s.team_id \
                WHERE s.object = \(object.key) AND s.record IN \(list: shared) AND s.id > \($0) ORDER BY s.id LIMIT 200
                """
            }
        )
        return parts
    }

    /// History and files of the notes on a person, which `conditions` find.
    private static func told(_ note: ObjectDefinition, _ conditions: [SQLFragment]) -> [HeldPart] {
        let notes: SQLFragment = "SELECT \"id\" FROM \(name: note.key) WHERE " + conditions.joined(" OR ")
        let (en, zh) = (note.pluralLabel.en, note.pluralLabel.zh)
        return [
            history(
                note.plural + ".history",
                "record IN (\(notes)) AND object = \(note.key)",
                Label("History: \(en)", zh: "修改历史（\(zh)）")
            ),
            stored(note.plural + ".files", note, notes, Label("Files: \(en)", zh: "附件（\(zh)）")),
        ]
    }

    /// The records of another object that link to the person.
    private static func linked(_ reference: Person.Reference, _ condition: SQLFragment) -> HeldPart {
        let other = reference.object
        return HeldPart(
            key: "\(other.plural).\(reference.field.key)",
            label: Label(
                "\(other.pluralLabel.en) (\(reference.field.label.en))",
                zh: "\(other.pluralLabel.zh)（\(reference.field.label.zh)）"
            ),
            object: other
        ) { after, session in
            let last = after.flatMap { Int64($0) } ?? 0
            let ids = try session.connection.rows(
                """
                SELECT "id" FROM \(name: other.key) WHERE \(condition) AND "id" > \(last) ORDER BY "id" LIMIT 100
                """
            ).compactMap { $0.id(0) }
            let items = try ids.map { try json(other, $0, session) }
            return HeldPage(items: items, next: ids.count == 100 ? ids.last.map { String($0.raw) } : nil)
        }
    }

    /// The files of the records that `records` asks for.
    private static func stored(
        _ key: String,
        _ object: ObjectDefinition,
        _ records: SQLFragment,
        _ label: Label
    ) -> HeldPart {
        HeldPart(key: key, label: label) { after, session in
            let last = after.flatMap { Int64($0) } ?? 0
            let files = try Files.held(object, of: records, after: last, limit: 200, session)
            let items = try files.map { file in
                var json = JSONWriter()
                file.write(to: &json)
                return try JSONReader.parse(json.text)
            }
            let next = files.count == 200 ? files.last.map { String($0.id.raw) } : nil
            return HeldPage(items: items, next: next, files: files)
        }
    }

    /// A record of any kind, in the recycle bin or not.
    private static func json(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession) throws -> JSONValue {
        var query = ListQuery()
        query.filter = "id = \"\(id)\""
        for deleted in [false, true] {
            query.deleted = deleted
            var writer = JSONWriter()
            try session.writeList(object, query, to: &writer)
            if let found = try JSONReader.parse(writer.text)["data"]?.array?.first { return found }
        }
        return .null
    }

    private static func history(_ key: String, _ condition: SQLFragment, _ label: Label) -> HeldPart {
        rows(key, label, ["seq", "at", "actor", "origin", "action", "object", "record", "changes"]) {
            """
            SELECT seq, at, actor_name, origin, action, object, record, changes, seq FROM sys_audit WHERE \(condition) \
            AND seq > \($0) ORDER BY seq LIMIT 200
            """
        }
    }

    // MARK: The parts of a user

    private static func parts(ofUser id: RecordID) -> [HeldPart] {
        [
            rows(
                "user",
                Label("User", zh: "成员"),
                ["name", "email", "team", "language", "time_zone", "state", "created_at"]
            ) {
                """
                SELECT u.name, u.email, t.name, u.language, u.time_zone, u.state, u.created_at, u.id FROM sys_user u \
                LEFT JOIN sys_team t ON t.id = u.team WHERE u.id = \(id) AND u.id > \($0)
                """
            },
            rows("log_ins", Label("Log-ins", zh: "登录记录"), ["at", "email", "address", "device", "outcome"]) {
                """
                SELECT at, email, address, device, outcome, id FROM sys_login WHERE user_id = \(id) AND id > \($0) \
                ORDER BY id LIMIT 200
                """
            },
            history("history", "actor = \(id)", Label("What the user did", zh: "操作记录")),
            rows("about", Label("What was done to the user", zh: "账号变更"), ["at", "actor", "action", "changes"]) {
                """
                SELECT at, actor_name, action, changes, seq FROM sys_audit WHERE record = \(id) \
                AND object = 'sys_user' AND seq > \($0) ORDER BY seq LIMIT 200
                """
            },
            rows("shares", Label("Shared with the user", zh: "共享给该成员的记录"), ["object", "record", "since"]) {
                """
                SELECT object, record, created_at, id FROM sys_share WHERE user_id = \(id) AND id > \($0) \
                ORDER BY id LIMIT 200
                """
            },
        ]
    }

    /// A part that is read from a table of the system: the last column is the place.
    private static func rows(
        _ key: String,
        _ label: Label,
        _ names: [String],
        _ sql: @escaping @Sendable (Int64) -> SQLFragment
    ) -> HeldPart {
        HeldPart(key: key, label: label) { after, session in
            let found = try session.connection.rows(sql(after.flatMap { Int64($0) } ?? 0))
            let items = found.map { row in
                JSONValue.object(zip(names, row.values).map { .init(key: $0, value: value($1, named: $0)) })
            }
            let next = found.count == 200 ? found.last?.values.last?.integer.map { String($0) } : nil
            return HeldPage(items: items, next: next)
        }
    }

    private static func value(_ value: SQLValue, named name: String) -> JSONValue {
        switch value {
        case .integer(let number) where ["at", "since", "created_at"].contains(name):
            .string(Instant(milliseconds: number).description)
        case .integer(let number) where name == "record": .string(RecordID(number).description)
        case .integer(let number) where name == "can_edit": .bool(number == 1)
        case .integer(let number): .number(String(number))
        case .text(let text) where name == "changes": (try? JSONReader.parse(text)) ?? .string(text)
        case .text(let text): .string(text)
        case .null, .real, .blob: .null
        }
    }
}
