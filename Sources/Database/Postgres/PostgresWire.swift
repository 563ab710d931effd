import CLibPQ
import Glibc
import Synchronization

/// The line to a server, which another thread can cut while its own waits for an answer that does not come.
///
/// It holds a socket of its own to the same line, since libpq closes its own whenever it likes, after which the number
/// may belong to something else.
final class PostgresWire: Sendable {
    /// The host and port at its other end.
    let place: String
    private let socket: Mutex<Int32>

    init(_ handle: OpaquePointer) {
        place = PostgresWire.place(handle)
        let own = PQsocket(handle)
        socket = Mutex(own < 0 ? -1 : dup(own))
    }

    deinit { end() }

    static func place(_ handle: OpaquePointer) -> String {
        PostgresSession.words(PQhost(handle)) + ":" + PostgresSession.words(PQport(handle))
    }

    /// Ends the wait of whoever waits for an answer, as when the line was lost.
    func cut() { socket.withLock { if $0 >= 0 { _ = shutdown($0, Int32(SHUT_RDWR)) } } }

    /// The connection is over.
    func end() {
        socket.withLock { socket in
            if socket >= 0 { _ = close(socket) }
            socket = -1
        }
    }
}

/// What a server says over a new connection, to tell one that is stuck from one that has much to do.
enum PostgresProbe {
    /// It answers nothing, or nobody does.
    case silent
    /// It refuses another connection, and so is alive.
    case refuses
    /// It answers at a place, and either stores what is written or does not get so far.
    case answers(String, stores: Bool)

    /// How long it has for each answer.
    static let limit = Duration.seconds(10)
    /// What refuses does so at once.
    private static let beat = Duration.seconds(2)
    /// Writes to the log and nowhere else, so that the commit waits for the disk as all others do.
    private static let mark = "SELECT pg_logical_emit_message(true, 'kehu', '')"

    /// Asks, for as long as connecting may take and twice the limit.
    static func ask(_ address: PostgresAddress, mustStore: Bool) -> PostgresProbe {
        let began = ContinuousClock.now
        guard let handle = PQconnectdb(address.connection) else { return .refuses }
        defer { PQfinish(handle) }
        guard PQstatus(handle) == CONNECTION_OK else { return ContinuousClock.now - began < beat ? .refuses : .silent }
        guard isAnswered(handle, "SELECT 1", within: limit) else { return .silent }
        let stores = !mustStore || isAnswered(handle, mark, within: limit)
        return .answers(PostgresWire.place(handle), stores: stores)
    }

    /// Whether a statement is answered within a time, be it by an error.
    static func isAnswered(_ handle: OpaquePointer, _ text: String, within limit: Duration) -> Bool {
        guard PQsendQuery(handle, text) == 1 else { return false }
        let end = ContinuousClock.now + limit
        while true {
            while PQisBusy(handle) == 1 {
                let left = (end - ContinuousClock.now).inSeconds
                guard left > 0 else { return false }
                var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
                let found = poll(&socket, 1, Int32(left * 1000) + 1)
                if found > 0, PQconsumeInput(handle) != 1 { return false }
            }
            guard let result = PQgetResult(handle) else { return PQstatus(handle) == CONNECTION_OK }
            PQclear(result)
        }
    }

    /// Whether somebody who waits at a place waits in vain; where it `findsLeader`, also because another one leads now.
    func isLost(_ place: String, writes: Bool, findsLeader: Bool) -> Bool {
        switch self {
        case .silent: true
        case .refuses: false
        case .answers(let found, let stores): findsLeader && found != place || writes && !stores
        }
    }
}
