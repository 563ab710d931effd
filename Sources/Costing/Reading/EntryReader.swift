import Database
import Identity
public import Records
public import Schema
public import Values

/// The entries behind a figure, of customers that the reader may see. They sum to it.
public enum EntryReader {
    /// One entry of the ledger, or one line of sales.
    public struct Entry: Sendable, Equatable {
        /// The amount in minor units of the base currency, in the sense of the line.
        public internal(set) var amount: Int64
        /// What it is for: a category, or the kind of a sales line.
        public let category: String
        /// What it is.
        public let nature: String
        /// `direct`, `logged`, `estimated`, `allocated` or `document`.
        public let method: String
        /// A to D.
        public let confidence: String
        /// The object of the record that caused it.
        public let object: String
        /// That record.
        public let source: RecordID
        /// Its name, where the reader may see it.
        public internal(set) var name: String?
        /// How logged minutes were found, where their record says so: by a timer, a check-in, or told by somebody.
        public internal(set) var minutesBy: Choice?
        /// The costed activity.
        public let activity: String?
        /// Seconds; nil for what is no time.
        public let seconds: Int64?
        /// The channel.
        public let channel: String?

        func with(amount: Int64) -> Entry {
            var copy = self
            copy.amount = amount
            return copy
        }
    }

    /// A page of entries.
    public struct Page: Sendable {
        /// The entries, the largest first.
        public internal(set) var entries: [Entry]
        /// How many there are.
        public let count: Int64
        /// What all of them come to.
        public let total: Int64

        init(entries: [Entry], count: Int64, total: Int64) {
            self.entries = entries
            self.count = count
            self.total = total
        }

        /// All entries on one page.
        public init(_ entries: [Entry]) {
            self.init(entries: entries, count: Int64(entries.count), total: entries.reduce(0) { $0 + $1.amount })
        }
    }

    /// Whose entries of a customer are asked for.
    public enum ProductScope: Sendable, Equatable {
        /// All.
        case all
        /// Those of no product.
        case none
        /// Those of one product.
        case of(RecordID)

        func holds(_ product: RecordID?) -> Bool {
            switch self {
            case .all: true
            case .none: product == nil
            case .of(let wanted): product == wanted
            }
        }
    }

    /// The entries behind one line of a customer's month, or of one product in it. Throws `notFound` and `forbidden` like the statement.
    public static func page(
        of customer: RecordID,
        month: String,
        line: ProfitLine,
        product: ProductScope = .all,
        limit: Int = 200,
        offset: Int = 0,
        _ session: ReadSession
    ) throws -> Page {
        try session.actor.require(.costs)
        let object = try ProfitReader.customers(session)
        _ = try session.find(object, customer)
        let parts = components(of: line)
        let sources = try EntrySources(of: customer, month: month, for: parts.map(\.0), session)
        let all = parts.flatMap { part, sign in
            sources.entries(of: part, product).map { $0.with(amount: sign * $0.amount) }
        }
        var page = page(all, limit, offset)
        page.entries = try named(page.entries, session)
        return page
    }

    /// Entries with the names of their records, of those that the reader may see.
    static func named(_ entries: [Entry], _ session: ReadSession) throws -> [Entry] {
        let found = try records(entries.filter { $0.name == nil }.map { ($0.object, $0.source.raw) }, session)
        return entries.map { entry in
            var copy = entry
            copy.name = entry.name ?? found[entry.source.raw]?.name
            if entry.method == "logged" { copy.minutesBy = found[entry.source.raw]?.minutesBy }
            return copy
        }
    }

    /// The lines that a line is made of, with their signs; a line that is a fact is made of itself.
    private static func components(of line: ProfitLine) -> [(ProfitLine, Int64)] {
        let steps: [(ProfitLine, Int64)] = [
            (.sales, 1), (.discounts, -1), (.refunds, -1), (.goods, -1), (.service, -1), (.maintenance, -1),
            (.acquisition, -1), (.fees, 1), (.badDebt, -1),
        ]
        switch line {
        case .netRevenue: return Array(steps.prefix(3))
        case .grossMargin: return Array(steps.prefix(4))
        case .contribution: return Array(steps.prefix(6))
        case .profit: return Array(steps.prefix(7))
        case .profitAfterFees: return steps
        default: return [(line, 1)]
        }
    }

    private static func page(_ all: [Entry], _ limit: Int, _ offset: Int) -> Page {
        let sorted = all.sorted {
            abs($0.amount) == abs($1.amount) ? $0.source < $1.source : abs($0.amount) > abs($1.amount)
        }
        return Page(
            entries: Array(sorted.dropFirst(offset).prefix(limit)),
            count: Int64(all.count),
            total: all.reduce(0) { $0 + $1.amount }
        )
    }

    private typealias Found = (name: String, minutesBy: Choice?)
    /// The field of activities that says how their minutes were found.
    private static let minutesBy = "duration_from"

    /// Records of several objects, of those that the reader may see: one statement for each object.
    private static func records(_ sources: [(String, Int64)], _ session: ReadSession) throws -> [Int64: Found] {
        var found: [Int64: Found] = [:]
        for (key, group) in Dictionary(grouping: sources, by: \.0) {
            guard let object = session.schema.object(key), session.actor.rights.on(key).read != .none else { continue }
            let ways = session.readableFields(object).first { $0.key == minutesBy }?.kind.choices ?? []
            let ids = Set(group.map { RecordID($0.1) }).sorted()
            for start in stride(from: 0, to: min(ids.count, 5000), by: 1000) {
                let part = Array(ids[start..<min(start + 1000, ids.count)])
                for record in try session.records(object, part) {
                    let way = ways.isEmpty ? nil : ways.first { $0.key == record[minutesBy].text }
                    found[record.id.raw] = (record.name, way)
                }
            }
        }
        return found
    }
}
