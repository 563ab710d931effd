import Synchronization

/// What the server counts about itself.
final class Metrics: Sendable {
    /// Upper bounds in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    /// A moment's figures.
    struct Figures: Sendable {
        var byStatus: [Int: Int] = [:]
        /// How many requests took at most the bound of this position; the last is for those above all bounds.
        var byTime = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var seconds = 0.0
        var writing = 0
        var writes = 0
    }
    private let figures = Mutex(Figures())

    /// The figures now.
    var now: Figures { figures.withLock { $0 } }

    /// Counts an answered request.
    func count(status: Int, seconds elapsed: Duration) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let position = Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count
        figures.withLock { figures in
            figures.byStatus[status, default: 0] += 1
            figures.byTime[position] += 1
            figures.seconds += seconds
        }
    }

    /// Counts a write while it waits and runs.
    func writing<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        figures.withLock { $0.writing += 1 }
        defer {
            figures.withLock { figures in
                figures.writing -= 1
                figures.writes += 1
            }
        }
        return try await body()
    }
}
