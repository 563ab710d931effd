import Database
public import Identity
public import Records
import SQLText
public import Schema
public import Values

/// A search for duplicates over all records of an object.
public struct DuplicateRun: Sendable {
    /// How it stands.
    public enum State: String, Sendable { case running, done, cancelled }

    /// Its id.
    public let id: RecordID
    /// The object's key.
    public let object: String
    /// How it stands; one that is `running` and was interrupted goes on where it was.
    public let state: State
    /// Keys looked at.
    public let seen: Int64
    /// Keys in all, as counted at the beginning.
    public let total: Int64
    /// Pairs found.
    public let pairs: Int64
    /// Keys that so many records share that only a part of these was compared.
    public let tooLarge: Int64
    /// When it began.
    public let startedAt: Instant
    /// When it ended.
    public let finishedAt: Instant?
    /// Who began it.
    public let byName: String

    let generation: Int64
    let hash: Int64

    init?(_ row: Row) {
        guard let id = row.id(0), let state = State(rawValue: row.text(2)) else { return nil }
        self.id = id
        object = row.text(1)
        self.state = state
        generation = row.integer(3)
        hash = row.integer(4)
        seen = row.integer(5)
        total = row.integer(6)
        pairs = row.integer(7)
        tooLarge = row.integer(8)
        startedAt = Instant(milliseconds: row.integer(9))
        finishedAt = row[10].integer.map { Instant(milliseconds: $0) }
        byName = row.text(11)
    }

    static let columns: SQLFragment =
        "id, object, state, generation, hash, seen, total, pairs, too_large, started_at, finished_at, by_name"
}

extension ReadSession {
    /// The last runs over an object, newest first.
    public func duplicateRuns(of object: ObjectDefinition, limit: Int = 10) throws -> [DuplicateRun] {
        try duplicateRuns(named: object.key, limit: limit)
    }

    func duplicateRuns(named name: String, limit: Int) throws -> [DuplicateRun] {
        try connection.rows(
            """
            SELECT \(DuplicateRun.columns) FROM sys_duplicate_run WHERE object = \(name)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).compactMap(DuplicateRun.init)
    }
}

extension RecordEngine {
    /// Begins a run over an object, or finds the one that has not ended. Needs the right to read all its records.
    public func startDuplicateRun(of plural: String, as actor: Actor) async throws -> DuplicateRun {
        try await write(as: actor) { try $0.startRun(try $0.object(plural)) }
    }

    /// Runs until the end; stopped anywhere, the next call goes on from the last step.
    public func continueDuplicateRun(of object: String) async throws {
        while try await workOnDuplicates(of: object) {}
    }

    /// One portion of what is to be done: keys that are missing, keys of old rules, the run that has not ended. False
    /// when nothing is. Memory does not grow with the base: keys are read in order, a few thousand at a time.
    public func workOnDuplicates(of object: String) async throws -> Bool {
        let actor = Actor.system("duplicates")
        if try await write(as: actor, patient: true, { try $0.prepareSome(object) }) { return true }
        if try await write(as: actor, patient: true, { try $0.dropOldKeys(object) }) { return true }
        if let step = try await read(as: actor, { try $0.nextStep(object) }) {
            try await write(as: actor) { try $0.keep(step) }
            return true
        }
        for counterpart in Counterpart.all(of: object) {
            // Keys of the other object come first: what has none cannot be found.
            if try await write(as: actor, patient: true, { try $0.prepareSome(counterpart.object) }) { return true }
            guard let step = try await read(as: actor, { try $0.nextCrossStep(object, counterpart) }) else { continue }
            try await write(as: actor) { try $0.keep(step) }
            return true
        }
        return false
    }

    /// The objects of which duplicates are looked for.
    public func objectsWithDuplicateRules() async throws -> [String] {
        try await read(as: .system("duplicates")) { session in
            try session.schema.objects.filter { object in
                try !object.hidden && session.compiledRules(of: object) != nil
            }.map(\.key)
        }
    }
}

/// What one step of a run found.
struct RunStep: Sendable {
    struct Pair: Sendable {
        let a: RecordID
        let b: RecordID
        let score: DuplicateScore
    }

    let run: DuplicateRun
    var pairs: [Pair] = []
    /// The last key looked at; nil at the end.
    var hash: Int64?
    var seen: Int64 = 0
    var tooLarge: Int64 = 0

    /// How many keys a step looks at.
    static let size = 4000
    /// How many records a step compares with those of another object.
    static let crossSize = 300
    /// Of a key that more records share, not every two are compared: a second key and the order of their values narrow it.
    static let largest = 200
    /// Of a key that even more records share, so many are looked at.
    static let mostOfOne = 20_000
    /// How many records may share a second key, and how many neighbours in order each is compared with.
    static let (narrow, neighbours) = (50, 10)
}

extension WriteSession {
    func startRun(_ object: ObjectDefinition) throws -> DuplicateRun {
        guard actor.userID == nil || actor.rights.on(object.key).read == .all else {
            throw Problem.forbidden(
                Label(
                    "Only who may read all \(object.pluralLabel.en) can search all for duplicates.",
                    zh: "只有能查看全部\(object.label.zh)的人才能进行全库查重。"
                )
            )
        }
        guard let rules = try compiledRules(of: object) else {
            throw Problem(
                .conflict,
                "no_rules",
                Label("There are no duplicate rules for this object.", zh: "该对象没有启用查重规则。")
            )
        }
        if let running = try duplicateRuns(of: object, limit: 1).first(where: { $0.state == .running }) {
            return running
        }
        try insertRun(object.key, rules.generation)
        // Leads are also looked for among customers and contacts; the other way round would find the same pairs.
        for counterpart in Counterpart.all(of: object.key) where object.key == "lead" {
            let name = Counterpart.pairs(object.key, counterpart.object)
            if try duplicateRuns(named: name, limit: 1).first?.state == .running { continue }
            try insertRun(name, 0)
        }
        try Audit.add(
            AuditEntry("duplicate_run", object: object.key),
            by: actor,
            at: now,
            on: connection
        )
        guard let run = try duplicateRuns(of: object, limit: 1).first else { throw Problem.notFound }
        return run
    }

    private func insertRun(_ name: String, _ generation: Int64) throws {
        try connection.run(
            """
            INSERT INTO sys_duplicate_run (id, object, state, generation, hash, seen, total, pairs, too_large,
            started_at, by_id, by_name) VALUES (\(nextID()), \(name), 'running', \(generation), \(Int64.min), 0,
            0, 0, 0, \(now), \(actor.userID), \(actor.name))
            """
        )
    }

    /// Stores what a step found and how far it came, in one transaction.
    func keep(_ step: RunStep) throws {
        let run = step.run
        var new = 0
        for pair in step.pairs {
            var json = JSONWriter()
            json.array { json in for reason in pair.score.reasons { reason.write(to: &json) } }
            // What was decided stays decided.
            new += try connection.run(
                """
                INSERT INTO sys_duplicate_pair (object, a, b, score, reasons, state, run) VALUES (\(run.object), \
                \(pair.a), \(pair.b), \(pair.score.points), \(json.text), 'open', \(run.id))
                ON CONFLICT (object, a, b) DO UPDATE SET score = excluded.score, reasons = excluded.reasons,
                    run = excluded.run WHERE sys_duplicate_pair.run <> excluded.run
                """
            )
        }
        let hash = step.hash ?? Int64.max
        try connection.run(
            """
            UPDATE sys_duplicate_run SET hash = \(hash), seen = seen + \(step.seen), pairs = pairs + \
            \(new), too_large = too_large + \(step.tooLarge) WHERE id = \(run.id)
            """
        )
        if step.hash != nil { return }
        try connection.run(
            "UPDATE sys_duplicate_run SET state = 'done', finished_at = \(now) WHERE id = \(run.id) AND state = 'running'"
        )
        // What an earlier run had listed and this one did not find is no duplicate any more.
        try connection.run(
            "DELETE FROM sys_duplicate_pair WHERE object = \(run.object) AND state = 'open' AND run < \(run.id)"
        )
    }
}

extension ReadSession {
    /// Looks at the next keys of the run that has not ended; nil when there is none.
    func nextStep(_ key: String) throws -> RunStep? {
        guard let object = schema.object(key), let run = try duplicateRuns(of: object, limit: 1).first,
            run.state == .running
        else { return nil }
        var step = RunStep(run: run)
        guard let rules = try compiledRules(of: object), rules.generation == run.generation, run.hash < Int64.max else {
            return step
        }
        var blocks = try nextBlocks(run, &step)
        for block in blocks where block.records.count > RunStep.largest { try compareMany(block.hash, rules, &step) }
        blocks.removeAll { $0.records.count > RunStep.largest || $0.records.count < 2 }
        try compare(blocks, rules, &step)
        return step
    }

    private func nextBlocks(_ run: DuplicateRun, _ step: inout RunStep) throws -> [(hash: Int64, records: [RecordID])] {
        var blocks: [(hash: Int64, records: [RecordID])] = []
        var count = 0
        var isAtEnd = true
        try connection.each(
            """
            SELECT hash, record FROM sys_duplicate_key WHERE generation = \(run.generation) AND hash > \(run.hash)
            ORDER BY hash, record
            """
        ) { cursor in
            let (hash, record) = (cursor.integer(0), RecordID(cursor.integer(1)))
            if blocks.last?.hash == hash {
                blocks[blocks.count - 1].records.append(record)
                // One more than allowed is enough to know that a block is too large; it has the rest of the step.
                if blocks[blocks.count - 1].records.count > RunStep.largest {
                    isAtEnd = false
                    return false
                }
            } else if count >= RunStep.size {
                isAtEnd = false
                return false
            } else {
                blocks.append((hash, [record]))
            }
            count += 1
            return true
        }
        step.seen = Int64(blocks.count)
        step.hash = isAtEnd ? nil : blocks.last?.hash
        return blocks
    }

    private func compare(
        _ blocks: [(hash: Int64, records: [RecordID])],
        _ rules: CompiledRules,
        _ step: inout RunStep
    ) throws {
        var subjects: [RecordID: Subject] = [:]
        // Two records that share several keys are compared once in a step.
        var compared: Set<[RecordID]> = []
        let ids = Array(Set(blocks.flatMap(\.records))).sorted()
        for start in stride(from: 0, to: ids.count, by: 1000) {
            for record in try anyRecords(rules.object, Array(ids[start..<min(start + 1000, ids.count)])) {
                subjects[record.id] = Subject(rules) { record.columns(of: $0) }
            }
        }
        for block in blocks {
            for (index, a) in block.records.enumerated() {
                guard let first = subjects[a] else { continue }
                for b in block.records[(index + 1)...] {
                    guard let second = subjects[b], compared.insert([a, b]).inserted else { continue }
                    let score = rules.score(first, second)
                    if score.points >= rules.rules.warnAt { step.pairs.append(.init(a: a, b: b, score: score)) }
                }
            }
        }
    }
}

extension DuplicateScore.Reason {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("fields")
            json.array { json in for field in fields { json.string(field) } }
            json.member("outcome", outcome.rawValue)
            json.member("points", Int64(points))
        }
    }

    init?(_ value: JSONValue, of object: ObjectDefinition) {
        guard let fields = value["fields"]?.array?.compactMap(\.string), let points = value["points"]?.integer,
            let outcome = value["outcome"]?.string.flatMap(Outcome.init)
        else { return nil }
        let labels = fields.map { object.field($0)?.label ?? Label($0, zh: $0) }
        self.init(
            fields: fields,
            outcome: outcome,
            points: Int(points),
            text: DuplicateWords.reason(labels, outcome)
        )
    }
}
