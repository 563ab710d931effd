import Database
import Files
public import Identity
import Records
import SQLText
import Schema
public import Values

/// What erasing a person would take, before it is done.
public struct ErasurePreview: Sendable {
    /// The name that must be typed to confirm.
    public var name = ""
    /// The labels of the fields that are emptied and have a value now.
    public var fields: [Label] = []
    /// Notes on the person whose texts are emptied.
    public var notes: Int64 = 0
    /// Entries of the audit log about the person and the notes.
    public var entries: Int64 = 0
    /// Files that are deleted.
    public var files: Int64 = 0
    /// Records that stay and no longer name the person, by the label of their object.
    public var kept: [(label: Label, count: Int64)] = []
    /// When the person was erased before.
    public var erasedAt: Instant?
}

/// What erasing a person has done.
public struct ErasureReport: Sendable {
    /// What stands in place of the name.
    public var token = ""
    /// The keys of the fields that were emptied.
    public var fields: [String] = []
    /// Notes whose texts were emptied.
    public var notes: Int64 = 0
    /// Other records in which the person was named.
    public var mentions: Int64 = 0
    /// Entries of the audit log whose values were erased.
    public var entries: Int64 = 0
    /// Files that were deleted.
    public var files: Int64 = 0
    /// Lines of kept import files that were blanked.
    public var lines: Int64 = 0

    /// Adds what erasing another record of the same person has done.
    mutating func add(_ other: ErasureReport) {
        fields += other.fields.filter { !fields.contains($0) }
        notes += other.notes
        mentions += other.mentions
        lines += other.lines
        entries += other.entries
        files += other.files
    }

    /// Writes it as the API shows it.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", token)
            json.key("fields")
            json.array { json in for field in fields { json.string(field) } }
            json.member("notes", notes)
            json.member("mentions", mentions)
            json.member("audit_entries", entries)
            json.member("files", files)
            json.member("import_lines", lines)
        }
    }
}

extension Privacy {
    /// What erasing a person would take. Needs the right to erase; throws `invalid` for what is no person.
    public func preview(_ plural: String, _ id: RecordID, as actor: Actor) async throws -> ErasurePreview {
        let rules = rules
        return try await engine.read(as: actor) { session in
            let person = try Person(plural, id, rules, session)
            let connection = session.connection
            var preview = ErasurePreview()
            preview.name = person.record.name
            preview.fields = person.personalFields.filter { field in
                person.record.columns(of: field).contains { !$0.isNull }
            }.map(\.label)
            let key = person.object.key
            func count(_ sql: SQLFragment) throws -> Int64 { try connection.value(sql).integer ?? 0 }
            preview.entries = try count("SELECT count(*) FROM sys_audit WHERE record = \(id) AND object = \(key)")
            preview.files = try count("SELECT count(*) FROM sys_file WHERE record = \(id) AND object = \(key)")
            for reference in person.references(session.schema) {
                let condition = reference.condition(person)
                let here = try count("SELECT count(*) FROM \(name: reference.object.key) WHERE \(condition)")
                guard here > 0 else { continue }
                if reference.isNote {
                    preview.notes += here
                    let ids: SQLFragment = "(SELECT \"id\" FROM \(name: reference.object.key) WHERE \(condition))"
                    preview.entries += try count("SELECT count(*) FROM sys_audit WHERE record IN " + ids)
                    preview.files += try count("SELECT count(*) FROM sys_file WHERE record IN " + ids)
                } else {
                    preview.kept.append((reference.object.pluralLabel, here))
                }
            }
            preview.erasedAt = try connection.value("SELECT max(at) FROM sys_erasure WHERE record = \(id)").integer.map
            {
                Instant(milliseconds: $0)
            }
            return preview
        }
    }

    /// Erases a person for ever: their fields, notes on them, files, and their values in the audit log. Records that
    /// count stay. `confirmation` must be the person's name as it is stored.
    public func erase(
        _ plural: String,
        _ id: RecordID,
        confirmation: String,
        reason: String? = nil,
        as actor: Actor
    ) async throws -> ErasureReport {
        let report = try await erase(plural, id, reason: reason, as: actor) { person in
            guard confirmation == person.record.name else {
                throw Problem.invalid(
                    "confirm",
                    "not_confirmed",
                    Label("Type the name exactly as it is shown.", zh: "请准确输入所显示的姓名以确认。")
                )
            }
        }
        // What was overwritten stands in the log of the database until that is emptied.
        engine.database.checkpoint()
        return report
    }
}

/// Erases one person inside a write.
struct Eraser {
    private let person: Person
    private let session: WriteSession
    /// Records that went into this one and were deleted for ever: only the audit log knows them.
    private let gone: [RecordID]
    /// The texts by which the person is or was known.
    let identifiers: [String]
    private let token: String
    /// Records that were not changed since then have been looked at in steps before; nil when there were none.
    private let since: Instant?
    /// Whether this is one of several steps, in which the person itself is still whole.
    var isStep = false
    private var seals: [JSONValue.Member] = []
    private(set) var report = ErasureReport()
    /// The contents of the files that were deleted.
    private(set) var hashes: [String] = []

    init(
        _ person: Person,
        gone: [RecordID] = [],
        token: String,
        since: Instant? = nil,
        _ session: WriteSession
    ) throws {
        (self.person, self.session, self.gone) = (person, session, gone)
        (self.token, self.since) = (token, since)
        identifiers = try person.identifiers(ever: session.connection)
        report.token = token
    }

    /// The last transaction: what is left of the person's notes, the records merged into it, and the person.
    static func end(
        _ person: Person,
        _ tokens: [RecordID: String],
        since: Instant?,
        _ reason: String?,
        _ session: WriteSession
    ) throws -> Privacy.Step {
        // Records that were merged into this one, and lie in the recycle bin since, are the same person.
        let merged = try MergedPersons(person, session)
        func token(_ id: RecordID) -> String { tokens[id] ?? Person.token() }
        var eraser = try Eraser(person, gone: merged.gone, token: token(person.id), since: since, session)
        try eraser.run(reason)
        var step = Privacy.Step(report: eraser.report, hashes: eraser.hashes, texts: eraser.identifiers)
        for id in merged.there {
            let record = try session.completely().findAnywhere(person.object, id)
            var other = try Eraser(Person(merged: record, person), token: token(id), since: since, session)
            try other.run(reason)
            step.report.add(other.report)
            step.hashes += other.hashes
            step.texts += other.identifiers
        }
        return step
    }

    mutating func run(_ reason: String?) throws {
        let (object, id, connection) = (person.object, person.id, session.connection)
        try blankPerson()
        for reference in person.references(session.schema) {
            var last: Int64? = 0
            while let from = last { last = try blank(reference, after: from, limit: 200) }
        }
        try forgetElsewhere()
        let erased = ErasedPerson(object: object.key, id: id, token: token, identifiers: identifiers)
        for erase in person.rules.erasing { try erase(erased, session) }
        report.entries = Int64(seals.count)
        try connection.run(
            """
            INSERT INTO sys_erasure (id, object, record, at, actor, reason) VALUES (\(session.newID()), \
            \(object.key), \(id), \(session.now), \(session.actor.userID), \(reason))
            """
        )
        var details: [JSONValue.Member] = [
            .init(key: "fields", value: .array(report.fields.map(JSONValue.string))),
            .init(key: "notes", value: .number(String(report.notes))),
            .init(key: "mentions", value: .number(String(report.mentions))),
            .init(key: "files", value: .number(String(report.files))),
        ]
        if let reason { details.append(.init(key: "reason", value: .string(reason))) }
        try session.sealErasure(object.key, id, details: details, seals: seals)
    }

    /// Tells the log what one of several steps has done.
    mutating func sealStep() throws {
        guard !seals.isEmpty else { return }
        seals = Eraser.unique(seals)
        report.entries = Int64(seals.count)
        let details = [JSONValue.Member(key: "notes", value: .number(String(report.notes)))]
        try session.sealErasure(person.object.key, person.id, details: details, seals: seals)
    }

    /// One entry may have been rewritten for several texts: the last seal counts.
    private static func unique(_ seals: [JSONValue.Member]) -> [JSONValue.Member] {
        Dictionary(seals.map { ($0.key, $0) }) { $1 }.values.sorted {
            (Int64($0.key) ?? 0) < (Int64($1.key) ?? 0)
        }
    }

    private mutating func blankPerson() throws {
        let (object, record) = (person.object, person.record)
        let fields = person.personalFields
        report.fields = fields.filter { field in record.columns(of: field).contains { !$0.isNull } }.map(\.key)
        try eraseFiles(object, record.id)
        try session.blank(object, record, emptied(fields, of: object))
        try person.forgetFormer([record.id] + gone, Set(fields.map(\.key)), token, session)
        for id in [record.id] + gone { try eraseAudit(object, id, personal: Set(fields.map(\.key))) }
        // The entries of merges into other records tell values of this one, even of merges that were taken back.
        for id in try MergedPersons.survivors(of: person, session) {
            try eraseAudit(object, id, personal: Set(fields.map(\.key)), only: " AND action IN ('merge', 'unmerge')")
        }
    }

    /// Every column of the fields empty, and the token where the name was.
    private func emptied(_ fields: [FieldDefinition], of object: ObjectDefinition) -> [String: SQLValue] {
        var columns: [String: SQLValue] = [:]
        for field in fields { for column in field.columns { columns[column.name] = .null } }
        if columns[object.nameField] != nil { columns[object.nameField] = .text(token) }
        return columns
    }

    /// Notes lose their texts; of other records only what names the person is replaced. Deals with `limit` records
    /// behind the id `last`; the answer is where to go on, nil when there are no more.
    mutating func blank(_ reference: Person.Reference, after last: Int64, limit: Int64) throws -> Int64? {
        let object = reference.object
        let fields = object.fields.filter { $0.isPersonal && !$0.kind.isComputed }
        let keys = Set(fields.map(\.key))
        let rows = try session.connection.rows(
            """
            SELECT "id" FROM \(name: object.key) WHERE \(reference.condition(person)) AND "id" > \(last)
            """ + remaining(reference, keys) + " ORDER BY \"id\" LIMIT \(limit)"
        )
        for id in rows.compactMap({ $0.id(0) }) {
            let record = try session.completely().findAnywhere(object, id)
            if reference.isNote {
                try eraseFiles(object, id)
                try session.blank(object, record, emptied(fields, of: object))
                report.notes += 1
            } else {
                let before = record.version
                if try session.blank(object, record, renamed(record, fields)).version != before {
                    report.mentions += 1
                }
            }
            try eraseAudit(object, id, personal: reference.isNote ? keys : [])
        }
        if reference.isNote { try person.forgetFormer(rows.compactMap { $0.id(0) }, keys, token, session) }
        return rows.count < limit ? nil : rows.last?.id(0)?.raw
    }

    /// What a step before has emptied already: notes bear the token, others were changed since.
    private func remaining(_ reference: Person.Reference, _ personal: Set<String>) -> SQLFragment {
        // Without steps nothing was emptied before, though names that follow the person's bear the token by now.
        guard isStep || since != nil else { return "" }
        let name = reference.object.nameField
        if reference.isNote, personal.contains(name) {
            return " AND (\(name: name) IS NULL OR \(name: name) <> \(token))"
        }
        return since.map { " AND \"updated_at\" >= \($0)" } ?? ""
    }

    private func renamed(_ record: AnyRecord, _ fields: [FieldDefinition]) -> [String: SQLValue] {
        var columns: [String: SQLValue] = [:]
        for column in fields.flatMap(\.columns) {
            guard let text = record[column.name].text else { continue }
            let renamed = renamed(text)
            if renamed != text { columns[column.name] = .text(renamed) }
        }
        return columns
    }

    private func renamed(_ text: String) -> String {
        identifiers.reduce(text) { $0.replacing($1, with: token) }
    }

    // MARK: Audit, files and the rest

    private mutating func eraseAudit(
        _ object: ObjectDefinition,
        _ id: RecordID,
        personal: Set<String>,
        only: SQLFragment = ""
    ) throws {
        let (token, rename) = (token, rename)
        seals += try session.eraseFromAudit("record = \(id) AND object = \(object.key)" + only) { changes in
            guard case .object(let members) = changes else { return rename(changes) }
            return .object(
                members.map { member in
                    // A file is known by its name, which people choose freely.
                    guard personal.contains(member.key) || member.key == "file" else {
                        return .init(key: member.key, value: rename(member.value))
                    }
                    return .init(key: member.key, value: Eraser.blanked(member.value, token))
                }
            )
        }
    }

    /// What is there becomes the token; what was empty stays so.
    static func blanked(_ value: JSONValue, _ token: String) -> JSONValue {
        switch value {
        case .null: .null
        case .array(let items): .array(items.map { blanked($0, token) })
        default: .string(token)
        }
    }

    private var rename: (JSONValue) -> JSONValue {
        let (identifiers, token) = (identifiers, token)
        func walk(_ value: JSONValue) -> JSONValue {
            switch value {
            case .string(let text): .string(identifiers.reduce(text) { $0.replacing($1, with: token) })
            case .array(let items): .array(items.map(walk))
            case .object(let members): .object(members.map { .init(key: $0.key, value: walk($0.value)) })
            default: value
            }
        }
        return walk
    }

    private mutating func eraseFiles(_ object: ObjectDefinition, _ id: RecordID) throws {
        let found = try Files.remove(of: object, id, session)
        report.files += Int64(found.count)
        hashes += found
    }

    /// Entries of the audit log about no record, such as the filter of an export. Answers that are kept for repeated
    /// requests are encrypted, so that nobody can look for a person in them; they go within two days.
    private mutating func forgetElsewhere() throws {
        for text in identifiers {
            seals += try session.eraseFromAudit("record IS NULL AND instr(changes, \(text)) > 0", rewrite: rename)
        }
        try MergedPersons.forget(person, session)
        for (table, column) in try Eraser.texts(session.connection) {
            for text in identifiers {
                try session.connection.run(
                    """
                    UPDATE \(name: table) SET \(name: column) = replace(\(name: column), \(text), \(token)) \
                    WHERE instr(\(name: column), \(text)) > 0
                    """
                )
            }
        }
        seals = Eraser.unique(seals)
    }

    /// The text columns of small system tables, in which a name may stand as part of something else: reasons, filters,
    /// file names. People who use the workspace are not those who are erased.
    private static func texts(_ connection: Connection) throws -> [(table: String, column: String)] {
        let others: Set<String> = [
            "sys_audit", "sys_audit_head", "sys_outbox", "sys_user", "sys_team", "sys_role", "sys_user_role",
            "sys_credential", "sys_session", "sys_api_key", "sys_login", "sys_link", "sys_throttle", "sys_object",
            "sys_field", "sys_erasure", "sys_idempotency", "sys_kept", "sys_import_record", "sys_stage_history",
            "sys_duplicate_key", "sys_duplicate_rules", "sys_counter", "sys_rate", "sys_share", "sys_setting",
            "sys_retention", "sys_job_plan",
        ]
        return try connection.tables().filter { $0.hasPrefix("sys_") && !others.contains($0) }.flatMap { table in
            try connection.columns(of: table).filter { $0.isText && $0.keyPosition == 0 }.map { (table, $0.name) }
        }
    }
}
