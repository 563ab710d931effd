import Database
import Identity
import Records
import SQLText
import Values

/// Keeps what somebody earns from being worked out.
///
/// The time of a pool with fewer than three people in the month of a run is left out of every figure of a reader who may
/// not read pay: of statements and their sums, of entries, of runs, of what customers are worth. Only leaving it out of all of them helps: a sum less
/// the parts that are shown would tell the part that is not.
struct Protection: Sendable {
    /// True for a reader who may not read pay.
    let isOn: Bool

    /// From so many hundredths of a person a pool tells nothing of one of them.
    static let fewest: Int64 = 300

    init(_ session: ReadSession) { self.init(isOn: CostSettings.hidesPay(from: session.actor)) }

    init(isOn: Bool) { self.isOn = isOn }

    /// The statements of customers; what is left out stands in rows of its own with amounts below 0.
    var profit: SQLFragment { isOn ? union("record", "sys_profit", "record", "sys_profit_small") : "sys_profit" }

    /// The sums of runs.
    var totals: SQLFragment {
        isOn ? union("0 AS record", "sys_run_total", "record", "sys_profit_small") : "sys_run_total"
    }

    /// What customers will bring: without the time of small pools, the value is reckoned a second time.
    var worth: SQLFragment { isOn ? "sys_worth_open" : "sys_worth" }

    private func union(_ one: SQLFragment, _ table: SQLFragment, _ other: SQLFragment, _ small: SQLFragment)
        -> SQLFragment
    {
        let columns = ProfitColumns.names.map { "\(name: $0)" as SQLFragment }.joined(", ")
        return """
            (SELECT run, \(one), \(columns) FROM \(table) UNION ALL SELECT run, \(other), \(columns) FROM \(small))
            """
    }

    /// The condition on entries under the alias `e`, with `AND` before it.
    var entries: SQLFragment { isOn ? " AND NOT \(Protection.isSmall)" : "" }

    /// Whether an entry under the alias `e` is time of a small pool.
    static let isSmall: SQLFragment = """
        EXISTS (SELECT 1 FROM sys_run_pool small WHERE small.run = e.run AND small.pool = e.pool
            AND small.people < \(Protection.fewest))
        """

    /// Whether customers bear time of small pools in a run under the alias `r`, and nothing of it is kept to be left
    /// out: a run from before that was kept, until it is worked out.
    static let isUnprotected: SQLFragment = """
        EXISTS (SELECT 1 FROM sys_run_pool q WHERE q.run = r.id AND q.people < \(Protection.fewest)
            AND q.assigned <> coalesce((SELECT CAST(sum(x.amount) AS BIGINT) FROM sys_cost_residual x
                WHERE x.run = r.id AND x.pool = q.pool AND x.kind = 'no_customer'), 0))
        AND NOT EXISTS (SELECT 1 FROM sys_profit_small s WHERE s.run = r.id)
        """
}
