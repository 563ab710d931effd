import Database
import Identity
public import Records
import SQLText
public import Values

/// The earlier months that a run counts a part of, each with the mark of what winning customers had cost in it.
///
/// A closed month whose earlier months have other marks by now shows amounts that nobody can find any more: it is
/// outdated, and has to be restated as they were.
struct RestsOn: Sendable, Equatable {
    /// The first month of which something could be left to count.
    let from: String
    /// The marks by month; a month in which nothing was spent on winning has none.
    let marks: [String: String]

    /// What a month rests on now.
    init(_ month: String, over months: Int64, _ connection: Connection) throws {
        let from = CostMonth.text(month, adding: -Int(max(1, months)) + 1)
        self.init(from: from, before: month, of: try RestsOn.marks(connection))
    }

    private init(from: String, before month: String, of all: [String: String]) {
        self.from = from
        marks = all.filter { $0.key >= from && $0.key < month }
    }

    /// What a run rested on, as it was kept.
    init?(kept text: String) {
        let parts = text.split(separator: ";").map(String.init)
        guard let from = parts.first else { return nil }
        self.from = from
        let pairs = parts.dropFirst().compactMap { part -> (String, String)? in
            let ends = part.split(separator: "=", maxSplits: 1).map(String.init)
            return ends.count == 2 ? (ends[0], ends[1]) : nil
        }
        marks = Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    /// The text form, always the same for the same.
    var text: String {
        ([from] + marks.sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }).joined(separator: ";")
    }

    /// The earlier months that say something else than a run of `month` rested on.
    func changed(before month: String, _ now: [String: String]) -> [String] {
        let today = RestsOn(from: from, before: month, of: now)
        return Set(marks.keys).union(today.marks.keys).filter { marks[$0] != today.marks[$0] }.sorted()
    }

    /// The marks of all months as they stand. Runs from before marks were kept go by their number.
    static func marks(_ connection: Connection) throws -> [String: String] {
        let runs = try RunList.current(from: "0001-01", to: "9999-12", connection)
        let kept = try connection.rows("SELECT run, mark FROM sys_run_carry")
        let known = Dictionary(kept.map { ($0.integer(0), $0.text(1)) }, uniquingKeysWith: { $1 })
        let marks = runs.map { ($0.month, known[$0.id.raw] ?? $0.id.description) }
        return Dictionary(marks.filter { !$0.1.isEmpty }, uniquingKeysWith: { $1 })
    }

    /// Keeps what a run has spent on winning, customer by customer, as a mark, and what it rests on.
    func keep(_ run: RecordID, _ connection: Connection) throws {
        var stream = ContentHash.Stream()
        var isEmpty = true
        for table in ["sys_profit", "sys_profit_small"] {
            var buffer: [UInt8] = Array((table + ";").utf8)
            try connection.each(
                "SELECT record, acquired FROM \(name: table) WHERE run = \(run) AND acquired <> 0 ORDER BY record, id"
            ) { row in
                isEmpty = false
                buffer += Array("\(row.integer(0)),\(row.integer(1));".utf8)
                if buffer.count > 65_536 {
                    buffer.withUnsafeBytes { stream.add($0) }
                    buffer.removeAll(keepingCapacity: true)
                }
                return true
            }
            buffer.withUnsafeBytes { stream.add($0) }
        }
        let mark = isEmpty ? "" : ContentHash.hex(stream.finish())
        try connection.run(
            """
            INSERT INTO sys_run_carry (run, mark, rests_on) VALUES (\(run), \(mark), \(text))
            ON CONFLICT (run) DO UPDATE SET mark = excluded.mark, rests_on = excluded.rests_on
            """
        )
    }
}

/// Closed months that count a part of what an earlier month no longer says.
public enum OutdatedMonths {
    /// One of them.
    public struct Month: Sendable, Equatable {
        /// The month.
        public let month: String
        /// The run that closed it.
        public let run: RecordID
        /// The earlier months that have changed since.
        public let because: [String]
    }

    /// All of them, the earliest first: the order in which they are restated.
    public static func list(_ session: ReadSession) throws -> [Month] {
        try session.actor.require(.costs)
        return try list(try RestsOn.marks(session.connection), session.connection)
    }

    /// Those that would come if a draft were closed.
    public static func following(_ draft: RunSummary, _ session: ReadSession) throws -> [Month] {
        try session.actor.require(.costing)
        let connection = session.connection
        var marks = try RestsOn.marks(connection)
        let mark = try connection.row("SELECT mark FROM sys_run_carry WHERE run = \(draft.id)")?.text(0)
        marks[draft.month] = mark.flatMap { $0.isEmpty ? nil : $0 }
        return try list(marks, connection).filter { $0.month > draft.month && $0.because.contains(draft.month) }
    }

    /// The earlier months that have changed since a draft; none for one from before this was kept.
    public static func changed(since draft: RunSummary, _ session: ReadSession) throws -> [String] {
        try session.actor.require(.costing)
        return try changed(since: draft.id, of: draft.month, session.connection)
    }

    static func changed(since run: RecordID, of month: String, _ connection: Connection) throws -> [String] {
        let kept = try connection.row("SELECT rests_on FROM sys_run_carry WHERE run = \(run)")?.text(0)
        guard let rests = kept.flatMap(RestsOn.init(kept:)) else { return [] }
        return rests.changed(before: month, try RestsOn.marks(connection))
    }

    private static func list(_ marks: [String: String], _ connection: Connection) throws -> [Month] {
        let runs = try RunList.current(from: "0001-01", to: "9999-12", connection)
        let kept = try connection.rows(
            """
            SELECT c.run, c.rests_on FROM sys_run_carry c JOIN sys_allocation_run r ON r.id = c.run
            WHERE r.state = 'closed'
            """
        )
        let rests = Dictionary(kept.map { ($0.integer(0), $0.text(1)) }, uniquingKeysWith: { $1 })
        return runs.compactMap { month, id in
            guard let one = rests[id.raw].flatMap(RestsOn.init(kept:)) else { return nil }
            let because = one.changed(before: month, marks)
            return because.isEmpty ? nil : Month(month: month, run: id, because: because)
        }
    }
}
