public import Database
public import Identity
public import Records
import SQLText
import Schema
import Synchronization
public import Values

/// Remembers who has a timer running, so that the frame of a page needs no statement for everybody else.
///
/// It looks anew after somebody has started or stopped one; where the news of that gets lost, after five seconds.
public final class TimerBoard: Sendable {
    private struct State {
        var people: Set<RecordID> = []
        var readAt: Int64 = .min / 2
        var changedAt: Int64 = .min / 2
    }
    private let state = Mutex(State())
    private let clock: Clock

    /// The board of a workspace.
    public init(_ database: Database, clock: Clock) {
        self.clock = clock
        database.news.follow(.timers) { [weak self] in
            self?.state.withLock { $0.changedAt = clock.now().milliseconds }
        }
    }

    /// Whether a person may have a timer running; false is certain.
    public func mayRun(for actor: Actor) -> Bool {
        guard let person = actor.userID else { return false }
        return isStale || state.withLock { $0.people.contains(person) }
    }

    /// The timer of who reads, with the name of its record where they may see it.
    public func running(_ session: ReadSession) throws -> (timer: WorkTimer, name: String?)? {
        if isStale {
            let rows = try session.connection.rows("SELECT person FROM sys_timer")
            let people = Set(rows.compactMap { $0.id(0) })
            state.withLock { state in
                state.people = people
                state.readAt = session.now.milliseconds
            }
        }
        guard let person = session.actor.userID, state.withLock({ $0.people.contains(person) }),
            let timer = try Timers.running(session)
        else { return nil }
        return (timer, try TimerBoard.name(timer, session))
    }

    /// The name of the record that a timer is about, where the reader may see it.
    public static func name(_ timer: WorkTimer, _ session: ReadSession) throws -> String? {
        guard let object = session.schema.object(timer.object), session.actor.rights.on(object.key).read != .none
        else { return nil }
        return try session.records(object, [timer.record]).first?.name
    }

    private var isStale: Bool {
        let now = clock.now().milliseconds
        return state.withLock { $0.changedAt >= $0.readAt || now - $0.readAt > 5000 }
    }
}
