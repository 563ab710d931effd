import Dispatch

/// When a connection ends, so that it is no weight for ever: PostgreSQL remembers 2 to 2.5 MB of each workspace that one
/// has visited, and forgets it only with the connection. It ends between two uses, and is made anew for the next one.
struct ConnectionLife: Sendable, Hashable {
    /// It ends when nobody has used it for so long and more than `kept` are open.
    var idle = Duration.seconds(120)
    /// So many stay open where nobody uses any.
    var kept = 2
    /// It ends at this age, give or take a fifth, so that those that began together do not end together.
    var age = Duration.seconds(3600)
    /// It ends when it has visited so many workspaces.
    var visits = 50
    /// Who has waited so long for one is told that there is none.
    var wait = Duration.seconds(30)

    /// When one ends that begins now.
    func end() -> ContinuousClock.Instant { .now + age * Double.random(in: 0.8...1.2) }
}

/// A place for one connection, and the queue that alone uses it.
final class PostgresLane: @unchecked Sendable {
    let queue = DispatchQueue(label: "kehu.postgres", qos: .userInitiated)
    private let address: PostgresAddress
    /// Why it makes no connection; nil where it does.
    private var refusal: StorageFailure?
    private var current: PostgresSession?
    /// How many connections it has made since its last use ended.
    private var made = 0

    /// A lane; with a `refusal` whoever wants its connection gets that.
    init(_ address: PostgresAddress, refusal: StorageFailure? = nil) {
        self.address = address
        self.refusal = refusal
    }

    /// True where nobody gets a connection from it.
    var isRefusing: Bool { refusal != nil }

    /// The connection, made anew where the last one was lost.
    func session() throws -> PostgresSession {
        if let refusal { throw refusal }
        if let current, current.isAlive { return current }
        current = nil
        let session = try PostgresSession(address)
        made += 1
        current = session
        return session
    }

    /// True while it has a connection.
    var isConnected: Bool { current != nil }

    /// Work has ended: gives a connection up that is lost or has had its time. The answer is how many were made for the
    /// work.
    func endUse() -> Int {
        if let current, !current.isAlive || current.isSpent { self.current = nil }
        defer { made = 0 }
        return made
    }

    /// Runs what may be done twice: once more where the connection turns out to be lost, as one that has idled may be.
    func twice<Result>(_ body: (PostgresSession) throws -> Result) throws -> Result {
        do {
            return try body(session())
        } catch let failure as StorageFailure where failure.isLost || failure.isPassing {
            forget(failure)
            return try body(session())
        }
    }

    /// Makes ready for one more try after a failure.
    func forget(_ failure: StorageFailure) {
        if failure.isLost { current = nil } else { try? current?.forgetStatements() }
    }

    /// Gives a connection up whose state is not known.
    func discard() { current = nil }

    func close() {
        refusal = .closed
        current = nil
    }
}

extension StorageFailure {
    /// The pool was closed.
    static let closed = StorageFailure(state: "08003", message: "the database is closed", sql: "connect")
    /// All connections were at work for too long.
    static let noConnection = StorageFailure(state: "53300", message: "no connection became free", sql: "connect")
}
