import Database
public import Identity
import Ledger
public import Records
import SQLText
import Values

/// Sorts customers into the declared value tiers by the profit of twelve months: up at once, down after two weak months.
public struct TierRuns: Sendable {
    let engine: RecordEngine

    /// The tiers of a workspace.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// The declared tiers from the highest; nil where there are none.
    static func declared(_ session: ReadSession) throws -> ValueTiers? {
        let rows = try session.connection.rows(
            """
            SELECT "name", "rise_at_base", "fall_below_base" FROM \(name: ValueTier.key) WHERE "deleted_at" IS NULL
            ORDER BY CASE WHEN "rise_at_base" IS NULL THEN 1 ELSE 0 END, "rise_at_base" DESC, "id"
            """
        )
        guard !rows.isEmpty else { return nil }
        return ValueTiers(
            rows.map { row in
                let rise = row[1].integer.map(Double.init) ?? -.infinity
                return .init(row.text(0), riseAt: rise, fallBelow: row[2].integer.map(Double.init) ?? rise)
            }
        )
    }

    /// Sorts all customers anew; the answer is how many. Throws `forbidden` without the right to costing.
    @discardableResult
    public func sort(by actor: Actor) async throws -> Int {
        try actor.require(.costing)
        let system = Actor.system("costing")
        let sorted = try await engine.read(as: system) { try TierRuns.sorted($0) }
        _ = try await engine.write(as: system) { try $0.connection.run("DELETE FROM sys_tier") }
        for start in stride(from: 0, to: sorted.count, by: 5000) {
            let part = Array(sorted[start..<min(start + 5000, sorted.count)])
            try await engine.write(as: system) { session in
                for group in stride(from: 0, to: part.count, by: 200) {
                    let values = part[group..<min(group + 200, part.count)].map { row -> SQLFragment in
                        "(\(session.nextID()), 'customer', \(row.record), \(row.tier), \(row.value), \(session.now))"
                    }
                    try session.connection.run(
                        "INSERT INTO sys_tier (id, object, record, tier, value, at) VALUES \(values.joined(", "))"
                    )
                }
            }
        }
        return sorted.count
    }

    private struct Row: Sendable {
        let record: Int64
        let tier: String
        let value: Int64
    }

    private static func sorted(_ session: ReadSession) throws -> [Row] {
        guard let tiers = try declared(session), let last = try RunList.lastMonth(session) else { return [] }
        let runs = try RunList.current(from: CostMonth.text(last, adding: -23), to: last, session.connection)
        let place = Dictionary(runs.enumerated().map { ($1.id.raw, $0) }, uniquingKeysWith: { $1 })
        var rows: [Row] = []
        var (record, months) = (Int64(0), [Int64?](repeating: nil, count: runs.count))
        func end() {
            guard record != 0, let first = months.firstIndex(where: { $0 != nil }) else { return }
            // The profit of twelve months, month by month: of the first year as far as there is one.
            let sums = (first..<months.count).map { end in
                months[max(first, end - 11)...end].reduce(Int64(0)) { $0 + ($1 ?? 0) }
            }
            let values = sums.suffix(13).map(Double.init)
            if let tier = tiers.tier(Array(values)) {
                rows.append(Row(record: record, tier: tier, value: sums.last ?? 0))
            }
        }
        try session.connection.each(
            """
            SELECT record, run, CAST(sum(\(ProfitColumns.profit)) AS BIGINT) FROM sys_profit
            WHERE run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY record, run ORDER BY record, run
            """
        ) { row in
            if row.integer(0) != record {
                end()
                record = row.integer(0)
                months = Array(repeating: nil, count: runs.count)
            }
            if let at = place[row.integer(1)] { months[at] = row.integer(2) }
            return true
        }
        end()
        return rows
    }
}
