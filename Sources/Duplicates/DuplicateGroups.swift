import Database
import Identity
public import Records
import SQLText
public import Schema
public import Values

/// What was decided about two records that a run found.
public enum DuplicateDecision: String, Sendable, CaseIterable {
    /// Not decided.
    case open
    /// They are not the same; no run and no warning names them again.
    case different
    /// To be looked at another time.
    case later
}

/// Records that are likely the same, two or more.
public struct DuplicateGroup: Sendable {
    /// Two of them.
    public struct Pair: Sendable {
        /// The older one.
        public let a: RecordID
        /// The younger one.
        public let b: RecordID
        /// The score and its reasons.
        public let score: DuplicateScore
    }

    /// The records, oldest first; at most twenty.
    public let records: [AnyRecord]
    /// The pairs among them, the likeliest first.
    public let pairs: [Pair]
    /// The highest score.
    public var points: Int { pairs.first?.score.points ?? 0 }
}

extension ReadSession {
    /// Groups of likely duplicates that the actor may see, the likeliest first, and where the next page begins.
    public func duplicateGroups(
        of object: ObjectDefinition,
        _ state: DuplicateDecision = .open,
        limit: Int = 50,
        cursor: String? = nil
    ) throws -> (groups: [DuplicateGroup], next: String?) {
        let rows = try pairs(of: object, state, try PairCursor(cursor), limit: limit + 1)
        var groups: [DuplicateGroup] = []
        for row in rows.prefix(limit) {
            let group = try self.group(of: row, object, state)
            // A group is listed once, at its likeliest pair.
            if let group, group.pairs.first?.a == row.a, group.pairs.first?.b == row.b { groups.append(group) }
        }
        let last = rows.count > limit ? rows[limit - 1] : nil
        return (groups, last.map { "\($0.score.points)-\($0.a)-\($0.b)" })
    }

    private struct PairCursor {
        var points: Int64 = 101
        var a = RecordID(Int64.max)
        var b = RecordID(Int64.max)

        init(_ text: String?) throws {
            guard let text else { return }
            let parts = text.split(separator: "-").map(String.init)
            guard parts.count == 3, let points = Int64(parts[0]), let a = RecordID(parts[1]), let b = RecordID(parts[2])
            else {
                throw Problem.malformed(
                    "bad_cursor",
                    Label("This cursor is not from this list.", zh: "分页位置无效，请重新查询。")
                )
            }
            (self.points, self.a, self.b) = (points, a, b)
        }
    }

    private func pairs(
        of object: ObjectDefinition,
        _ state: DuplicateDecision,
        _ cursor: PairCursor,
        limit: Int
    ) throws -> [DuplicateGroup.Pair] {
        var sql: SQLFragment = """
            SELECT p.a, p.b, p.score, p.reasons FROM sys_duplicate_pair p
            JOIN \(name: object.key) ta ON ta."id" = p.a AND ta."deleted_at" IS NULL
            JOIN \(name: object.key) tb ON tb."id" = p.b AND tb."deleted_at" IS NULL
            WHERE p.object = \(object.key) AND p.state = \(state.rawValue)
            AND (p.score, p.a, p.b) < (\(cursor.points), \(cursor.a), \(cursor.b))
            """
        for alias in ["ta", "tb"] {
            if let sight = condition(.read, on: object, alias: alias) { sql += " AND " + sight }
        }
        sql += " ORDER BY p.score DESC, p.a DESC, p.b DESC LIMIT \(limit)"
        return try connection.rows(sql).compactMap { try pair($0, object) }
    }

    private func pair(_ row: Row, _ object: ObjectDefinition) throws -> DuplicateGroup.Pair? {
        guard let a = row.id(0), let b = row.id(1) else { return nil }
        let reasons = (try JSONReader.parse(row.text(3)).array ?? []).compactMap {
            DuplicateScore.Reason($0, of: object)
        }
        let score = DuplicateScore(points: Int(row.integer(2)), reasons: reasons)
        return DuplicateGroup.Pair(a: a, b: b, score: try readable(score, object, [a, b]))
    }

    /// Everything that hangs together with a pair by other pairs, as far as the actor may see it.
    private func group(of first: DuplicateGroup.Pair, _ object: ObjectDefinition, _ state: DuplicateDecision) throws
        -> DuplicateGroup?
    {
        var visible: [RecordID: AnyRecord] = [:]
        var known: Set<RecordID> = []
        var pairs: [[RecordID]: DuplicateGroup.Pair] = [[first.a, first.b]: first]
        var next: Set<RecordID> = [first.a, first.b]
        while !next.isEmpty, known.count < 20 {
            for record in try records(object, next.sorted()) { visible[record.id] = record }
            known.formUnion(next)
            let list = next.filter { visible[$0] != nil }.sorted().map { SQLValue.integer($0.raw) }
            let columns: SQLFragment = "SELECT a, b, score, reasons FROM sys_duplicate_pair"
            let rows = try connection.rows(
                """
                \(columns) WHERE object = \(object.key) AND a IN \(list: list) AND state = \(state.rawValue)
                UNION \(columns) WHERE object = \(object.key) AND b IN \(list: list) AND state = \(state.rawValue)
                LIMIT 400
                """
            )
            for row in rows { if let pair = try pair(row, object) { pairs[[pair.a, pair.b]] = pair } }
            next = Set(pairs.keys.flatMap { $0 }).subtracting(known)
            if known.count + next.count > 20 { next = Set(next.sorted().prefix(20 - known.count)) }
        }
        let shown = pairs.values.filter { visible[$0.a] != nil && visible[$0.b] != nil }
        let members = Set(shown.flatMap { [$0.a, $0.b] })
        if members.count < 2 { return nil }
        return DuplicateGroup(
            records: members.sorted().compactMap { visible[$0] },
            pairs: shown.sorted { ($0.score.points, $0.a, $0.b) > ($1.score.points, $1.a, $1.b) }
        )
    }
}

extension WriteSession {
    /// Decides about every pair among some records. Needs the right to change each of them.
    public func decideDuplicates(
        _ object: ObjectDefinition,
        _ ids: [RecordID],
        _ decision: DuplicateDecision
    ) throws {
        guard (2...20).contains(ids.count), Set(ids).count == ids.count else {
            throw Problem.invalid(
                "records",
                "invalid_selection",
                Label("Name 2 to 20 records, each once.", zh: "请选择 2 到 20 条记录，且不能重复。")
            )
        }
        let records = try ids.sorted().map { try find(object, $0) }
        guard try self.records(object, ids, for: .update).count == ids.count else {
            throw Problem.forbidden(
                Label("You may not change all of these records.", zh: "您没有编辑其中某些记录的权限。")
            )
        }
        let rules = try compiledRules(of: object, activeOnly: false)
        for (index, a) in records.enumerated() {
            for b in records[(index + 1)...] { try decide(object, a, b, decision, rules) }
        }
        var json = JSONWriter()
        json.object { json in
            json.member("decision", decision.rawValue)
            json.member("records", records.map(\.id.description).joined(separator: ", "))
        }
        try Audit.add(
            AuditEntry("duplicate_decision", object: object.key, record: records[0].id, changes: json.text),
            by: actor,
            at: now,
            on: connection
        )
    }

    private func decide(
        _ object: ObjectDefinition,
        _ a: AnyRecord,
        _ b: AnyRecord,
        _ decision: DuplicateDecision,
        _ rules: CompiledRules?
    ) throws {
        let score = rules.map { rules in
            rules.score(Subject(rules) { a.columns(of: $0) }, Subject(rules) { b.columns(of: $0) })
        }
        var json = JSONWriter()
        json.array { json in for reason in score?.reasons ?? [] { reason.write(to: &json) } }
        try connection.run(
            """
            INSERT INTO sys_duplicate_pair (object, a, b, score, reasons, state, run, decided_at, decided_by)
            VALUES (\(object.key), \(a.id), \(b.id), \(score?.points ?? 0), \(json.text), \(decision.rawValue), 0, \
            \(now), \(actor.userID))
            ON CONFLICT (object, a, b) DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at,
                decided_by = excluded.decided_by
            """
        )
    }
}
