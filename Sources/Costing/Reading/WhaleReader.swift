import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// Who earns the profit and who eats it again.
public enum WhaleReader {
    /// A customer with what it brought and cost over some months.
    public struct Customer: Sendable, Equatable {
        /// The customer.
        public let id: RecordID
        /// Its name.
        public let name: String
        /// The sums.
        public let statement: Statement
    }

    /// The curve; amounts in minor units of the base currency.
    public struct Curve: Sendable {
        /// How many customers it is made of.
        public let customers: Int
        /// The highest point, in minor units.
        public let peak: Int64
        /// The same in hundredths of per cent of the total; nil where the total is not above 0.
        public let peakHundredths: Int64?
        /// How many customers it takes to get there, and how many lie past it.
        public let toPeak: Int
        /// What those past the peak lose again.
        public let destroyed: Int64
        /// The profit of all.
        public let total: Int64
        /// Up to 200 points: so many customers, so much profit so far.
        public let points: [(customers: Int, profit: Int64)]
        /// The customers who lose most, worst first.
        public let worst: [Customer]
        /// Those who earn most, best first.
        public let best: [Customer]
        /// The customers of the places that were asked for, the best first; 100 at most.
        public let chosen: [Customer]
        /// How many customers are on these places, and their profit.
        public let stretch: (customers: Int, profit: Int64)
    }

    /// The curve of the customers that the reader may see and that fit an expression, over the months of a range.
    public static func curve(
        from: String,
        to: String,
        filter: String? = nil,
        listed: Int = 20,
        places: ClosedRange<Int>? = nil,
        _ session: ReadSession
    ) throws -> Curve {
        let (ids, profits) = try profits(from, to, filter, session)
        let curve = WhaleCurve(profits)
        let step = max(1, curve.order.count / 200)
        var points: [(customers: Int, profit: Int64)] = [(0, 0)]
        for place in curve.cumulative.indices where (place + 1) % step == 0 || place == curve.cumulative.count - 1 {
            points.append((place + 1, curve.cumulative[place]))
        }
        let best = curve.order.prefix(listed).filter { profits[$0] > 0 }.map { ids[$0] }
        let worst = curve.order.suffix(listed).reversed().filter { profits[$0] < 0 }.map { ids[$0] }
        let stretch = places.map { curve.order.dropFirst($0.lowerBound - 1).prefix($0.count) } ?? []
        let chosen = stretch.prefix(100).map { ids[$0] }
        return Curve(
            customers: ids.count,
            peak: curve.peak,
            peakHundredths: curve.peakHundredths,
            toPeak: curve.customersToPeak,
            destroyed: curve.destroyed,
            total: curve.total,
            points: points,
            worst: try customers(worst, from, to, session),
            best: try customers(best, from, to, session),
            chosen: try customers(chosen, from, to, session),
            stretch: (stretch.count, stretch.reduce(0) { $0 + profits[$1] })
        )
    }

    /// The customers on some places of the curve, the best first.
    public static func stretch(
        _ places: ClosedRange<Int>,
        from: String,
        to: String,
        filter: String? = nil,
        limit: Int,
        _ session: ReadSession
    ) throws -> [RecordID] {
        let (ids, profits) = try profits(from, to, filter, session)
        return WhaleCurve(profits).order.dropFirst(places.lowerBound - 1).prefix(min(limit, places.count)).map {
            RecordID(ids[$0])
        }
    }

    static func profits(
        _ from: String,
        _ to: String,
        _ filter: String?,
        _ session: ReadSession
    ) throws -> (ids: [Int64], profits: [Int64]) {
        try session.actor.require(.costs)
        let runs = try RunList.current(from: from, to: to, session)
        let customer = "customer"
        let condition = try ProfitReader.condition(filter, session)
        let who: SQLFragment =
            condition.map {
                " AND record IN (SELECT c.\"id\" FROM \(name: customer) c WHERE c.\"deleted_at\" IS NULL AND \($0))"
            } ?? ""
        var (ids, profits) = ([Int64](), [Int64]())
        try session.connection.each(
            """
            SELECT record, CAST(sum(\(ProfitColumns.profit)) AS BIGINT) FROM \(Protection(session).profit) p
            WHERE run IN \(list: runs.map { SQLValue($0.id) })\(who) GROUP BY record ORDER BY record
            """
        ) { row in
            ids.append(row.integer(0))
            profits.append(row.integer(1))
            return true
        }
        return (ids, profits)
    }

    /// Customers with their sums over the months, in the order given; those not to be seen are left out.
    static func customers(_ ids: [Int64], _ from: String, _ to: String, _ session: ReadSession) throws -> [Customer] {
        let object = try ProfitReader.customers(session)
        let records = try session.records(object, ids.map(RecordID.init))
        let names = Dictionary(records.map { ($0.id.raw, $0.name) }, uniquingKeysWith: { $1 })
        let runs = try RunList.current(from: from, to: to, session)
        let rows = try session.connection.rows(
            """
            SELECT record, \(ProfitColumns.sums) FROM \(Protection(session).profit) p WHERE record IN \(list: ids.map { .integer($0) })
            AND run IN \(list: runs.map { SQLValue($0.id) }) GROUP BY record
            """
        )
        let sums = Dictionary(rows.map { ($0.integer(0), Statement($0, from: 1)) }, uniquingKeysWith: { $1 })
        return ids.compactMap { id in
            names[id].map { Customer(id: RecordID(id), name: $0, statement: sums[id] ?? .zero) }
        }
    }
}
