import Dispatch
import Synchronization
import Values

/// A write that waits for its turn.
protocol QueuedWrite: Sendable {
    /// Lets the others go first.
    var isPatient: Bool { get }
    /// Runs also where nobody may write at present.
    var isAlways: Bool { get }
    /// Where it is noted how far the log was after it; nil where nobody asks.
    var lastWrite: LastWrite? { get }
    /// Runs the body; false when it threw and must be undone.
    func run(on connection: Connection) -> Bool
    /// Why the body threw, when it did.
    var thrown: (any Error)? { get }
    /// Puts an error in the place of what the body answered.
    func fail(_ error: any Error)
    /// Answers the caller, after the commit or with the reason why there was none.
    func finish(_ failure: (any Error)?)
}

final class PendingWrite<Result: Sendable>: QueuedWrite {
    private let body: @Sendable (Connection) throws -> Result
    private let continuation: CheckedContinuation<Result, any Error>
    private let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
    let isPatient: Bool
    let isAlways: Bool
    let lastWrite = LastWrite.current

    init(
        isPatient: Bool,
        isAlways: Bool = false,
        body: @escaping @Sendable (Connection) throws -> Result,
        continuation: CheckedContinuation<Result, any Error>
    ) {
        self.isPatient = isPatient
        self.isAlways = isAlways
        self.body = body
        self.continuation = continuation
    }

    var thrown: (any Error)? {
        if case .failure(let error) = outcome.withLock({ $0 }) { error } else { nil }
    }

    func fail(_ error: any Error) { outcome.withLock { $0 = .failure(error) } }

    func run(on connection: Connection) -> Bool {
        let result = Swift.Result { try body(connection) }
        outcome.withLock { $0 = result }
        if case .success = result { return true }
        return false
    }

    func finish(_ failure: (any Error)?) {
        let result = outcome.withLock { $0 }
        if case .failure(let error) = result {
            continuation.resume(throwing: error)
        } else if let failure {
            continuation.resume(throwing: failure)
        } else if let result {
            continuation.resume(with: result)
        } else {
            continuation.resume(throwing: CancellationError())
        }
    }
}

extension [any QueuedWrite] {
    /// Those that may run where nobody may write; the others are told why they may not.
    func spared(by stop: WriteStop) -> [any QueuedWrite] {
        for write in self where !write.isAlways { write.fail(Problem(stop)) }
        return filter(\.isAlways)
    }
}

/// Writes that wait at the same time are committed together: one flush to disk for all of them, and nobody is answered
/// before it.
final class WriteQueue: Sendable {
    /// Runs a group in one transaction; the answer is why it could not be committed.
    typealias Commit = ([any QueuedWrite]) -> (any Error)?

    private let log: QueryLog
    private let start: @Sendable (WriteQueue) -> Void
    private let state = Mutex(State())
    private static let groupLimit = 64
    // Even while others come without an end, a patient write has its turn.
    private static let patience = 8

    private struct State {
        var waiting: [any QueuedWrite] = []
        var patient: [any QueuedWrite] = []
        var running = false
        var groupsBeforePatient = 0
        /// Patient writes stay where they are.
        var isHeld = false
        var runsPatient = false
        var held: DispatchSemaphore?

        mutating func next() -> [any QueuedWrite] {
            if let first = patient.first, !isHeld, waiting.isEmpty || groupsBeforePatient >= WriteQueue.patience {
                patient.removeFirst()
                groupsBeforePatient = 0
                runsPatient = true
                return [first]
            }
            let group = Array(waiting.prefix(WriteQueue.groupLimit))
            waiting.removeFirst(group.count)
            groupsBeforePatient = patient.isEmpty ? 0 : groupsBeforePatient + 1
            if group.isEmpty { running = false }
            return group
        }
    }

    /// A queue; `start` calls `commitNext` on a thread that may block until it answers false.
    init(log: QueryLog, start: @escaping @Sendable (WriteQueue) -> Void) {
        self.log = log
        self.start = start
    }

    func write<Result: Sendable>(
        patient: Bool = false,
        always: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(PendingWrite(isPatient: patient, isAlways: always, body: body, continuation: continuation))
        }
    }

    /// Commits all that waits; false when nothing did.
    func commitNext(_ commit: Commit) -> Bool {
        let group = state.withLock { $0.next() }
        if group.isEmpty { return false }
        let failure = commit(group)
        log.traffic.committed(group.count, patient: group.contains(where: \.isPatient))
        state.withLock { state in
            state.runsPatient = false
            state.held?.signal()
            state.held = nil
        }
        for write in group { write.finish(failure) }
        return true
    }

    /// Lets no patient write begin until `release`; returns when none runs any more.
    func hold() {
        let running = state.withLock { state -> DispatchSemaphore? in
            state.isHeld = true
            if state.runsPatient { state.held = DispatchSemaphore(value: 0) }
            return state.held
        }
        running?.wait()
    }

    /// Lets patient writes go on.
    func release() { state.withLock { $0.isHeld = false } }

    /// Has the writer look whether there is something to do, though nobody came.
    func wake() {
        let mustStart = state.withLock { state in
            defer { state.running = true }
            return !state.running
        }
        if mustStart { start(self) }
    }

    private func submit(_ write: any QueuedWrite) {
        log.traffic.arrived(patient: write.isPatient)
        let mustStart = state.withLock { state in
            if write.isPatient { state.patient.append(write) } else { state.waiting.append(write) }
            defer { state.running = true }
            return !state.running
        }
        if mustStart { start(self) }
    }
}
