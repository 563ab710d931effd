import Database
import FieldKinds
import Identity
public import Records
import SQLText
public import Schema
public import Values

/// Another object whose records may be about the same person or company: leads are compared with customers and contacts,
/// and these with leads.
struct Counterpart: Sendable {
    /// The other object's key.
    let object: String
    /// For fields of the other object, the fields of this one that hold the same.
    let fields: [String: [String]]

    /// What the records of an object are compared with.
    static func all(of object: String) -> [Counterpart] {
        let person = ["email": ["email"], "wechat": ["wechat"]]
        let phones = ["mobile": ["mobile"], "phone": ["phone"]]
        switch object {
        case "lead":
            let company = [
                "name": ["company"], "phone": ["phone", "mobile"], "website": ["website"], "address": ["address"],
            ]
            return [
                Counterpart(object: "customer", fields: person.merging(company) { $1 }),
                Counterpart(
                    object: "contact",
                    fields: person.merging(phones) { $1 }.merging(["name": ["name"]]) { $1 }
                ),
            ]
        case "contact":
            return [
                Counterpart(object: "lead", fields: person.merging(phones) { $1 }.merging(["name": ["name"]]) { $1 })
            ]
        case "customer":
            let company = ["company": ["name"], "phone": ["phone"], "address": ["address"]]
            return [Counterpart(object: "lead", fields: person.merging(company) { $1 })]
        default: return []
        }
    }

    /// The fields of this object that count.
    var ownFields: Set<String> { Set(fields.values.flatMap { $0 } + ["name", "company", "type"]) }

    /// A record of this object as one of the other would look; `columns` answers the columns of a field.
    func subject(_ rules: CompiledRules, of own: ObjectDefinition, _ columns: (FieldDefinition) -> [SQLValue])
        -> Subject
    {
        func text(_ key: String) -> String { own.field(key).flatMap { columns($0).first?.text } ?? "" }
        return Subject(rules) { theirs -> [(field: FieldDefinition, columns: [SQLValue])] in
            var wanted = fields[theirs.key] ?? []
            switch (own.key, object, theirs.key) {
            // A lead without a company becomes a person among the customers.
            case ("lead", "customer", "type"):
                return [(theirs, [.text(text("company").isEmpty ? "person" : "company")])]
            case ("lead", "customer", "name") where text("company").isEmpty: wanted = ["name"]
            case ("customer", "lead", "company") where text("type") == "person": wanted = []
            case ("customer", "lead", "name") where text("type") == "person": wanted = ["name"]
            default: break
            }
            return wanted.compactMap { own.field($0) }.map { ($0, columns($0)) }
        }
    }

    /// Whether a record of the other object is past: what a converted lead said is with the customer.
    static func isPast(_ record: AnyRecord, _ object: ObjectDefinition) -> Bool {
        object.key == "lead" && object.field("status") != nil && record["status"].text == "converted"
    }

    /// Under which name pairs of the two objects are kept.
    static func pairs(_ own: String, _ other: String) -> String { own + "/" + other }
}

/// A lead and a customer or contact that is likely the same.
public struct CrossPair: Sendable {
    /// The record of the object that was asked for.
    public let own: AnyRecord
    /// The other object's key.
    public let object: String
    /// The record of the other object.
    public let other: AnyRecord
    /// The score and its reasons.
    public let score: DuplicateScore
}

extension ReadSession {
    /// What is likely the same among the records of other objects.
    func counterparts(
        of object: ObjectDefinition,
        except id: RecordID?,
        _ columns: (FieldDefinition) -> [SQLValue]
    ) throws -> DuplicateCheck {
        var (found, isComplete): ([LikelyDuplicate], Bool) = ([], true)
        for counterpart in Counterpart.all(of: object.key) {
            guard let other = schema.object(counterpart.object), !other.hidden, let rules = try compiledRules(of: other)
            else { continue }
            let check = try check(
                counterpart.subject(rules, of: object, columns),
                rules,
                except: nil,
                settled: try settledCounterparts(of: id, object.key, other.key)
            )
            found += check.found.filter { $0.record.map { !Counterpart.isPast($0, other) } ?? true }.map {
                $0.unblocked()
            }
            isComplete = isComplete && check.complete
        }
        return DuplicateCheck(found: found, complete: isComplete)
    }

    private func settledCounterparts(of id: RecordID?, _ own: String, _ other: String) throws -> Set<RecordID> {
        guard let id else { return [] }
        let rows = try connection.rows(
            """
            SELECT b FROM sys_duplicate_pair WHERE object = \(Counterpart.pairs(own, other)) AND a = \(id)
            AND state = 'different' UNION ALL
            SELECT a FROM sys_duplicate_pair WHERE object = \(Counterpart.pairs(other, own)) AND b = \(id)
            AND state = 'different'
            """
        )
        return Set(rows.compactMap { $0.id(0) })
    }

    /// Pairs of records of this object with those of others that a search found, as far as the actor may see both, the
    /// likeliest first; at most 200 of each object.
    public func crossPairs(of object: ObjectDefinition, _ state: DuplicateDecision = .open) throws -> [CrossPair] {
        try Counterpart.all(of: object.key).flatMap { counterpart -> [CrossPair] in
            guard let other = schema.object(counterpart.object), !other.hidden else { return [] }
            let rows = try connection.rows(
                """
                SELECT a, b, score, reasons FROM sys_duplicate_pair WHERE object = \(Counterpart.pairs(object.key, other.key))
                AND state = \(state.rawValue) ORDER BY score DESC, a, b LIMIT 200
                """
            )
            let mine = Dictionary(
                uniqueKeysWithValues: try records(object, Set(rows.compactMap { $0.id(0) }).sorted()).map {
                    ($0.id, $0)
                }
            )
            let theirs = Dictionary(
                uniqueKeysWithValues: try records(other, Set(rows.compactMap { $0.id(1) }).sorted()).map { ($0.id, $0) }
            )
            return try rows.compactMap { row in
                guard let a = row.id(0), let b = row.id(1), let own = mine[a], let found = theirs[b],
                    !Counterpart.isPast(own, object)
                else { return nil }
                let reasons = (try JSONReader.parse(row.text(3)).array ?? []).compactMap {
                    DuplicateScore.Reason($0, of: other)
                }
                let score = DuplicateScore(points: Int(row.integer(2)), reasons: reasons)
                return CrossPair(own: own, object: other.key, other: found, score: try readable(score, other, [b]))
            }
        }
    }

    /// One step of a search over the leads: what is found among the records of another object.
    func nextCrossStep(_ key: String, _ counterpart: Counterpart) throws -> RunStep? {
        guard let object = schema.object(key), let other = schema.object(counterpart.object),
            let run = try duplicateRuns(named: Counterpart.pairs(key, other.key), limit: 1).first, run.state == .running
        else { return nil }
        var step = RunStep(run: run)
        guard let rules = try compiledRules(of: other), run.hash < Int64.max else { return step }
        let records = try anyRecords(object, after: RecordID(run.hash), limit: RunStep.crossSize)
        for record in records where !Counterpart.isPast(record, object) {
            let subject = counterpart.subject(rules, of: object) { record.columns(of: $0) }
            let settled = try settledCounterparts(of: record.id, key, other.key)
            for match in try matches(subject, rules, from: rules.rules.warnAt, except: nil, settled: settled).prefix(10)
            {
                step.pairs.append(.init(a: record.id, b: match.record.id, score: match.score))
            }
        }
        step.seen = Int64(records.count)
        step.hash = records.count < RunStep.crossSize ? nil : records.last?.id.raw
        return step
    }
}

extension WriteSession {
    /// Says that a record and one of another object are not the same. Needs the right to change the first.
    public func decideCounterparts(
        _ object: ObjectDefinition,
        _ id: RecordID,
        against other: ObjectDefinition,
        _ otherID: RecordID,
        _ decision: DuplicateDecision
    ) throws {
        _ = try find(other, otherID)
        guard try records(object, [id], for: .update).count == 1 else {
            throw Problem.forbidden(
                Label("You may read this record but not change it.", zh: "您只能查看这条记录，不能修改。")
            )
        }
        try connection.run(
            """
            INSERT INTO sys_duplicate_pair (object, a, b, score, reasons, state, run, decided_at, decided_by)
            VALUES (\(Counterpart.pairs(object.key, other.key)), \(id), \(otherID), 0, '[]', \(decision.rawValue), 0, \
            \(now), \(actor.userID))
            ON CONFLICT (object, a, b) DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at,
                decided_by = excluded.decided_by
            """
        )
        var json = JSONWriter()
        json.object { json in
            json.member("decision", decision.rawValue)
            json.member("records", "\(id), \(otherID)")
        }
        try Audit.add(
            AuditEntry("duplicate_decision", object: object.key, record: id, changes: json.text),
            by: actor,
            at: now,
            on: connection
        )
    }
}
