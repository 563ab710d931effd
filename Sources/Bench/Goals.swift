/// What a figure must reach and what we aim at, at 100,000 customers.
public struct Goal: Sendable, Equatable {
    /// How a figure stands to its goal.
    public enum Mark: String, Sendable {
        /// It reaches what we aim at.
        case aim
        /// It reaches what it must.
        case reached
        /// It does not.
        case missed

        /// The sign in tables.
        public var sign: String {
            switch self {
            case .aim: "✓✓"
            case .reached: "✓"
            case .missed: "✗"
            }
        }
    }

    /// What must be reached.
    public let must: Double
    /// What we aim at.
    public let aim: Double
    /// True where more is better.
    public let isFloor: Bool

    static func atMost(_ must: Double, aim: Double) -> Goal { Goal(must: must, aim: aim, isFloor: false) }
    static func atLeast(_ must: Double, aim: Double) -> Goal { Goal(must: must, aim: aim, isFloor: true) }

    /// How a value stands.
    public func mark(_ value: Double) -> Mark {
        let reaches = { (limit: Double) in isFloor ? value >= limit : value <= limit }
        return reaches(aim) ? .aim : reaches(must) ? .reached : .missed
    }
}

/// The goals of all figures.
enum Goals {
    /// Milliseconds of processor time per request.
    static let processor: [String: Goal] = [
        "W1": .atMost(1, aim: 0.5), "W2": .atMost(0.25, aim: 0.12), "W3": .atMost(1.2, aim: 0.6),
        "W4": .atMost(1.2, aim: 0.6), "W5": .atMost(45, aim: 1), "W6a": .atMost(3, aim: 1),
        "W6b": .atMost(0.5, aim: 0.2),
    ]
    /// New customers per second over eight connections.
    static let creates = Goal.atLeast(1000, aim: 2000)
    /// Rows imported per second of processor time.
    static let importRows = Goal.atLeast(10_000, aim: 25_000)
    /// Milliseconds that 99 of 100 writes stay within while an import runs.
    static let writeWait = Goal.atMost(100, aim: 100)
    /// Bytes of the first load of a page.
    static let pageBytes = Goal.atMost(60_000, aim: 30_000)
    /// MiB of memory after the load.
    static let memory = Goal.atMost(150, aim: 60)
    /// Seconds from the start to the first answer.
    static let start = Goal.atMost(0.5, aim: 0.1)
    /// How much more the largest size may cost than the smallest.
    static let growth = Goal.atMost(1.3, aim: 1.3)
    /// The workloads whose growth is limited.
    static let growing: Set<String> = ["W1", "W2", "W3", "W4", "W6a", "W6b"]

    /// The goal of the requests per second of a workload, where there is one.
    static func perSecond(_ workload: String, connections: Int) -> Goal? {
        workload == "W3" && connections == 8 ? creates : nil
    }
}
