import Dispatch
import Synchronization

/// Reads on their way to threads that may block: at most so many at a time, the others in the order in which they came.
///
/// A read goes to a thread once and comes back once. Each way wakes somebody up, which costs as much as to look up a
/// record. So one that is over at once runs where it is asked for, while nobody else reads; of many reads at the same time
/// threads of their own do several at each waking, which costs less.
final class ReadQueue: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
        /// How many of those waiting have been begun.
        var begun = 0

        mutating func next() -> (@Sendable () -> Void)? {
            guard begun < waiting.count else {
                waiting.removeAll(keepingCapacity: true)
                begun = 0
                running -= 1
                return nil
            }
            let read = waiting[begun]
            begun += 1
            if begun >= 32, begun * 2 >= waiting.count {
                waiting.removeFirst(begun)
                begun = 0
            }
            return read
        }
    }

    private let limit: Int
    private let state = Mutex(State())
    private let threads = DispatchQueue(label: "kehu.readers", qos: .userInitiated, attributes: .concurrent)

    init(limit: Int) { self.limit = limit }

    /// Runs `body` on the thread that asks; nil when somebody else reads.
    func readHere<Result>(_ body: () throws -> Result) throws -> Result? {
        let mayRun = state.withLock { state in
            guard state.running == 0 else { return false }
            state.running += 1
            return true
        }
        guard mayRun else { return nil }
        defer { if let next = state.withLock({ $0.next() }) { begin(next) } }
        return try body()
    }

    /// Runs `body` on a thread of its own.
    func read<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private func submit(_ read: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            guard state.running < limit else {
                state.waiting.append(read)
                return false
            }
            state.running += 1
            return true
        }
        if starts { begin(read) }
    }

    /// Runs a read that has a place, and after it those that wait for one.
    private func begin(_ read: @escaping @Sendable () -> Void) {
        threads.async {
            var next: (@Sendable () -> Void)? = read
            while let read = next {
                read()
                next = self.state.withLock { $0.next() }
            }
        }
    }
}
