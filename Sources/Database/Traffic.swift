import Synchronization

/// What goes through a database's connections: figures for metrics.
public final class Traffic: Sendable {
    /// Upper bounds of the sizes of groups of writes that are committed together.
    public static let bounds = [1, 2, 4, 8, 16, 32, 64]

    /// A moment's figures.
    public struct Figures: Sendable {
        /// Reads that run or wait for a connection.
        public var reading = 0
        /// Reads so far.
        public var reads = 0
        /// Reads done by servers that follow the one that is written to.
        public var followed = 0
        /// Reads that those might have done, had one been there and come far enough.
        public var notFollowed = 0
        /// Writes that run or wait for their turn.
        public var waiting = 0
        /// The most writes that ever waited at the same time.
        public var mostWaiting = 0
        /// Writes so far, those undone included.
        public var writes = 0
        /// Transactions so far.
        public var groups = 0
        /// How many groups had at most the size of this position in `bounds`.
        public var bySize = [Int](repeating: 0, count: Traffic.bounds.count)
    }
    private let figures = Mutex(Figures())
    /// When somebody last came to write who waits for it.
    private let visited = Mutex<ContinuousClock.Instant?>(nil)
    /// When work that nobody waits for last came to write.
    private let patientAt = Mutex<ContinuousClock.Instant?>(nil)
    private static let absence = Duration.seconds(2)
    private static let pause = Duration.milliseconds(500)

    /// The figures now.
    public var now: Figures { figures.withLock { $0 } }

    var isAlone: Bool { isOver(Traffic.absence) }

    var isQuiet: Bool { isOver(Traffic.pause) }

    /// True while people write, and work that nobody waits for does.
    var isMixed: Bool {
        !isAlone && patientAt.withLock { $0.map { ContinuousClock.now - $0 <= Traffic.absence } ?? false }
    }

    private func isOver(_ time: Duration) -> Bool {
        visited.withLock { $0.map { ContinuousClock.now - $0 > time } ?? true }
    }

    func arrived(patient: Bool) {
        let now = ContinuousClock.now
        // Whoever begins an import is likely at work, and others with them.
        let begins =
            patient
            && patientAt.withLock { last in
                defer { last = now }
                return last.map { now - $0 > Traffic.absence } ?? true
            }
        if !patient || begins { visited.withLock { $0 = now } }
        figures.withLock { figures in
            figures.waiting += 1
            figures.mostWaiting = max(figures.mostWaiting, figures.waiting)
        }
    }

    func committed(_ size: Int, patient: Bool) {
        // One that took long was there all the time.
        if patient { patientAt.withLock { $0 = ContinuousClock.now } }
        let position = Traffic.bounds.firstIndex { size <= $0 } ?? Traffic.bounds.count - 1
        figures.withLock { figures in
            figures.waiting -= size
            figures.writes += size
            figures.groups += 1
            figures.bySize[position] += 1
        }
    }

    func readFollowing(isReached: Bool) {
        figures.withLock { figures in
            if isReached { figures.followed += 1 } else { figures.notFollowed += 1 }
        }
    }

    func reading<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        figures.withLock { figures in
            figures.reading += 1
            figures.reads += 1
        }
        defer { figures.withLock { $0.reading -= 1 } }
        return try await body()
    }
}
