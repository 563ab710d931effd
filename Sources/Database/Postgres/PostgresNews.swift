import CLibPQ
import Dispatch
import Glibc
import Synchronization

/// Carries news between the processes on one PostgreSQL, by NOTIFY and LISTEN.
///
/// It is sent after the commit and in a transaction of its own: a transaction that notifies holds a lock over its
/// commit, so that all that do, in all workspaces, would wait for each other's flush to disk.
final class PostgresNews: Sendable {
    private struct Reader {
        weak var news: News?
    }
    private struct State {
        var readers: [String: [Reader]] = [:]
        var sweepAt = 64
        var waiting: [String: Set<Topic>] = [:]
        /// True from a first message until nothing more has come for a moment.
        var isSending = false
        /// True while what was taken is not yet sent.
        var isUnderway = false
        var isListening = false
        /// True while what others tell gets through.
        var isHearing = false
        /// Who wants to know of every schema: its name, or nil when some news may have been missed.
        var followers: [@Sendable (String?) -> Void] = []
        var isClosed = false
    }
    private let state = Mutex(State())
    private let pool: PostgresPool
    private let direct: PostgresAddress
    private let queue = DispatchQueue(label: "kehu.news", qos: .userInitiated)
    private let timer = DispatchQueue(label: "kehu.news.timer", qos: .userInitiated)
    /// Tells what this process sends from what others do.
    private let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    /// How long news is gathered after some has been sent.
    private static let rest = DispatchTimeInterval.milliseconds(50)

    /// News is sent over the pool, and heard at an address that leads past poolers.
    init(_ pool: PostgresPool, direct: PostgresAddress) { (self.pool, self.direct) = (pool, direct) }

    /// News for the workspace of a schema goes to `news` from now on.
    func add(_ news: News, _ schema: String) {
        state.withLock { state in
            // Of workspaces that were opened once and are closed nothing stays behind.
            if state.readers.count >= state.sweepAt {
                state.readers = state.readers.filter { $0.value.contains { $0.news != nil } }
                state.sweepAt = max(64, 2 * state.readers.count)
            }
            var readers = state.readers[schema] ?? []
            readers.removeAll { $0.news == nil }
            state.readers[schema] = readers + [Reader(news: news)]
        }
    }

    func close() { state.withLock { $0.isClosed = true } }

    /// Tells of news from others for any schema, whether there is somebody for it here or not.
    func follow(_ body: @escaping @Sendable (String?) -> Void) {
        state.withLock { $0.followers.append(body) }
        listen()
    }

    /// True while what others tell gets through.
    var isHearing: Bool { state.withLock { $0.isHearing } }

    // MARK: Sending

    func send(_ topics: Set<Topic>, _ schema: String) {
        let mustStart = state.withLock { state in
            state.waiting[schema, default: []].formUnion(topics)
            if state.isSending || state.isClosed { return false }
            state.isSending = true
            return true
        }
        if mustStart { sendWaiting() }
    }

    private func sendWaiting() {
        pool.run { [self] lane in
            let waiting = state.withLock { state in
                defer { (state.waiting, state.isUnderway) = ([:], true) }
                return state.waiting
            }
            defer { state.withLock { $0.isUnderway = false } }
            let calls = waiting.map { schema, topics in
                let words = [tag, schema] + topics.map(\.rawValue)
                return "pg_notify('kehu', '\(words.joined(separator: " ").replacing("'", with: "''"))')"
            }
            do {
                // Nobody waits for the disk because of it.
                try lane.session().script(
                    "BEGIN; SET LOCAL synchronous_commit = off; SELECT \(calls.joined(separator: ", ")); COMMIT"
                )
            } catch {
                // Others find it when they look.
                lane.discard()
            }
            timer.asyncAfter(deadline: .now() + PostgresNews.rest) {
                let hasMore = self.state.withLock { state in
                    state.isSending = !state.waiting.isEmpty
                    return state.isSending
                }
                if hasMore { self.sendWaiting() }
            }
        }
    }

    /// Waits until what was told is sent, half a second at most: before a process ends.
    func flush() {
        for _ in 0..<250 {
            if state.withLock({ $0.waiting.isEmpty && !$0.isUnderway || $0.isClosed }) { return }
            usleep(2_000)
        }
    }

    // MARK: Hearing

    /// Begins to hear what other processes tell, over a connection of its own; once is enough.
    func listen() {
        let mustStart = state.withLock { state in
            defer { state.isListening = true }
            return !state.isListening
        }
        if mustStart { queue.async { self.hear() } }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func hear() {
        while !isClosed {
            do {
                let session = try PostgresSession(direct)
                // What a pooler lends is another connection each time.
                guard try session.isDirect() else { return }
                try session.script("LISTEN kehu")
                // Something may have happened before.
                state.withLock { $0.isHearing = true }
                tellAll()
                var silence = 0
                while !isClosed {
                    let found = try session.news(within: 1000)
                    silence = found.isEmpty ? silence + 1 : 0
                    // A server that has vanished does not say so.
                    if silence > 0, silence.isMultiple(of: 30) { try session.script("SELECT 1") }
                    for text in found { take(text) }
                }
            } catch {
                state.withLock { $0.isHearing = false }
                usleep(1_000_000)
            }
        }
    }

    private func take(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count > 2, words[0] != tag else { return }
        let (schema, topics) = (String(words[1]), Set(words.dropFirst(2).compactMap { Topic(rawValue: String($0)) }))
        let (readers, followers) = state.withLock { ($0.readers[schema] ?? [], $0.followers) }
        for reader in readers { reader.news?.hear(topics) }
        for follower in followers { follower(schema) }
    }

    private func tellAll() {
        let (readers, followers) = state.withLock { ($0.readers.values.flatMap(\.self), $0.followers) }
        for reader in readers { reader.news?.hear(Set(Topic.allCases)) }
        for follower in followers { follower(nil) }
    }
}

extension PostgresSession {
    /// False when a pooler stands between, which gives numbers of its own to its clients.
    fileprivate func isDirect() throws -> Bool {
        defer { rollback() }
        return try begin("READ ONLY", schema: "", "SELECT pg_backend_pid()::text") == String(PQbackendPID(handle))
    }

    /// What was told, or nothing after a time.
    fileprivate func news(within milliseconds: Int32) throws -> [String] {
        var found = try arrived()
        if found.isEmpty {
            var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            if poll(&socket, 1, milliseconds) > 0 { found = try arrived() }
        }
        return found
    }

    private func arrived() throws -> [String] {
        guard PQconsumeInput(handle) == 1 else {
            throw StorageFailure(state: "08006", message: "the connection was lost", sql: "LISTEN")
        }
        var found: [String] = []
        while let notice = PQnotifies(handle) {
            found.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return found
    }
}
