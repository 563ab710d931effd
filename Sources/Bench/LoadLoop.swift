import Glibc

/// Sends requests over several connections, each as soon as the one before was answered, and takes the times.
///
/// One thread for all connections: the load takes as little of the machine from the server as it can.
struct LoadLoop {
    /// What a run showed.
    struct Outcome {
        /// The time of each answer in microseconds.
        var latencies: [Double] = []
        /// Answers that were not what they should be.
        var errors = 0
        /// Bytes of all bodies.
        var bytes = 0
        /// From the first request to the last answer, in seconds.
        var seconds = 0.0
        /// The first wrong answer.
        var firstError: String?
    }

    // Nothing that is measured here takes this long.
    private static let patience: Int32 = 30_000

    let port: UInt16
    let connections: Int

    /// Runs for so many seconds, at most so many requests, and then until all is answered.
    func run(
        seconds: Double,
        limit: Int = 1_000_000,
        next: () -> [UInt8],
        isRight: (Answer) -> Bool
    ) throws -> Outcome {
        var lanes = try (0..<connections).map { _ in try LoopbackConnection(port: port) }
        defer { for lane in lanes { lane.close() } }
        var sentAt = [Double](repeating: 0, count: connections)
        var outcome = Outcome()
        var (open, sent) = (connections, connections)
        let start = Stopwatch.seconds()
        for index in lanes.indices {
            sentAt[index] = Stopwatch.seconds()
            try lanes[index].send(next())
        }
        while open > 0 {
            for index in try ready(lanes, sentAt) {
                if lanes[index].isSending { try lanes[index].flush() }
                guard let answer = try lanes[index].receive() else { continue }
                let now = Stopwatch.seconds()
                outcome.add(answer, isRight(answer), microseconds: (now - sentAt[index]) * 1_000_000)
                if now - start < seconds, sent < limit {
                    sent += 1
                    sentAt[index] = Stopwatch.seconds()
                    try lanes[index].send(next())
                } else {
                    open -= 1
                    sentAt[index] = .infinity
                }
            }
        }
        outcome.seconds = Stopwatch.seconds() - start
        return outcome
    }

    private func ready(_ lanes: [LoopbackConnection], _ sentAt: [Double]) throws -> [Int] {
        var waiting = lanes.indices.map { index in
            let events = lanes[index].isSending ? POLLIN | POLLOUT : POLLIN
            return pollfd(fd: sentAt[index] == .infinity ? -1 : lanes[index].socket, events: Int16(events), revents: 0)
        }
        let count = poll(&waiting, nfds_t(waiting.count), LoadLoop.patience)
        if count < 0, errno == EINTR { return [] }
        guard count > 0 else { throw BenchFailure.timedOut }
        return waiting.indices.filter { waiting[$0].revents != 0 }
    }
}

extension LoadLoop.Outcome {
    mutating func add(_ answer: Answer, _ isRight: Bool, microseconds: Double) {
        latencies.append(microseconds)
        bytes += answer.body.count
        if isRight { return }
        errors += 1
        if firstError == nil {
            firstError = "\(answer.status) " + String(decoding: answer.body.prefix(300), as: UTF8.self)
        }
    }

    /// The time that `share` (0 to 1) of the answers stayed within, in milliseconds.
    func percentile(_ share: Double) -> Double {
        if latencies.isEmpty { return 0 }
        let sorted = latencies.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / 1000
    }
}

/// Times of this machine.
enum Stopwatch {
    /// Seconds that only go forward.
    static func seconds() -> Double { read(CLOCK_MONOTONIC) }
    /// Seconds of processor time that this process has used.
    static func processorSeconds() -> Double { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
