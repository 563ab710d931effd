import Database
import FieldKinds
import Identity
public import Records
import SQLText
public import Schema
public import Values

/// A record that is likely the same as one that is being entered.
public struct LikelyDuplicate: Sendable {
    /// The record, where the actor may see it; nil is all that others learn.
    public let record: AnyRecord?
    /// The key of its object: that of what is entered, or another one, as a customer that is like a lead.
    public let object: String
    /// The score and its reasons; nil where the record is not shown.
    public let score: DuplicateScore?
    /// The name of its owner; nil without one.
    public let owner: String?
    /// The name of its owner's team; nil without one.
    public let team: String?
    /// True when the rules refuse a second one.
    public let blocks: Bool

    /// A record of another object never refuses one of this.
    func unblocked() -> LikelyDuplicate {
        LikelyDuplicate(record: record, object: object, score: score, owner: owner, team: team, blocks: false)
    }
}

/// What a check found.
public struct DuplicateCheck: Sendable {
    /// The likeliest first, at most ten; then those of other objects.
    public let found: [LikelyDuplicate]
    /// False while the keys of older records are still being made: some may be missed.
    public let complete: Bool
    /// True when the rules refuse the record.
    public var blocks: Bool { found.contains(where: \.blocks) }
}

extension ReadSession {
    /// The records that are likely the same as one with these values, in the API's form. Values that cannot be read
    /// are left out, as are fields that the actor may not read. `id` is the record itself, where it exists already.
    public func duplicates(of object: ObjectDefinition, _ input: JSONValue, except id: RecordID? = nil) throws
        -> DuplicateCheck
    {
        let rules = try compiledRules(of: object)
        let counterparts = Counterpart.all(of: object.key)
        if rules == nil, counterparts.isEmpty { return DuplicateCheck(found: [], complete: true) }
        var values: [String: [SQLValue]] = [:]
        let present = try id.map { try find(object, $0) }
        for key in counterparts.reduce(rules?.fieldKeys ?? [], { $0.union($1.ownFields) }) {
            guard let field = object.field(key), right(on: field, of: object) != .hidden else { continue }
            if let given = input[key] {
                let style = InputStyle(baseCurrency: schema.baseCurrency, lenient: true)
                values[key] = try? field.read(given, style: style)
            } else if let present {
                values[key] = present.columns(of: field)
            } else if let preset = field.defaultJSON {
                values[key] = try? field.read(try JSONReader.parse(preset), style: InputStyle(baseCurrency: "CNY"))
            }
        }
        func columns(_ field: FieldDefinition) -> [SQLValue] { values[field.key] ?? field.columns.map { _ in .null } }
        let own = try rules.map { rules in
            try check(Subject(rules, columns), rules, except: id, settled: try settledPartners(of: id, object))
        }
        if let present, Counterpart.isPast(present, object) { return own ?? DuplicateCheck(found: [], complete: true) }
        let others = try self.counterparts(of: object, except: id, columns)
        return DuplicateCheck(
            found: (own?.found ?? []) + others.found,
            complete: (own?.complete ?? true) && others.complete
        )
    }

    /// The records that are likely the same as a stored one.
    public func duplicates(of object: ObjectDefinition, _ id: RecordID) throws -> DuplicateCheck {
        try duplicates(of: object, .object([]), except: id)
    }

    func check(_ subject: Subject, _ rules: CompiledRules, except id: RecordID?, settled: Set<RecordID>) throws
        -> DuplicateCheck
    {
        let object = rules.object
        let scored = try matches(subject, rules, from: rules.rules.warnAt, except: id, settled: settled).prefix(10)
        let visible = Set(try records(object, scored.map(\.record.id)).map(\.id))
        let owners = try owners(scored.compactMap(\.record.owner))
        let found = try scored.map { match in
            let isVisible = visible.contains(match.record.id)
            let owner = match.record.owner.flatMap { owners[$0] }
            return LikelyDuplicate(
                record: isVisible ? match.record : nil,
                object: object.key,
                score: isVisible ? try readable(match.score, object, [match.record.id]) : nil,
                owner: owner?.name,
                team: owner?.team,
                blocks: rules.rules.blockAt.map { match.score.points >= $0 } ?? false
            )
        }
        return DuplicateCheck(found: found, complete: try keysAreComplete(rules))
    }

    /// Reasons about fields that the actor may not read say more than they may know.
    func readable(_ score: DuplicateScore, _ object: ObjectDefinition, _ ids: [RecordID]) throws -> DuplicateScore {
        DuplicateScore(
            points: score.points,
            reasons: try score.reasons.filter { reason in
                try reason.fields.compactMap(object.field).allSatisfy { try mayRead($0, of: object, in: ids) }
            }
        )
    }

    /// Everybody's records that score at least `from`, the likeliest first. Nothing of them may be shown unasked.
    func matches(
        _ subject: Subject,
        _ rules: CompiledRules,
        from least: Int,
        except id: RecordID?,
        settled: Set<RecordID>
    ) throws -> [(record: AnyRecord, score: DuplicateScore)] {
        var ids: Set<RecordID> = []
        for key in subject.keys(rules).sorted() where ids.count < 900 {
            for row in try connection.rows(candidates(key, rules)) { if let found = row.id(0) { ids.insert(found) } }
        }
        if let id { ids.remove(id) }
        return try anyRecords(rules.object, ids.subtracting(settled).sorted()).map { record in
            (record, rules.score(subject, Subject(rules) { record.columns(of: $0) }))
        }
        .filter { $0.1.points >= least }
        .sorted { ($1.1.points, $0.0.id) < ($0.1.points, $1.0.id) }
    }

    /// The records that one key leads to; of a key that very many share, the first hundred.
    func candidates(_ key: Int64, _ rules: CompiledRules) -> SQLFragment {
        """
        SELECT record FROM sys_duplicate_key WHERE generation = \(rules.generation) AND hash = \(key) LIMIT 100
        """
    }

    /// What somebody has said is not the same is not warned of again.
    func settledPartners(of id: RecordID?, _ object: ObjectDefinition) throws -> Set<RecordID> {
        guard let id else { return [] }
        let rows = try connection.rows(
            """
            SELECT b FROM sys_duplicate_pair WHERE object = \(object.key) AND a = \(id) AND state = 'different'
            UNION ALL
            SELECT a FROM sys_duplicate_pair WHERE object = \(object.key) AND b = \(id) AND state = 'different'
            """
        )
        return Set(rows.compactMap { $0.id(0) })
    }

    private func owners(_ ids: [RecordID]) throws -> [RecordID: (name: String, team: String?)] {
        if ids.isEmpty { return [:] }
        let rows = try connection.rows(
            """
            SELECT u.id, u.name, m.name FROM sys_user u LEFT JOIN sys_team m ON m.id = u.team
            WHERE u.id IN \(list: ids.map { .integer($0.raw) })
            """
        )
        return Dictionary(
            rows.compactMap { row in row.id(0).map { ($0, (row.text(1), row[2].text)) } },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

extension WriteSession {
    /// Refuses a draft where the rules say that there must be no second one, wherever it comes from.
    func refuseDuplicate(_ object: ObjectDefinition, _ draft: AnyDraft) throws {
        guard let rules = try compiledRules(of: object), let blockAt = rules.rules.blockAt else { return }
        let keys = rules.fieldKeys
        let isTouched = keys.contains { key in
            object.field(key)?.columns.contains { draft.changes($0.name) } ?? false
        }
        guard draft.before == nil || isTouched else { return }
        let subject = Subject(rules) { draft.columns(of: $0) }
        let settled = try settledPartners(of: draft.before?.id, object)
        let found = try matches(subject, rules, from: blockAt, except: draft.before?.id, settled: settled)
        guard let match = found.first else { return }
        let isVisible = try may(.read, object, match.record.id)
        let name = match.record.name
        throw Problem(
            .conflict,
            "duplicate",
            isVisible
                ? Label(
                    "This is a duplicate of «\(name)» (\(match.record.id)). Change that record instead.",
                    zh: "与已有的“\(name)”（\(match.record.id)）重复，请直接在原记录上修改。"
                )
                : Label(
                    "There is a record of a colleague with the same data. Ask an administrator.",
                    zh: "同事已有一条相同的记录，请联系管理员处理。"
                )
        )
    }
}
