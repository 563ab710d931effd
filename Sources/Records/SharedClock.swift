public import Database
import SQLText
import Synchronization
public import Values

/// The clock of a process, put right by that of the database where several machines share one: when something is due,
/// how long a lease holds and when a record was made then does not depend on who says so.
public final class SharedClock: Sendable {
    /// So many milliseconds may lie between them: what is asked for takes time, and clocks that are kept right drift less.
    private static let tolerance: Int64 = 500

    private let machine: Clock
    private let ahead = Atomic<Int64>(0)

    /// Tells the machine's time until it is put right.
    public init(_ machine: Clock = .system) { self.machine = machine }

    /// The clock as others use it.
    public var clock: Clock {
        Clock { [self] in machine.now().adding(milliseconds: ahead.load(ordering: .relaxed)) }
    }

    /// Asks PostgreSQL what time it is; a file of SQLite is on this machine.
    public func follow(_ database: Database) async throws {
        guard database.dialect == .postgres else { return }
        let before = machine.now().milliseconds
        let theirs = try await database.read { try NodeNumbers.time(on: $0) }
        let trip = max(0, machine.now().milliseconds - before)
        let difference = theirs.milliseconds - before - trip / 2
        if abs(difference - ahead.load(ordering: .relaxed)) > SharedClock.tolerance + trip {
            ahead.store(difference, ordering: .relaxed)
        }
    }
}
