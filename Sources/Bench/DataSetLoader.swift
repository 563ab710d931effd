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

    /// The data set of a workspace; nil when it is not there, or of another size.
    static func existing(customers: Int, in database: Database) async throws -> DataSet? {
        try await database.read { connection in
            let known = try connection.value("SELECT value FROM sys_setting WHERE key = 'bench_data_set'").text
            guard known == "\(version):\(customers)" else { return nil }
            return DataSet(customers: customers, owners: try owners(on: connection))
        }
    }

    /// Makes all rows and checks the sums per stage against those of the generator.
    func load(customers: Int) async throws -> DataSet {
        let owners = try await engine.database.read { try DataSetLoader.owners(on: $0) }
        guard owners.count == DataSet.ownerCount else { throw DataSetLoader.wrong("owners") }
        let set = DataSet(customers: customers, owners: owners)
        try await load("customer", count: customers) { row in (set.customer(row), row) }
        try await load("contact", count: customers) { row in (set.contact(row), row) }
        let each = DataSet.opportunitiesPerCustomer
        try await load("opportunity", count: customers * each) { row in
            (set.opportunity(row / each, row % each), row / each)
        }
        try await check(set)
        _ = try await engine.database.write { connection in
            try connection.run(
                """
                INSERT INTO sys_setting (key, value)
                VALUES ('bench_data_set', \("\(DataSetLoader.version):\(customers)"))
                """
            )
        }
        return set
    }

    private func load(
        _ object: String,
        count: Int,
        _ row: @escaping @Sendable (Int) -> (values: [String: SQLValue], customer: Int)
    ) async throws {
        var reported = 0
        for start in stride(from: 0, to: count, by: DataSetLoader.batch) {
            let end = min(count, start + DataSetLoader.batch)
            try await engine.write(as: .system("bench")) { session in
                var loader = try RowLoader(object, in: session)
                for index in start..<end {
                    let (values, customer) = row(index)
                    try loader.add(values, at: DataSet.created(customer))
                }
                try loader.finish()
            }
            if end - reported >= max(100_000, count / 4) || end == count {
                reported = end
                say("\(object): \(end) / \(count)")
            }
        }
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
