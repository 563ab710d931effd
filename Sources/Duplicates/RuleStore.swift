import Database
import Identity
public import Records
import SQLText
public import Schema
public import Values

extension ReadSession {
    /// The rules by which duplicates of an object are found; nil where there are none.
    public func duplicateRules(of object: ObjectDefinition) throws -> DuplicateRules? {
        try compiledRules(of: object, activeOnly: false)?.rules
    }

    /// The rules with their fields, read once for each version of the schema.
    func compiledRules(of object: ObjectDefinition, activeOnly: Bool = true) throws -> CompiledRules? {
        let all = try remembered("duplicate rules") { () -> [String: CompiledRules] in
            var stored: [String: DuplicateRules] = [:]
            for row in try connection.rows("SELECT object, rules FROM sys_duplicate_rules") {
                // What this release cannot read is as if it were not there.
                stored[row.text(0)] = try? DuplicateRules(try JSONReader.parse(row.text(1)), of: nil)
            }
            var all: [String: CompiledRules] = [:]
            for object in schema.objects {
                guard let rules = stored[object.key] ?? DuplicateRules.preset(object.key) else { continue }
                let compiled = CompiledRules(rules, of: object)
                if !compiled.comparisons.isEmpty { all[object.key] = compiled }
            }
            return all
        }
        guard let rules = all[object.key], rules.rules.active || !activeOnly else { return nil }
        return rules
    }

    /// True when the keys of every record are made, so that none can be missed.
    func keysAreComplete(_ rules: CompiledRules) throws -> Bool {
        try connection.value(
            """
            SELECT complete FROM sys_duplicate_built
            WHERE object = \(rules.object.key) AND generation = \(rules.generation)
            """
        ).integer == 1
    }
}

extension WriteSession {
    /// Sets the rules of an object, from the form of `DuplicateRules.json`; null goes back to the preset. Needs the
    /// right to change the schema. Keys that other comparisons need are made afterwards by `prepareDuplicates`.
    public func setDuplicateRules(_ value: JSONValue, of object: ObjectDefinition) throws {
        try actor.require(.schema)
        if value.isNull {
            try connection.run("DELETE FROM sys_duplicate_rules WHERE object = \(object.key)")
        } else {
            let rules = try DuplicateRules(value, of: object)
            try connection.run(
                """
                INSERT INTO sys_duplicate_rules (object, rules) VALUES (\(object.key), \(rules.json.text))
                ON CONFLICT (object) DO UPDATE SET rules = excluded.rules
                """
            )
        }
        try renewSchema()
        try Audit.add(
            AuditEntry("duplicate_rules", object: object.key, changes: value.isNull ? nil : value.text),
            by: actor,
            at: now,
            on: connection
        )
    }

    /// Keeps the keys of a record like its values, in the same transaction.
    func followKeys(_ object: ObjectDefinition, _ change: RecordChange, _ saved: SavedRecord) throws {
        if change == .purged || change == .deleted { try forgetPairs(object, saved.record.id, change) }
        guard let rules = try compiledRules(of: object) else { return }
        func keys(_ record: AnyRecord?) -> Set<Int64> {
            record.map { record in Subject(rules, onlyFinding: true) { record.columns(of: $0) }.keys(rules) } ?? []
        }
        let (old, new): (Set<Int64>, Set<Int64>)
        switch change {
        case .created: (old, new) = ([], keys(saved.record))
        case .updated:
            guard rules.comparisons.contains(where: { part in isTouched(part, saved) }) else { return }
            (old, new) = (keys(saved.before), keys(saved.record))
        case .deleted, .purged: (old, new) = (keys(saved.before ?? saved.record), [])
        case .restored: (old, new) = ([], keys(saved.record))
        }
        let id = saved.record.id
        for key in old.subtracting(new) {
            try connection.run(
                """
                DELETE FROM sys_duplicate_key
                WHERE generation = \(rules.generation) AND hash = \(key) AND record = \(id)
                """
            )
        }
        try addKeys(new.subtracting(old), of: id, rules)
    }

    func addKeys(_ keys: some Sequence<Int64>, of id: RecordID, _ rules: CompiledRules) throws {
        // One by one: a statement that writes several rows makes SQLite store the search index anew each time.
        try connection.runAll(
            "INSERT INTO sys_duplicate_key (generation, hash, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            keys.lazy.map { [.integer(rules.generation), .integer($0), .integer(id.raw)] }
        )
    }

    private func isTouched(_ part: CompiledRules.Part, _ saved: SavedRecord) -> Bool {
        let fields = part.fields + (part.condition.map { [$0.field] } ?? [])
        return fields.contains { field in field.columns.contains { saved.changed($0.name) } }
    }

    /// A pair of which one record is gone is no question any more. What was decided stays while it may come back.
    private func forgetPairs(_ object: ObjectDefinition, _ id: RecordID, _ change: RecordChange) throws {
        for column in ["a", "b"] {
            let open: SQLFragment = change == .purged ? "" : " AND state = 'open'"
            let others = Counterpart.all(of: object.key).map(\.object).map { other in
                column == "a" ? Counterpart.pairs(object.key, other) : Counterpart.pairs(other, object.key)
            }
            let names = ([object.key] + others).map(SQLValue.text)
            try connection.run(
                "DELETE FROM sys_duplicate_pair WHERE object IN \(list: names) AND \(name: column) = \(id)" + open
            )
        }
    }
}

/// Keeps the keys of many new records, in the order of the keys: neighbours lie on the same page.
final class KeyFollower: RecordFollower {
    /// A comparison that finds, with where its fields stand in a record.
    private struct Finder {
        let part: CompiledRules.Part
        let fields: [(field: FieldDefinition, columns: Range<Int>)]
        let condition: (position: Int, key: String)?

        init(_ part: CompiledRules.Part, _ shape: Shape) {
            self.part = part
            fields = part.fields.map { ($0, shape.columns(ofField: $0.key)) }
            condition = part.condition.map { (shape.columns(ofField: $0.field.key).lowerBound, $0.key) }
        }
    }

    private struct Key: Comparable {
        let hash: Int64
        let record: Int64

        static func < (left: Key, right: Key) -> Bool {
            left.hash != right.hash ? left.hash < right.hash : left.record < right.record
        }
    }

    private let rules: CompiledRules
    private var finders: [Finder] = []
    private var keys: [Key] = []

    init(_ rules: CompiledRules) { self.rules = rules }

    func take(_ records: [AnyRecord]) {
        if finders.isEmpty, let shape = records.first?.shape {
            finders = rules.comparisons.filter(\.finds).map { Finder($0, shape) }
        }
        for record in records {
            for finder in finders { take(record, finder) }
        }
    }

    private func take(_ record: AnyRecord, _ finder: Finder) {
        if let condition = finder.condition, record.values[condition.position].text != condition.key { return }
        for (field, columns) in finder.fields where columns.contains(where: { !record.values[$0].isNull }) {
            let values = Array(record.values[columns])
            guard let value = ComparedValue(values, of: field, as: finder.part.method) else { continue }
            for key in value.keys(as: finder.part.method) {
                keys.append(Key(hash: rules.hash(key, finder.part), record: record.id.raw))
            }
        }
    }

    func finish(_ session: WriteSession) throws {
        keys.sort()
        let generation = SQLValue.integer(rules.generation)
        // A domain stands in the web site and in the address of e-mail.
        var last: Key?
        let each = keys.lazy.filter { key in
            defer { last = key }
            return last != key
        }
        try session.connection.runAll(
            "INSERT INTO sys_duplicate_key (generation, hash, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            each.map { [generation, .integer($0.hash), .integer($0.record)] }
        )
    }
}
