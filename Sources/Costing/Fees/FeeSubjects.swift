import Database
import Ledger
import Records
import SQLText
import Schema
import Values

/// What the fees of customers depend on, for one of them or for all: whoever asks, a fee is the same.
struct FeeSubjects {
    /// A customer with what its fee and tier rest on.
    struct Subject {
        let customer: RecordID
        let profit: Int64
        let tier: String
        /// Why it has that tier.
        let why: Label
        let fee: FeeTariff.Subject
        /// What was agreed with it, on the last day of the months.
        var agreement: FeeAgreement?
        /// The same customer as an agreement that is over had it: it may still be bound.
        var bound: Bound?
    }

    /// A customer under an agreement that is over.
    struct Bound {
        let tier: String
        let why: Label
        let fee: FeeTariff.Subject
        let agreement: FeeAgreement
    }

    private let session: ReadSession
    private let from: String
    private let to: String
    private let runs: [SQLValue]

    init(from: String, to: String, _ session: ReadSession) throws {
        self.session = session
        (self.from, self.to) = (from, to)
        runs = try RunList.current(from: from, to: to, session.connection).map { SQLValue($0.id) }
    }

    /// One customer, or all that have a statement in the months, by their ids.
    func all(only customer: RecordID? = nil) throws -> [Subject] {
        let facts = try facts(customer)
        let (terms, over) = try terms(customer)
        let tiers = try StoredTiers(only: customer, session)
        let border = tiers.isEmpty ? try FeeBorders.border(of: runs, on: session.connection) : 0
        return facts.map { fact in
            func subject(_ term: Term?) -> (tier: String, why: Label, fee: FeeTariff.Subject) {
                let (tier, why) = self.tier(fact, term, tiers, border)
                var subject = FeeTariff.Subject(tier: tier, level: term?.level ?? "")
                subject.revenue = fact.revenue
                subject.serviceMinutes = fact.seconds / 60
                subject.projectMinutes = subject.serviceMinutes
                subject.frequency = fact.purchases
                subject.managed = term?.managed ?? 0
                subject.waived = term?.waived ?? false
                return (tier, why, subject)
            }
            let term = terms[fact.record]
            let (tier, why, fee) = subject(term)
            var result = Subject(customer: RecordID(fact.record), profit: fact.profit, tier: tier, why: why, fee: fee)
            result.agreement = term?.agreement
            if term == nil, let old = over[fact.record], !old.waived {
                let (tier, why, fee) = subject(old)
                result.bound = Bound(tier: tier, why: why, fee: fee, agreement: old.agreement)
            }
            return result
        }
    }

    private struct Fact {
        let record: Int64
        let revenue: Int64
        let profit: Int64
        /// Of our time for service.
        let seconds: Int64
        /// Days on which it bought.
        let purchases: Int64
    }

    private struct Term {
        let reason: String
        let tier: String?
        let level: String
        let managed: Int64
        let waived: Bool
        let agreement: FeeAgreement
        var until: String { agreement.until.description }
    }

    private func tier(_ fact: Fact, _ term: Term?, _ tiers: StoredTiers, _ border: Int64) -> (String, Label) {
        if let term, let tier = term.tier {
            return (
                tier,
                Label(
                    "Tier \(tier) was set by hand until \(term.until): \(term.reason).",
                    zh: "\(tier) 级为人工指定，有效期至 \(term.until)：\(term.reason)。"
                )
            )
        }
        if let tier = tiers.tier(of: fact.record) {
            return (tier, Label("Tier \(tier) by the profit of twelve months.", zh: "按近十二个月利润评为 \(tier) 级。"))
        }
        let tier = fact.profit <= 0 ? "C" : fact.profit >= border ? "A" : "B"
        return (
            tier,
            Label(
                "Tier \(tier): A is the best fifth of those who earn, C who loses.",
                zh: "\(tier) 级：A 为盈利客户中利润前 20%，C 为亏损客户。"
            )
        )
    }

    // MARK: What it rests on

    private func one(_ column: SQLFragment, _ customer: RecordID?) -> SQLFragment {
        customer.map { " AND \(column) = \($0)" } ?? ""
    }

    private func facts(_ customer: RecordID?) throws -> [Fact] {
        guard let start = CostMonth(from, zone: "UTC"), let end = CostMonth(to, zone: "UTC") else {
            throw Problem.notFound
        }
        return try session.connection.rows(
            """
            SELECT f.record, f.revenue, f.profit, coalesce(s.seconds, 0), coalesce(b.days, 0) FROM
            (SELECT record, CAST(sum(sales - discounts - refunds) AS BIGINT) AS revenue,
                CAST(sum(\(ProfitColumns.profit)) AS BIGINT) AS profit
                FROM sys_profit WHERE run IN \(list: runs)\(one("record", customer)) GROUP BY record) f
            LEFT JOIN (SELECT record, CAST(sum(seconds) AS BIGINT) AS seconds FROM sys_cost_entry WHERE run IN \(list: runs)
                AND reverses IS NULL AND category = 'service'\(one("record", customer)) GROUP BY record) s
                ON s.record = f.record
            LEFT JOIN (SELECT "customer", count(DISTINCT "day") AS days FROM \(name: SaleLine.key) WHERE "kind" = 'sale'
                AND "day" >= \(start.first.description) AND "day" <= \(end.last.description) AND "deleted_at" IS NULL\
            \(one("\"customer\"", customer)) GROUP BY "customer") b ON b."customer" = f.record
            ORDER BY f.record
            """
        ).map {
            Fact(
                record: $0.integer(0),
                revenue: $0.integer(1),
                profit: $0.integer(2),
                seconds: $0.integer(3),
                purchases: $0.integer(4)
            )
        }
    }

    /// Agreements that hold on the last day of the months, and those that are over by then; the last one made counts.
    private func terms(_ customer: RecordID?) throws -> (held: [Int64: Term], over: [Int64: Term]) {
        guard let last = CostMonth(to, zone: "UTC")?.last else { return ([:], [:]) }
        var (held, over): ([Int64: Term], [Int64: Term]) = ([:], [:])
        let rows = try session.connection.rows(
            """
            SELECT "customer", "name", "tier", "level", "managed", "waived", "until", "valid_from", "cancelled_on"
            FROM \(name: CareTerm.key) WHERE "deleted_at" IS NULL
            AND ("valid_from" IS NULL OR "valid_from" <= \(last.description))\(one("\"customer\"", customer)) ORDER BY "id"
            """
        )
        for row in rows {
            func day(_ place: Int) -> Day? { row[place].text.flatMap { Day($0) } }
            guard let until = day(6) else { continue }
            let term = Term(
                reason: row.text(1),
                tier: row[2].text.flatMap { $0.isEmpty ? nil : $0 },
                level: row.text(3),
                managed: row.integer(4),
                waived: row.integer(5) == 1,
                agreement: FeeAgreement(from: day(7), until: until, cancelled: day(8))
            )
            if term.agreement.holds(on: last) { held[row.integer(0)] = term } else { over[row.integer(0)] = term }
        }
        return (held, over)
    }
}

/// The tiers that customers were sorted into last.
struct StoredTiers {
    private let tiers: [Int64: String]
    private let lowest: String?

    /// True where no tiers are declared.
    var isEmpty: Bool { lowest == nil }

    init(only customer: RecordID?, _ session: ReadSession) throws {
        lowest = try TierRuns.declared(session)?.tiers.last?.key
        let one: SQLFragment = customer.map { " WHERE record = \($0)" } ?? ""
        let rows =
            lowest == nil ? [] : try session.connection.rows("SELECT record, tier FROM sys_tier\(one) ORDER BY id")
        tiers = Dictionary(rows.map { ($0.integer(0), $0.text(1)) }, uniquingKeysWith: { $1 })
    }

    func tier(of record: Int64) -> String? { tiers[record] ?? lowest }
}
