import Database
import Identity
import Records
import SQLText
import Schema
import Values

/// What a run rests on, as a hash: the same inputs under the same rules give the same one.
enum RunHash {
    /// The rules: the policy and every costed activity.
    static func rules(_ policy: CostPolicy, _ session: ReadSession) throws -> String {
        var text = "2|\(policy.model)|\(policy.halfLifeDays)|\(policy.amortisationMonths)\n"
        if policy.model == "custom" {
            text += "\(policy.customFirst)|\(policy.customMiddle)|\(policy.customLast)\n"
        }
        if let object = session.schema.object(CostActivity.key) {
            for row in try session.anyRecords(object, after: RecordID(0), limit: 10_000)
            where row["active"].integer == 1 {
                let keys = [
                    "pool", "category", "source", "condition", "minutes", "logged", "customer", "moment", "product",
                    "reason",
                ]
                text += row.id.description + "|"
                text +=
                    keys.map { row[$0].text ?? row[$0].integer.map(String.init) ?? "" }.joined(separator: "|") + "\n"
            }
        }
        return ContentHash.hex(ContentHash.sha256(Array(text.utf8)))
    }

    /// The inputs of the month: pools, time by customer, expenses, spend with its division, sales by customer, and
    /// what earlier months have left to count.
    static func of(
        _ run: CostRun,
        _ pools: [RunShares.Pool],
        _ rests: RestsOn,
        _ session: ReadSession
    ) throws -> String {
        var stream = ContentHash.Stream()
        func text(_ values: [Int64]) -> [UInt8] { Array((values.map(String.init).joined(separator: ",") + ";").utf8) }
        var buffer = Array((rests.text + "\n").utf8)
        for pool in pools { buffer += text([pool.id.raw, pool.cost, pool.capacity, pool.used, pool.people]) }
        for query in queries(run) {
            buffer += Array("\n".utf8)
            try session.connection.each(query) { row in
                for place in 0..<row.count {
                    withUnsafeBytes(of: row.integer(place).littleEndian) { buffer.append(contentsOf: $0) }
                }
                if buffer.count > 65_536 {
                    buffer.withUnsafeBytes { stream.add($0) }
                    buffer.removeAll(keepingCapacity: true)
                }
                return true
            }
        }
        buffer.withUnsafeBytes { stream.add($0) }
        return ContentHash.hex(stream.finish())
    }

    private static func queries(_ run: CostRun) -> [SQLFragment] {
        let (first, last) = (run.month.first.description, run.month.last.description)
        return [
            """
            SELECT pool, customer, seconds, logged, events, mark, amount FROM sys_cost_share ORDER BY pool, customer
            """,
            "SELECT customer, spend, amount FROM sys_cost_spend ORDER BY spend, customer",
            """
            SELECT "id", "version", "customer", "amount_base" FROM \(name: DirectCost.key)
            WHERE "day" >= \(first) AND "day" <= \(last) AND "deleted_at" IS NULL ORDER BY "id"
            """,
            """
            SELECT "customer", count(*), CAST(sum("version") AS BIGINT), CAST(sum("amount_base") AS BIGINT)
            FROM \(name: SaleLine.key) WHERE "day" >= \(first) AND "day" <= \(last) AND "deleted_at" IS NULL
            GROUP BY "customer" ORDER BY "customer"
            """,
        ]
    }
}
