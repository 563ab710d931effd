import Database
import SQLText
import Values

/// What the database itself takes for the same work, in this process: no HTTP, no rights, no JSON.
struct BareStatements {
    let database: Database
    let set: DataSet

    private static let rounds = 300
    private static let table = "customer"

    /// Milliseconds of processor time per statement, by workload.
    func measure() async throws -> [String: Double] {
        let set = set
        let columns =
            "name, phone, email, website, address, industry, type, status, source, code, created_at, description"
        let list = try await each(BareStatements.rounds) { connection, round in
            let owner = set.owners[round % set.owners.count]
            try connection.each(
                """
                SELECT id, \(raw: columns), (SELECT u.name FROM sys_user u WHERE u.id = t.owner)
                FROM \(name: BareStatements.table) t WHERE owner = \(owner) AND deleted_at IS NULL
                ORDER BY name_sort, id LIMIT 50
                """
            ) { BareStatements.touch($0) }
        }
        let total = try await each(BareStatements.rounds) { connection, round in
            let owner = set.owners[round % set.owners.count]
            _ = try connection.value(
                "SELECT count(*) FROM \(name: BareStatements.table) t WHERE owner = \(owner) AND deleted_at IS NULL"
            )
        }
        let read = try await each(BareStatements.rounds * 10) { connection, round in
            let id = DataSet.customerID(round % 500 * (set.customers / 500))
            try connection.each("SELECT * FROM \(name: BareStatements.table) WHERE id = \(id)") {
                BareStatements.touch($0)
            }
        }
        let report = try await each(10) { connection, _ in _ = try StageSum.all(on: connection) }
        return ["W1": list + total, "W1n": list, "W2": read, "W5": report]
    }

    /// The sums that the report must show.
    func stageSums() async throws -> [StageSum] { try await database.read { try StageSum.all(on: $0) } }

    private func each(
        _ rounds: Int,
        _ body: @escaping @Sendable (Connection, Int) throws -> Void
    ) async throws -> Double {
        try await database.read { connection in
            for round in 0..<min(rounds, 20) { try body(connection, round) }
            let start = Stopwatch.processorSeconds()
            for round in 0..<rounds { try body(connection, round) }
            return (Stopwatch.processorSeconds() - start) * 1000 / Double(rounds)
        }
    }

    private static func touch(_ cursor: RowCursor) -> Bool {
        var sum = 0
        for column in 0..<cursor.count { cursor.withText(column) { sum &+= $0.count } }
        return sum >= 0
    }
}
