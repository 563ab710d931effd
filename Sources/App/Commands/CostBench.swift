import Costing
import Database
import Foundation
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// Measures costs: a run over many customers and events, and the pages that are read afterwards.
struct CostBench {
    /// One figure.
    struct Figure {
        let name: String
        let value: Double
        let unit: String
        let goal: Double?
    }

    let engine: RecordEngine
    let customers: Int
    let events: Int

    private static let month = "2026-06"
    private static let actor = Actor.system("bench")

    /// Opens an empty database of its own: a file in a folder, or a schema of a PostgreSQL server.
    static func open(_ folder: String, _ address: String?) async throws -> RecordEngine {
        let database: Database
        if let address {
            let server = PostgresServer(try PostgresAddress(address))
            database = try await server.create(schema: "bench_costs_\(ProcessInfo.processInfo.processIdentifier)")
        } else {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/costs.db"
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
            database = try Database(sqlite: path)
        }
        return try await RecordEngine(
            database: database,
            modules: Modules.all,
            ids: IDSource(node: 1, clock: .system),
            clock: .system
        )
    }

    /// Fills the database, reckons a month, and reads.
    func run(_ say: @escaping @Sendable (String) -> Void) async throws -> [Figure] {
        try await fill(say)
        var figures = try await reckon()
        say("runs of twelve months")
        try await engine.write(as: CostBench.actor) { session in
            for age in 1...11 { try CostBench.copyMonth(age, session.connection) }
            if session.connection.dialect == .sqlite { try session.connection.script("ANALYZE") }
        }
        figures += try await reads()
        return figures
    }

    // MARK: Data

    private func fill(_ say: @escaping @Sendable (String) -> Void) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        try await rules()
        let now: Int64 = 1_782_864_000_000
        let (customers, count) = (Int64(customers), Int64(customers))
        try await series("customer", customers, say) { table, low, high in
            """
            INSERT INTO \(name: table) ("id", "version", "created_at", "updated_at", "name")
            \(CostBench.numbers(low, high)) SELECT 1000 + i, 1, \(now), \(now), 'C' || i FROM n
            """
        }
        try await series("sale_line", customers, say) { table, low, high in
            """
            INSERT INTO \(name: table) ("id", "version", "created_at", "updated_at", "name", "customer", "day", "kind",
                "amount_base", "discount_base", "goods_base")
            \(CostBench.numbers(low, high)) SELECT 1000 + i, 1, \(now), \(now), 'S', 1000 + i, '2026-06-15', 'sale',
                50000 + i * 7919 % 900000, i % 500, 20000 + i * 104729 % 300000 FROM n
            """
        }
        try await series("activity", Int64(events), say) { table, low, high in
            """
            INSERT INTO \(name: table) ("id", "version", "created_at", "updated_at", "subject", "kind", "direction", "customer",
                "happened_at", "duration_minutes")
            \(CostBench.numbers(low, high)) SELECT 1000 + i, 1, \(now), \(now), 'E',
                CASE i % 4 WHEN 0 THEN 'call' WHEN 1 THEN 'message' WHEN 2 THEN 'email' ELSE 'visit' END,
                CASE i % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END, 1000 + i * 7919 % \(count),
                1780300800000 + i % 2500000000, CASE WHEN i % 3 = 0 THEN 5 + i % 40 END FROM n
            """
        }
        try await series("touch", customers / 5, say) { table, low, high in
            """
            INSERT INTO \(name: table) ("id", "version", "created_at", "updated_at", "name", "customer", "channel", "kind",
                "happened_at", "first")
            \(CostBench.numbers(low, high)) SELECT 1000 + i, 1, \(now), \(now), 'T', 1000 + i * 31 % \(count),
                CASE i % 3 WHEN 0 THEN 'search' WHEN 1 THEN 'exhibition' ELSE 'referral' END, 'click',
                1780300800000 + i % 2500000000, 1 FROM n
            """
        }
        if engine.database.dialect == .postgres {
            try await engine.database.write { try $0.script("ANALYZE") }
        }
        say("filled in \(start.duration(to: clock.now))")
    }

    private static func numbers(_ low: Int64, _ high: Int64) -> SQLFragment {
        """
        WITH RECURSIVE n (i) AS (SELECT CAST(\(low) AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < \(high))
        """
    }

    private func series(
        _ name: String,
        _ count: Int64,
        _ say: @escaping @Sendable (String) -> Void,
        _ insert: @escaping @Sendable (String, Int64, Int64) -> SQLFragment
    ) async throws {
        for low in stride(from: Int64(0), to: count, by: 250_000) {
            let high = min(count, low + 250_000)
            _ = try await engine.database.write { try $0.run(insert(name, low, high)) }
            if high == count || low % 2_500_000 == 0 { say("\(name): \(high) / \(count)") }
        }
    }

    private static func make(_ plural: String, _ session: WriteSession, _ json: String) throws -> RecordID {
        let object = try session.object(plural)
        let input: JSONValue = try JSONReader.parse(Array(json.utf8))
        return try session.create(object, input).id
    }

    /// Four teams with a month's cost each, one activity each, and spend on three channels.
    private func rules() async throws {
        let (customers, events) = (customers, events)
        try await engine.write(as: CostBench.actor) { session in
            let people = max(4, events / 300)
            for kind in ["call", "message", "email", "visit"] {
                let pool = try CostBench.make("cost_pools", session, #"{"name":"\#(kind)","people":"\#(people)"}"#)
                _ = try CostBench.make(
                    "cost_lines",
                    session,
                    #"{"name":"pay","pool":"\#(pool)","day":"2026-06-30","amount":"\#(people * 9000)"}"#
                )
                let category = kind == "message" ? "service" : "maintenance"
                _ = try CostBench.make(
                    "cost_activities",
                    session,
                    """
                    {"name":"\(kind)","pool":"\(pool)","category":"\(category)","condition":"kind = \\"\(kind)\\"",
                    "minutes":"6 + if(direction = \\"incoming\\", 9, 0)","logged":"duration_minutes"}
                    """
                )
            }
            for channel in ["search", "exhibition", "referral"] {
                _ = try CostBench.make(
                    "channel_spends",
                    session,
                    #"{"name":"x","channel":"\#(channel)","day":"2026-06-20","amount":"\#(customers)"}"#
                )
            }
        }
    }

    /// The same statements again as those of an earlier month, so that a year can be read.
    private static func copyMonth(_ age: Int, _ connection: Connection) throws {
        let month = String(
            (Day(CostBench.month + "-01") ?? Day(daysSince1970: 0)).adding(months: -age).description.prefix(7)
        )
        let run =
            try connection.value("SELECT max(id) FROM sys_allocation_run WHERE month = \(CostBench.month)").integer ?? 0
        let base = try connection.value("SELECT max(id) FROM sys_profit").integer ?? 0
        try connection.run(
            """
            INSERT INTO sys_allocation_run (id, month, state, rules_hash, input_hash, created_at, created_by, created_name,
                note, first_entry, last_entry, logged, estimated, pool_cost, spend, direct, assigned)
            SELECT id - \(age), \(month), 'draft', rules_hash, input_hash, created_at, created_by, created_name, note, 0, -1,
                logged, estimated, pool_cost, spend, direct, assigned FROM sys_allocation_run WHERE id = \(run)
            """
        )
        let columns: SQLFragment = """
            sales, discounts, refunds, goods, service, maintenance, acquired, acquisition, fees, bad_debt, cash, logged,
            estimated
            """
        try connection.run(
            "INSERT INTO sys_run_total (run, \(columns)) SELECT run - \(age), \(columns) FROM sys_run_total WHERE run = \(run)"
        )
        try connection.run(
            """
            INSERT INTO sys_profit (id, run, object, record, \(columns))
            SELECT \(base) + row_number() OVER (ORDER BY id), run - \(age), object, record, \(columns) FROM sys_profit
            WHERE run = \(run)
            """
        )
    }

    // MARK: Figures

    private func reckon() async throws -> [Figure] {
        let (clock, before, work) = (ContinuousClock(), CostBench.peak(), CostBench.processorTime())
        let start = clock.now
        let run = try await CostRuns(engine).reckon(CostBench.month, by: CostBench.actor)
        let (seconds, own) = (CostBench.seconds(start.duration(to: clock.now)), CostBench.processorTime() - work)
        let summary = try await engine.read(as: CostBench.actor) { try RunList.one(run, $0) }
        let entries = try await engine.database.read {
            try $0.value("SELECT count(*) FROM sys_cost_entry WHERE run = \(run)").integer ?? 0
        }
        let rest = try await engine.database.read {
            try $0.value("SELECT CAST(sum(amount) AS BIGINT) FROM sys_cost_residual WHERE run = \(run)").integer ?? 0
        }
        guard summary.assigned + rest == summary.poolCost + summary.spend + summary.direct else {
            throw Problem(.failure, "not_conserved", Label("The run does not add up.", zh: "核算结果不平。"))
        }
        return [
            Figure(name: "run", value: seconds, unit: "s", goal: 180),
            Figure(name: "processor time of the program", value: own, unit: "s", goal: nil),
            Figure(name: "entries", value: Double(entries), unit: "", goal: nil),
            Figure(name: "peak memory before", value: before, unit: "MB", goal: nil),
            Figure(name: "peak memory after", value: CostBench.peak(), unit: "MB", goal: nil),
        ]
    }

    private func reads() async throws -> [Figure] {
        let context = PageContext(language: .zh, now: Clock.system.now())
        let frame = CostingFrame(context: context, currency: "CNY", from: "2025-07", to: "2026-06")
        let count = Int64(customers)
        let customer = try await median(201) { place in
            let id = RecordID(1000 + Int64(place) * 7919 % count)
            _ = try await engine.read(as: CostBench.actor) { session -> Int in
                let months = try ProfitReader.months(of: id, from: frame.from, to: frame.to, session)
                let worth = try CustomerWorth.of(id, session)
                return ProfitPages.customer(id, "C", months, isGroup: false, worth: worth, frame).bytes.count
            }
        }
        let overview = try await median(51) { _ in
            _ = try await engine.read(as: CostBench.actor) { session -> Int in
                ProfitPages.overview(try ProfitReader.months(from: frame.from, to: frame.to, session), frame).bytes
                    .count
            }
        }
        let entries = try await median(51) { place in
            let id = RecordID(1000 + Int64(place) * 104_729 % count)
            _ = try await engine.read(as: CostBench.actor) {
                try EntryReader.page(of: id, month: CostBench.month, line: .profit, $0).entries.count
            }
        }
        return [
            Figure(name: "page of a customer", value: customer, unit: "ms", goal: 20),
            Figure(name: "entries of a customer's profit", value: entries, unit: "ms", goal: 20),
            Figure(name: "overview of the firm", value: overview, unit: "ms", goal: 200),
        ] + (try await decisions(frame))
    }

    /// Pages that weigh all customers against each other: what they read grows with the customers, what they hold and
    /// show does not.
    private func decisions(_ frame: CostingFrame) async throws -> [Figure] {
        _ = try await WorthRuns(engine).reckon(by: CostBench.actor)
        let (from, to) = (frame.from, frame.to)
        let reads: [(String, @Sendable (ReadSession) throws -> Int)] = [
            ("customers of most worth", { try WorthList.lines(limit: 50, $0).count }),
            ("whale curve", { try WhaleReader.curve(from: from, to: to, places: 1...50, $0).chosen.count }),
            ("segments by level", { try SegmentReader.segments(by: "level", from: from, to: to, $0).count }),
            ("drivers by activity", { try DriverReader.drivers(by: .activity, from: from, to: to, $0).count }),
            ("warnings", { try WarningReader.list(until: to, limit: 50, $0).count }),
            ("tiers of a fee trial", { try FeeTrials.tiers(from: from, to: to, $0).count }),
        ]
        var figures: [Figure] = []
        for (name, read) in reads {
            let time = try await median(3) { _ in _ = try await engine.read(as: CostBench.actor, read) }
            figures.append(Figure(name: name, value: time, unit: "ms", goal: nil))
        }
        return figures
    }

    private func median(_ times: Int, _ body: (Int) async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        var took: [Double] = []
        for place in 0..<times {
            let start = clock.now
            try await body(place)
            took.append(CostBench.seconds(start.duration(to: clock.now)) * 1000)
        }
        return took.sorted()[times / 2]
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// The processor time that this process has used so far, in seconds; that of PostgreSQL is not in it.
    static func processorTime() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        // Hundredths of a second in the program and for it in the system.
        return fields.count > 12 ? ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / 100 : 0
    }

    /// The most memory that this process has held so far, in MB.
    private static func peak() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1024
    }
}
