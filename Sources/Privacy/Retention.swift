import Database
import Expressions
import Identity
public import Records
import SQLText
import Schema
public import Values

/// A rule how long records are kept.
public struct RetentionRule: Sendable, Equatable {
    /// What happens when the time is over.
    public enum Action: String, Sendable, CaseIterable {
        /// Moves the record to the recycle bin.
        case delete
        /// Deletes for ever what is in the recycle bin.
        case purge
        /// Erases the person.
        case erase

        /// The name for people.
        public var label: Label {
            switch self {
            case .delete: Label("Move to the recycle bin", zh: "移入回收站")
            case .purge: Label("Delete for ever from the recycle bin", zh: "从回收站彻底删除")
            case .erase: Label("Erase the person", zh: "抹除个人信息")
            }
        }
    }

    /// The rule's id.
    public var id: RecordID
    /// The key of the object.
    public var object: String
    /// An expression that is true for the records concerned; empty for all.
    public var filter: String
    /// The date or time that counts: `updated_at`, `created_at`, or a field of the object. In the recycle bin always
    /// the deletion.
    public var field: String
    /// After how many days.
    public var days: Int64
    /// What happens then.
    public var action: Action
    /// Whether it runs.
    public var active: Bool
    /// When it ran last.
    public var ranAt: Instant?
    /// How many records it dealt with then.
    public var ranCount: Int64?

    /// A rule that is not stored yet.
    public init(
        object: String,
        filter: String = "",
        field: String = "updated_at",
        days: Int64,
        action: Action,
        active: Bool = true
    ) {
        id = RecordID(0)
        (self.object, self.filter, self.field, self.days) = (object, filter, field, days)
        (self.action, self.active) = (action, active)
    }

    init?(_ row: Row) {
        guard let id = row.id(0), let action = Action(rawValue: row.text(5)) else { return nil }
        self.id = id
        (object, filter, field, days) = (row.text(1), row.text(2), row.text(3), row.integer(4))
        (self.action, active) = (action, row.integer(6) == 1)
        ranAt = row[7].integer.map { Instant(milliseconds: $0) }
        ranCount = row[8].integer
    }

    static let columns: SQLFragment = "id, object, filter, field, days, action, active, ran_at, ran_count"

    /// Writes it as the API shows it.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.description)
            json.member("object", object)
            json.member("filter", filter)
            json.member("field", field)
            json.member("days", days)
            json.member("action", action.rawValue)
            json.member("active", active)
            json.member("ran_at", ranAt?.description)
            json.key("ran_count")
            if let ranCount { json.integer(ranCount) } else { json.null() }
        }
    }
}

/// Which records a rule would deal with now.
public struct RetentionPreview: Sendable {
    /// How many.
    public var count: Int64 = 0
    /// The first of them.
    public var names: [(id: RecordID, name: String)] = []
}

extension Privacy {
    /// The rules, in the order in which they were made. Needs the right to handle personal data.
    public static func retention(_ session: ReadSession) throws -> [RetentionRule] {
        try session.actor.require(.privacy)
        return try session.connection.rows(
            "SELECT \(RetentionRule.columns) FROM sys_retention ORDER BY id LIMIT 500"
        ).compactMap { RetentionRule($0) }
    }

    /// Stores a new rule. Throws `invalid` for what could not run.
    public func add(_ rule: RetentionRule, _ session: WriteSession) throws -> RetentionRule {
        try check(rule, session)
        var rule = rule
        rule.id = session.newID()
        try session.connection.run(
            """
            INSERT INTO sys_retention (id, object, filter, field, days, action, active, created_at, created_by) VALUES \
            (\(rule.id), \(rule.object), \(rule.filter), \(rule.field), \(rule.days), \(rule.action.rawValue), \
            \(rule.active ? 1 : 0), \(session.now), \(session.actor.userID))
            """
        )
        try note(rule, before: nil, session)
        return rule
    }

    /// Switches a rule on or off.
    public func set(_ id: RecordID, active: Bool, _ session: WriteSession) throws -> RetentionRule {
        guard var rule = try Privacy.retention(session).first(where: { $0.id == id }) else { throw Problem.notFound }
        let before = rule
        rule.active = active
        try session.connection.run("UPDATE sys_retention SET active = \(active ? 1 : 0) WHERE id = \(id)")
        try note(rule, before: before, session)
        return rule
    }

    /// Removes a rule.
    public func remove(_ id: RecordID, _ session: WriteSession) throws {
        guard let rule = try Privacy.retention(session).first(where: { $0.id == id }) else { throw Problem.notFound }
        try session.connection.run("DELETE FROM sys_retention WHERE id = \(id)")
        try RetentionCount(id).forget(on: session.connection)
        try note(nil, before: rule, session)
    }

    private func note(_ rule: RetentionRule?, before: RetentionRule?, _ session: WriteSession) throws {
        func told(_ rule: RetentionRule?) -> JSONValue {
            guard let rule else { return .null }
            var json = JSONWriter()
            rule.write(to: &json)
            return (try? JSONReader.parse(json.text)) ?? .null
        }
        let changes = JSONValue.object([.init(key: "rule", value: .array([told(before), told(rule)]))])
        try Audit.add(
            AuditEntry("retention", object: rule?.object ?? before?.object, changes: changes.text),
            by: session.actor,
            at: session.now,
            on: session.connection
        )
    }

    private func check(_ rule: RetentionRule, _ session: ReadSession) throws {
        try session.actor.require(.privacy)
        guard let object = session.schema.object(rule.object), !object.hidden else {
            throw Problem.invalid("object", "unknown_object", Label("There is no such object.", zh: "没有这个对象。"))
        }
        guard (1...36_500).contains(rule.days) else {
            throw Problem.invalid("days", "out_of_range", Label("Use 1 to 36500 days.", zh: "请填写 1 到 36500 天。"))
        }
        switch object.field(rule.field)?.kind {
        case .day, .instant: break
        default:
            throw Problem.invalid(
                "field",
                "not_a_date",
                Label("Choose a date or time of the object.", zh: "请选择该对象的日期或时间字段。")
            )
        }
        if rule.action == .erase, !Person.mayBe(object, rules) {
            throw Problem.invalid(
                "action",
                "not_a_person",
                Label("Only records of persons can be erased.", zh: "只有个人类记录可以抹除。")
            )
        }
        if !rule.filter.isEmpty { _ = try session.check(rule.filter, on: object) }
    }

    // MARK: What is due

    /// What a rule would deal with now, stored or not.
    public func due(_ rule: RetentionRule, _ session: ReadSession) throws -> RetentionPreview {
        try check(rule, session)
        let all = try session.completely()
        guard let object = all.schema.object(rule.object) else { throw Problem.notFound }
        var query = query(rule, object, all)
        var preview = RetentionPreview()
        preview.count = try all.count(object, query)
        query.limit = 20
        query.fields = [object.nameField]
        let page = try all.list(object, query)
        preview.names = page.rows.map { row in
            (row.id, page.plan.slot(object.nameField).flatMap { row.values($0).first?.text } ?? "")
        }
        return preview
    }

    private func query(_ rule: RetentionRule, _ object: ObjectDefinition, _ session: ReadSession) -> ListQuery {
        let before = session.now.adding(milliseconds: -rule.days * 86_400_000)
        var query = ListQuery()
        query.deleted = rule.action == .purge
        // Deleting is the last change of what is in the recycle bin.
        let key = query.deleted ? "updated_at" : rule.field
        let isDay = object.field(key)?.kind == .day
        let moment = isDay ? String(before.description.prefix(10)) : before.description
        var parts = ["\(key) < \"\(moment)\""]
        if !rule.filter.isEmpty { parts.append("(\(rule.filter))") }
        if rule.action == .erase {
            parts.append("not (\(object.nameField) starts with \"\(Person.mark)\")")
            if let person = rules.persons.first(where: { $0.object == object.key }), let field = person.field {
                let keys = person.keys.sorted().map { "\"\($0)\"" }
                parts.append("\(field) in (\(keys.joined(separator: ", ")))")
            }
        }
        query.filter = parts.joined(separator: " and ")
        query.sort = isDay ? [] : [key]
        query.limit = 100
        return query
    }

    /// Runs the rules that are switched on and have not run for twenty hours; the answer is how many records they dealt
    /// with. In small portions, so that nobody waits.
    @discardableResult
    public func runRetention() async throws -> Int64 {
        let system = Actor.system("retention")
        let now = engine.clock.now()
        let rules = try await engine.read(as: system) { try Privacy.retention($0) }
        var total: Int64 = 0
        for rule in rules where rule.active {
            if let ran = rule.ranAt, now.milliseconds - ran.milliseconds < 20 * 3_600_000 { continue }
            try await run(rule, as: system)
            let count = RetentionCount(rule.id)
            total += try await engine.database.write { try count.end(at: now, on: $0) }
        }
        // What was erased stands in the log of the database until that is emptied.
        if total > 0 { engine.database.checkpoint() }
        return total
    }

    private func run(_ rule: RetentionRule, as system: Actor) async throws {
        var refused: Set<RecordID> = []
        while true {
            let (object, ids) = try await engine.read(as: system) { session in
                guard let object = session.schema.object(rule.object), !object.hidden else { throw Problem.notFound }
                var query = self.query(rule, object, session)
                query.limit = 200
                query.fields = [object.nameField]
                return (object, try session.list(object, query).rows.map(\.id))
            }
            let wanted = ids.filter { !refused.contains($0) }
            if wanted.isEmpty { return }
            for id in wanted {
                do {
                    try await apply(rule, object, id, as: system)
                } catch is Problem {
                    // A hook may have refused it, or somebody was quicker; the next day tries again.
                    refused.insert(id)
                }
            }
            if refused.count >= 200 { return }
        }
    }

    private func apply(
        _ rule: RetentionRule,
        _ object: ObjectDefinition,
        _ id: RecordID,
        as system: Actor
    ) async throws {
        let count = RetentionCount(rule.id)
        switch rule.action {
        case .delete:
            try await engine.write(as: system) { session in
                try session.delete(object, id)
                try count.add(on: session.connection)
            }
        case .purge:
            try await engine.write(as: system) { session in
                try session.purge(object, id)
                try count.add(on: session.connection)
            }
        case .erase:
            try await engine.database.write { try count.begin(erasing: id, on: $0) }
            _ = try await erase(object.plural, id, reason: "retention", as: system) { _ in }
        }
    }
}
