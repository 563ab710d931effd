import Database
import Expressions
public import Identity
public import Records
import SQLText
import Schema
public import Values

/// Reckons what customers cost in a month: as a draft, to be compared, and then closed for good.
///
/// The work is done in steps of one transaction each, so that people go on writing meanwhile. A run that breaks off
/// leaves nothing that anybody sees.
public struct CostRuns: Sendable {
    let engine: RecordEngine

    /// The runs of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// Reckons a month. Where nothing changed since the last run, that one is the answer.
    ///
    /// Throws `busy` while another run is under way, and what is wrong with the rules in words.
    @discardableResult
    public func reckon(_ month: String, note: String = "", by actor: Actor) async throws -> RecordID {
        try await complete(try await begin(month, note: note, by: actor).id)
    }

    /// Begins a run that `complete` carries out; `enqueue` sees to that in the same transaction.
    public func start(
        _ month: String,
        note: String = "",
        by actor: Actor,
        _ enqueue: @escaping @Sendable (RecordID, WriteSession) throws -> Void
    ) async throws -> RecordID {
        try await begin(month, note: note, by: actor, enqueue).id
    }

    /// Carries out a run that has begun, again from the start where it broke off; the answer is the run that counts:
    /// an earlier one where nothing has changed. A run that is not under way is left as it is.
    ///
    /// Whoever does that already, and has perhaps only slept, does no more of it: their next step throws `CancellationError`.
    @discardableResult
    public func complete(_ id: RecordID) async throws -> RecordID {
        let system = Actor.system("costing")
        guard var run = try await engine.read(as: system, { try CostRun(id, $0) }) else { return id }
        run.turn = engine.ids.next()
        return try await complete(run)
    }

    private func complete(_ run: CostRun) async throws -> RecordID {
        try await take(run)
        do {
            return try await carryOut(run)
        } catch let error as CancellationError {
            throw error
        } catch {
            let problem = (error as? Problem)?.message.zh ?? "\(error)"
            try await step(run) { session in
                try RunEntries.remove(run.id, session.connection)
                try RunProgress.forget(run.id, session.connection)
                try session.connection.run(
                    "UPDATE sys_allocation_run SET state = 'failed', problem = \(problem) WHERE id = \(run.id)"
                )
            }
            throw error
        }
    }

    /// Reckons the month that runs and the one before, where there are pools and the month is not closed.
    public func nightly() async throws -> [String] {
        let system = Actor.system("costing")
        try await engine.write(as: system) { session in
            // There is one night at a time: a run of it that is still under way was broken off.
            let left = try session.connection.rows(
                """
                SELECT id FROM sys_allocation_run WHERE state = 'running' AND created_by IS NULL
                AND created_name = \(system.name)
                """
            )
            for id in left.compactMap({ $0.id(0) }) { try CostRuns.giveUp(id, session.connection) }
        }
        let months = try await engine.read(as: system) { session in
            guard let pools = session.schema.object(CostPool.key),
                try !session.anyRecords(pools, after: RecordID(0), limit: 1).isEmpty
            else { return [String]() }
            let now = String(session.expressionContext.today.description.prefix(7))
            return try [CostMonth.text(now, adding: -1), now].filter {
                try !ClosedMonths.isClosed($0, session.connection)
            }
        }
        for month in months { try await reckon(month, by: system) }
        return months
    }

    private func carryOut(_ run: CostRun) async throws -> RecordID {
        let system = Actor.system("costing")
        try await step(run) { session in
            try RunEntries.remove(run.id, session.connection)
            try RunShares.empty(session.connection)
        }
        let buckets = try await engine.read(as: system) { try CustomerBuckets($0.connection) }
        try await copyEvents(run, buckets)
        for bucket in 0..<buckets.count {
            try await step(run) { try RunShares.gather(bucket, $0.connection) }
        }
        let shared = try await step(run) { session in
            try RunProgress.note(run.id, .shares, 0, 1, session.connection)
            try RunShares.analyse(session.connection)
            return try RunShares.share(run, session)
        }
        try await step(run) { try RunSpend.share(run, $0) }
        let (hash, rests) = try await engine.read(as: system) { session in
            let rests = try RestsOn(run.month.text, over: run.policy.amortisationMonths, session.connection)
            return (try RunHash.of(run, shared, rests, session), rests)
        }
        if let same = try await earlier(run, hash) { return same }
        try await step(run) { session in
            let first = try RunEntries.firstFree(session.connection)
            try session.connection.run(
                "UPDATE sys_allocation_run SET input_hash = \(hash), first_entry = \(first) WHERE id = \(run.id)"
            )
        }
        var borne = RunEntries.Borne()
        for bucket in 0..<buckets.count {
            let part = try await step(run) { session in
                try RunProgress.note(run.id, .entries, bucket, buckets.count, session.connection)
                return try RunEntries.write(run, bucket, of: buckets, session)
            }
            borne = borne + part
        }
        let all = borne
        try await step(run) { session in
            try RunTotals.finish(run, shared, rests, all, session)
            try RunProgress.forget(run.id, session.connection)
        }
        return run.id
    }

    // MARK: Steps

    /// From now on nobody else carries out a run.
    private func take(_ run: CostRun) async throws {
        try await engine.write(as: .system("costing")) { session in
            _ = try session.connection.run(
                """
                INSERT INTO sys_cost_setting (key, value) VALUES (\(CostRun.turnSetting), \(run.turn.description))
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """
            )
        }
    }

    /// One transaction of a run, unless somebody has given the run up meanwhile, or carries it out anew: what all runs
    /// share is theirs then.
    private func step<Result: Sendable>(
        _ run: CostRun,
        _ body: @escaping @Sendable (WriteSession) throws -> Result
    ) async throws -> Result {
        try await engine.write(as: .system("costing")) { session in
            let row = try session.connection.row(
                """
                SELECT r.state, s.value FROM sys_allocation_run r, sys_cost_setting s
                WHERE r.id = \(run.id) AND s.key = \(CostRun.turnSetting)
                """
            )
            guard row?.text(0) == "running", row?.text(1) == run.turn.description else { throw CancellationError() }
            return try body(session)
        }
    }

    private func begin(
        _ month: String,
        note: String,
        by actor: Actor,
        _ enqueue: @escaping @Sendable (RecordID, WriteSession) throws -> Void = { _, _ in }
    ) async throws -> CostRun {
        try actor.require(.costing)
        let id = engine.ids.next()
        return try await engine.write(as: actor) { session in
            guard let month = CostMonth(month, zone: session.schema.timeZone) else {
                throw Problem.invalid(
                    "month",
                    "invalid_month",
                    Label("Write a month as 2026-06.", zh: "请按 2026-06 的格式填写月份。")
                )
            }
            let connection = session.connection
            let stale = session.now.adding(milliseconds: -7_200_000)
            for row in try connection.rows("SELECT id, created_at FROM sys_allocation_run WHERE state = 'running'") {
                guard row.integer(1) < stale.milliseconds else { throw busy }
                if let old = row.id(0) { try CostRuns.giveUp(old, connection) }
            }
            let policy = try CostPolicy(connection)
            let sources = try RunShares.sources(session)
            if let problem = sources.flatMap(\.problems).first { throw Problem.invalid([problem]) }
            let rules = try RunHash.rules(policy, session)
            try connection.run(
                """
                INSERT INTO sys_allocation_run (id, month, state, rules_hash, input_hash, created_at, created_by,
                    created_name, note, first_entry, last_entry, logged, estimated, pool_cost, spend, direct, assigned)
                VALUES (\(id), \(month.text), 'running', \(rules), '', \(session.now), \(actor.userID), \(actor.name),
                    \(String(note.prefix(500))), 0, -1, 0, 0, 0, 0, 0, 0)
                """
            )
            try enqueue(id, session)
            return CostRun(id: id, month: month, policy: policy, rules: rules)
        }
    }

    /// Ends a run that nobody carries out any more.
    private static func giveUp(_ id: RecordID, _ connection: Connection) throws {
        try connection.run("UPDATE sys_allocation_run SET state = 'failed' WHERE id = \(id)")
        try RunEntries.remove(id, connection)
    }

    private var busy: Problem {
        Problem(.conflict, "busy", Label("Another run is under way. Wait for it.", zh: "已有核算正在进行，请稍后再试。"))
    }

    /// Copies the events in portions of records, by their ids.
    private func copyEvents(_ run: CostRun, _ buckets: CustomerBuckets) async throws {
        let system = Actor.system("costing")
        let objects = try await engine.read(as: system) { session in
            Set(try RunShares.sources(session).compactMap(\.object?.key)).sorted()
        }
        for object in objects {
            var (low, portion): (Int64?, Int) = (0, 0)
            while let start = low {
                let place = portion
                portion += 1
                low = try await step(run) { session in
                    try RunProgress.note(run.id, .events, place, 0, session.connection)
                    let border = try session.connection.value(
                        """
                        SELECT "id" FROM \(name: object) WHERE "id" > \(start) ORDER BY "id" LIMIT 1 OFFSET 200000
                        """
                    ).integer
                    for source in try RunShares.sources(session) where source.object?.key == object {
                        try source.copy(run.month, after: start, upTo: border ?? .max, into: buckets, session)
                    }
                    return border
                }
            }
        }
    }

    /// The same month with the same inputs and rules, if it was reckoned before and still counts: as the run of the month,
    /// or as the newest draft. Something that was changed and changed back since is reckoned anew.
    private func earlier(_ run: CostRun, _ hash: String) async throws -> RecordID? {
        try await step(run) { session in
            let month = run.month.text
            let newest = try session.connection.row(
                "SELECT max(id) FROM sys_allocation_run WHERE month = \(month) AND state = 'draft'"
            )?.id(0)
            let current = try RunList.current(from: month, to: month, session.connection).first?.id
            let same = try session.connection.row(
                """
                SELECT id FROM sys_allocation_run WHERE id IN (\(newest ?? RecordID(0)), \(current ?? RecordID(0)))
                AND rules_hash = \(run.rules) AND input_hash = \(hash) ORDER BY id DESC LIMIT 1
                """
            )?.id(0)
            if let same {
                try RunShares.forget(run, session.connection)
                try RunProgress.note(run.id, same: same, session.connection)
                try session.connection.run("DELETE FROM sys_allocation_run WHERE id = \(run.id)")
            }
            return same
        }
    }
}

/// A run on its way.
struct CostRun: Sendable {
    let id: RecordID
    let month: CostMonth
    let policy: CostPolicy
    let rules: String
    /// Tells whoever carries it out from those who did before.
    var turn = RecordID(0)

    /// Whose turn it is stands here.
    static let turnSetting = "turn"

    init(id: RecordID, month: CostMonth, policy: CostPolicy, rules: String) {
        self.id = id
        self.month = month
        self.policy = policy
        self.rules = rules
    }

    /// A run that is under way; nil for any other.
    init?(_ id: RecordID, _ session: ReadSession) throws {
        let row = try session.connection.row(
            "SELECT month, rules_hash FROM sys_allocation_run WHERE id = \(id) AND state = 'running'"
        )
        guard let row, let month = CostMonth(row.text(0), zone: session.schema.timeZone) else { return nil }
        self.init(id: id, month: month, policy: try CostPolicy(session.connection), rules: row.text(1))
    }
}
