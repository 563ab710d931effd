import Dispatch
import Synchronization
public import Values

/// Rows on their way from a body that reads one database to a body that writes another, a few portions at a time:
/// either waits for the other, and memory stays small.
public final class RowPipe: Sendable {
    /// Some rows of a table.
    public struct Portion: Sendable {
        /// The table.
        public let table: String
        /// Its columns, in the order of the values.
        public let columns: [String]
        /// Their types, as definitions write them.
        public let types: [String]
        /// The rows.
        public let rows: [[SQLValue]]

        /// Some rows of a table.
        public init(table: String, columns: [String], types: [String], rows: [[SQLValue]]) {
            (self.table, self.columns, self.types, self.rows) = (table, columns, types, rows)
        }
    }

    private struct State {
        var portions: [Portion] = []
        var isFinished = false
        var isCancelled = false
    }
    private let state = Mutex(State())
    private let free: DispatchSemaphore
    private let filled = DispatchSemaphore(value: 0)

    /// A pipe that holds so many portions.
    public init(portions: Int = 8) { free = DispatchSemaphore(value: portions) }

    /// Hands rows over, and waits while the pipe is full. Throws when nobody takes any more.
    public func put(_ portion: Portion) throws {
        free.wait()
        let isCancelled = state.withLock { state in
            state.portions.append(portion)
            return state.isCancelled
        }
        filled.signal()
        if isCancelled { throw CancellationError() }
    }

    /// Takes rows, and waits while there are none; nil after the last.
    public func take() throws -> Portion? {
        filled.wait()
        let (portion, isCancelled) = state.withLock { state in
            (state.portions.isEmpty ? nil : state.portions.removeFirst(), state.isCancelled)
        }
        if isCancelled { throw CancellationError() }
        free.signal()
        return portion
    }

    /// Says that there are no more rows.
    public func finish() {
        state.withLock { $0.isFinished = true }
        filled.signal()
    }

    /// Frees both sides after either has failed.
    public func cancel() {
        state.withLock { $0.isCancelled = true }
        free.signal()
        filled.signal()
    }
}
