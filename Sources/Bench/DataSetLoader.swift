import Database
import Identity
import Records
import SQLText
import Values

/// Fills a workspace with a data set, or finds it there.
struct DataSetLoader {
    private static let batch = 5000
    // The version of the generator: a data set of another one is made anew.
    private static let version = "1"

    let engine: RecordEngine
    let say: @Sendable (String) -> Void
    /// As of so many rows of an object its indexes are made when all rows are there: each row would else touch pages at
    /// random places of indexes that no cache holds.
    var many = 2_000_000

    /// The data set of a workspace; nil when it is not there, or of another size.
    static func existing(
        customers: Int,
        each: Companions = Companions(),
        in database: Database
    ) async throws -> DataSet? {
        try await database.read { connection in
            let known = try connection.value("SELECT value FROM sys_setting WHERE key = 'bench_data_set'").text
            guard known == "\(version):\(customers)\(each.suffix)" else { return nil }
            return DataSet(customers: customers, each: each, owners: try owners(on: connection))
        }
    }

    /// Makes all rows and checks the sums per stage against those of the generator.
    func load(customers: Int, each: Companions = Companions()) async throws -> DataSet {
        let owners = try await engine.database.read { try DataSetLoader.owners(on: $0) }
        guard owners.count == DataSet.ownerCount else { throw DataSetLoader.wrong("owners") }
        let set = DataSet(customers: customers, each: each, owners: owners)
        try await load("customer", count: customers) { row in (set.customer(row), DataSet.created(row)) }
        try await load("contact", count: customers * each.contacts) { row in
            (set.contact(row), DataSet.created(row))
        }
        try await load("opportunity", count: customers * each.opportunities) { row in
            let (index, number) = (row / each.opportunities, row % each.opportunities)
            return (set.opportunity(index, number), DataSet.created(index))
        }
        try await loadActivities(set)
        try await check(set)
        // As after an import, or a night.
        try await engine.tidySearch()
        _ = try await engine.database.write { connection in
            try connection.run(
                """
                INSERT INTO sys_setting (key, value)
                VALUES ('bench_data_set', \("\(DataSetLoader.version):\(customers)\(each.suffix)"))
                """
            )
        }
        return set
    }

    // In the order of time, as they would have come in life: those of one customer lie far from one another.
    private func loadActivities(_ set: DataSet) async throws {
        let each = set.each.activities
        if each == 0 { return }
        let moments = set.customers + (each - 1) * DataSet.week
        try await load("activity", count: moments * each, of: set.customers * each) { row in
            let (moment, number) = (row / each, row % each)
            let index = moment - number * DataSet.week
            guard (0..<set.customers).contains(index) else { return nil }
            return (set.activity(index, number), DataSet.created(moment))
        }
    }

    /// `count` is how many numbers `row` is asked for; `total` how many of them have a row, where not all do.
    private func load(
        _ object: String,
        count: Int,
        of total: Int? = nil,
        _ row: @escaping @Sendable (Int) -> (values: [String: SQLValue], created: Instant)?
    ) async throws {
        let total = total ?? count
        if total == 0 { return }
        let indexes = LaterIndexes(engine: engine, object: object)
        if total >= many { try await indexes.drop() }
        var (done, reported) = (0, 0)
        let batch = DataSetLoader.batch * (total >= many ? 4 : 1)
        for start in stride(from: 0, to: count, by: batch) {
            let numbers = start..<min(count, start + batch)
            done += try await engine.write(as: .system("bench"), patient: true) { session in
                var loader = try RowLoader(object, in: session)
                var added = 0
                for number in numbers {
                    guard let (values, created) = row(number) else { continue }
                    try loader.add(values, at: created)
                    added += 1
                }
                if added > 0 { try loader.finish() }
                return added
            }
            if done - reported >= max(100_000, total / 4) || (done == total && reported < total) {
                reported = done
                say("\(object): \(done) / \(total)")
            }
        }
        try await indexes.make(say)
    }

    private func check(_ set: DataSet) async throws {
        var expected: [String: Int64] = [:]
        for index in 0..<set.customers {
            for (stage, amount) in set.stageAmounts(index) { expected[stage, default: 0] += amount }
        }
        let stored = try await engine.database.read { try StageSum.all(on: $0) }
        let sums = Dictionary(uniqueKeysWithValues: stored.map { ($0.stage, $0.amount) })
        guard sums == expected else { throw DataSetLoader.wrong("sums") }
    }

    static func owners(on connection: Connection) throws -> [RecordID] {
        try connection.rows("SELECT id FROM sys_user WHERE email LIKE 'rep__@bench.example.com' ORDER BY email")
            .compactMap { $0.id(0) }
    }

    private static func wrong(_ what: String) -> Problem {
        Problem(
            .failure,
            "bench_data_set",
            Label(
                "The generated data set is not what it should be (\(what)). Delete the folder and try again.",
                zh: "生成的测试数据不符合预期（\(what)），请删除该目录后重试。"
            )
        )
    }
}

/// Count and sum of the opportunities of a stage, straight from the table.
struct StageSum: Sendable {
    static let table = "opportunity"
    let stage: String
    let count: Int64
    /// In minor units of the base currency.
    let amount: Int64

    static let statement: SQLFragment = """
        SELECT stage, count(*), sum(amount_base) FROM \(name: table) WHERE deleted_at IS NULL GROUP BY stage
        """

    static func all(on connection: Connection) throws -> [StageSum] {
        try connection.rows(statement).map { StageSum(stage: $0.text(0), count: $0.integer(1), amount: $0.integer(2)) }
    }
}
