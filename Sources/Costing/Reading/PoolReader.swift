import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// How much of each pool was used, and what the rest cost.
public enum PoolReader {
    /// A pool in one month; amounts in minor units, times in seconds.
    public struct Pool: Sendable, Equatable {
        /// The pool.
        public let id: RecordID
        /// Its name.
        public let name: String
        /// Hundredths of a person.
        public let people: Int64
        /// What it cost; nil where it would tell what somebody earns.
        public let cost: Int64?
        /// What it could do.
        public let capacity: Int64
        /// What it did for customers.
        public let used: Int64
        /// The part of that which was logged.
        public let logged: Int64
        /// The cost of what was used; nil as above.
        public let assigned: Int64?
        /// The cost of what was not; nil as above.
        public let unused: Int64?

        /// Used ÷ capacity in hundredths of per cent; nil without capacity.
        public var usedHundredths: Int64? {
            capacity == 0 ? nil : Allocation.halfUp(Int128(used) * 10_000, Int128(capacity))
        }
    }

    /// What a run could not give to customers.
    public struct Residual: Sendable, Equatable {
        /// `unused`, `no_customer`, `untouched`, `open_leads`, `direct_no_customer` or `unapproved`.
        public let kind: String
        /// The pool or channel; nil where it is of neither.
        public let of: Label?
        /// In minor units.
        public let amount: Int64

        /// What it means.
        public var label: Label {
            switch kind {
            case "unused": Label("Unused capacity", zh: "闲置产能")
            case "no_customer": Label("Work without a customer", zh: "未关联客户的工作")
            case "untouched": Label("Spend that touched nobody", zh: "没有触达任何人的投放")
            case "open_leads": Label("Leads not won", zh: "尚未成交的线索")
            case "direct_no_customer": Label("Expenses without a customer", zh: "未关联客户的费用")
            default: Label("Not yet approved, not counted", zh: "待审批，未计入")
            }
        }
    }

    /// The pools of a run. Throws `forbidden` without the right to costing.
    public static func pools(of run: RecordID, _ session: ReadSession) throws -> [Pool] {
        try session.actor.require(.costing)
        let protection = Protection(session)
        return try session.connection.rows(
            """
            SELECT p.pool, o."name", p.people, p.cost, p.capacity, p.used, p.logged, p.assigned
            FROM sys_run_pool p JOIN \(name: CostPool.key) o ON o."id" = p.pool WHERE p.run = \(run)
            ORDER BY p.cost - p.assigned DESC, p.pool
            """
        ).map { row in
            let isHidden = protection.isOn && row.integer(2) < Protection.fewest
            return Pool(
                id: RecordID(row.integer(0)),
                name: row.text(1),
                people: row.integer(2),
                cost: isHidden ? nil : row.integer(3),
                capacity: row.integer(4),
                used: row.integer(5),
                logged: row.integer(6),
                assigned: isHidden ? nil : row.integer(7),
                unused: isHidden ? nil : row.integer(3) - row.integer(7)
            )
        }
    }

    /// What no customer bears, the largest first.
    public static func residuals(of run: RecordID, _ session: ReadSession) throws -> [Residual] {
        try session.actor.require(.costing)
        let protection = Protection(session)
        return try session.connection.rows(
            """
            SELECT r.kind, p."name", r.channel, r.amount, coalesce(m.people, \(Protection.fewest))
            FROM sys_cost_residual r LEFT JOIN sys_run_pool m ON m.run = r.run AND m.pool = r.pool
            LEFT JOIN \(name: CostPool.key) p ON p."id" = r.pool WHERE r.run = \(run) ORDER BY r.amount DESC, r.id
            """
        ).filter { !protection.isOn || $0.integer(4) >= Protection.fewest }.map { row in
            let channel = row[2].text.map { CostChoices.label($0, in: CostChoices.channels) }
            return Residual(
                kind: row.text(0),
                of: row[1].text.map { Label($0, zh: $0) } ?? channel,
                amount: row.integer(3)
            )
        }
    }

    /// What a time equation says against what was measured.
    public struct EquationFit: Sendable {
        /// The activity.
        public let activity: String
        /// The equation in use.
        public let minutes: String
        /// How many events had a measured time.
        public let count: Int
        /// Their mean in minutes.
        public let measured: Double
        /// The share of the variation that a fitted time by kind explains; nil where it cannot be told.
        public let r2: Double?
    }
}
