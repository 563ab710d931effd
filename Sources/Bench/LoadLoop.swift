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

    let endpoint: Endpoint
    let connections: Int
    /// Seconds that each connection rests after an answer.
    var pause = 0.0

    /// Runs for so many seconds, at most so many requests, and then until all is answered.
    func run(
        seconds: Double,
        limit: Int = 1_000_000,
        next: () -> [UInt8],
        isRight: (Answer) -> Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        var sent = 0
        outcome.seconds = try run(
            goesOn: { $0 < seconds && sent < limit },
            next: { _ in
                sent += 1
                return (0, next())
            },
            took: { _, answer, microseconds in outcome.add(answer, isRight(answer), microseconds: microseconds) }
        )
        return outcome
    }

    /// Sends requests of several kinds, at least one over each connection, as long as `goesOn` says so of the seconds
    /// since the start; `took` gets the kind, the answer and its microseconds. The result is how long it took.
    func run(
        goesOn: (Double) -> Bool,
        next: (Double) -> (kind: Int, request: [UInt8]),
        took: (Int, Answer, Double) -> Void
    ) throws -> Double {
        var lanes = try (0..<connections).map { Lane(try ServerConnection(endpoint.server(of: $0))) }
        defer { for lane in lanes { lane.connection.close() } }
        let start = Stopwatch.seconds()
        var open = connections
        func send(_ index: Int) throws {
            let (kind, request) = next(Stopwatch.seconds() - start)
            lanes[index].kind = kind
            lanes[index].state = .asking(since: Stopwatch.seconds())
            try lanes[index].connection.send(request)
        }
        for index in lanes.indices { try send(index) }
        while open > 0 {
            for index in try ready(lanes) {
                guard case .asking(let since) = lanes[index].state else {
                    try send(index)
                    continue
                }
                if lanes[index].connection.isSending { try lanes[index].connection.flush() }
                guard let answer = try lanes[index].connection.receive() else { continue }
                let now = Stopwatch.seconds()
                took(lanes[index].kind, answer, (now - since) * 1_000_000)
                if !goesOn(now - start) {
                    open -= 1
                    lanes[index].state = .done
                } else if pause > 0 {
                    lanes[index].state = .resting(until: now + pause)
                } else {
                    try send(index)
                }
            }
        }
        return Stopwatch.seconds() - start
    }

    private struct Lane {
        enum State {
            case asking(since: Double)
            case resting(until: Double)
            case done
        }
        var connection: ServerConnection
        var state = State.done
        var kind = 0

        init(_ connection: ServerConnection) { self.connection = connection }
    }

    // Those for which something has come, or whose rest is over.
    private func ready(_ lanes: [Lane]) throws -> [Int] {
        let now = Stopwatch.seconds()
        var rest = Double.infinity
        var waiting = lanes.map { lane in
            if case .resting(let until) = lane.state { rest = min(rest, until - now) }
            guard case .asking = lane.state else { return pollfd(fd: -1, events: 0, revents: 0) }
            let events = lane.connection.isSending ? POLLIN | POLLOUT : POLLIN
            return pollfd(fd: lane.connection.socket, events: Int16(events), revents: 0)
        }
        let timeout = rest.isFinite ? Int32(max(0, (rest * 1000).rounded(.up))) : LoadLoop.patience
        let count = poll(&waiting, nfds_t(waiting.count), timeout)
        if count < 0, errno == EINTR { return [] }
        guard count > 0 || rest.isFinite else { throw BenchFailure.timedOut }
        let then = Stopwatch.seconds()
        return lanes.indices.filter { index in
            if case .resting(let until) = lanes[index].state { return until <= then }
            return waiting[index].revents != 0
        }
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
        percentileMilliseconds(latencies, share)
    }
}

/// The time in milliseconds that `share` (0 to 1) of times in microseconds stayed within.
func percentileMilliseconds(_ times: [Double], _ share: Double) -> Double {
    if times.isEmpty { return 0 }
    let sorted = times.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / 1000
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
