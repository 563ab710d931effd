import Identity
public import Records
import Values

/// How often the record engine reads in this process, from whatever database it has: rights and JSON included, no HTTP.
public struct EngineRate: Sendable {
    /// What a workload came to.
    public struct Figure: Sendable {
        /// W1 or W2.
        public let workload: String
        /// How many read at the same time.
        public let readers: Int
        /// Reads a second.
        public let perSecond: Double
        /// Milliseconds of this process's processor time for a read.
        public let milliseconds: Double
    }
    private let engine: RecordEngine

    /// The engine of a workspace that holds the measurement's data set.
    public init(_ engine: RecordEngine) { self.engine = engine }

    /// Reads lists (W1) and records (W2), by one and by eight at a time: the middle of three passes.
    public func measure(customers: Int, seconds: Double, only: Set<String>) async throws -> [Figure] {
        guard let set = try await DataSetLoader.existing(customers: customers, in: engine.database),
            let owner = set.owners.first
        else { throw Problem.notFound }
        let rounds = EngineRounds(engine: engine, set: set, only: only, factor: 1)
        let actor = Actor(userID: owner, name: "rep00", rights: .all)
        var figures: [Figure] = []
        for workload in ["W1", "W2"] where only.isEmpty || only.contains(workload) {
            for readers in [1, 8] {
                let read: @Sendable (Int) async throws -> Void = { round in
                    if workload == "W1" {
                        try await rounds.list(ownedBy: round, total: true, as: actor)
                    } else {
                        try await rounds.read(round, as: actor)
                    }
                }
                _ = try await EngineRate.pass(readers, seconds / 4, read)
                var passes: [(perSecond: Double, milliseconds: Double)] = []
                for _ in 0..<3 { passes.append(try await EngineRate.pass(readers, seconds, read)) }
                let middle = passes.sorted { $0.perSecond < $1.perSecond }[1]
                figures.append(
                    Figure(
                        workload: workload,
                        readers: readers,
                        perSecond: middle.perSecond,
                        milliseconds: middle.milliseconds
                    )
                )
            }
        }
        return figures
    }

    private static func pass(
        _ readers: Int,
        _ seconds: Double,
        _ read: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (perSecond: Double, milliseconds: Double) {
        let (start, spent) = (Stopwatch.seconds(), Stopwatch.processorSeconds())
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for reader in 0..<readers {
                group.addTask {
                    var round = 0
                    while Stopwatch.seconds() < start + seconds {
                        try await read(round * readers + reader)
                        round += 1
                    }
                    return round
                }
            }
            return try await group.reduce(0, +)
        }
        let count = Double(max(done, 1))
        let lasted = Stopwatch.seconds() - start
        return (count / lasted, (Stopwatch.processorSeconds() - spent) * 1000 / count)
    }
}
