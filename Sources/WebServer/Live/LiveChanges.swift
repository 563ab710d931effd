import Database
import SQLText
import Values

/// What was changed a moment ago, for the pages that are open. The database is asked once for all of them, only while
/// there are any, and when there is news or a second has passed.
actor LiveChanges {
    /// A record that somebody changed.
    struct Change: Sendable {
        let object: String
        let record: RecordID
        let action: String
        let actor: RecordID?
    }

    /// How many pages may listen at once, and how many of one person: one connection each. Who opens more has left some:
    /// that a page is gone is only noticed by writing to it, so the oldest gives way.
    private static let most = 1000
    private static let mostOfOne = 12

    private struct Listener {
        let user: RecordID
        let continuation: AsyncStream<[Change]>.Continuation
    }

    private let database: Database
    private var listeners: [Int: Listener] = [:]
    private var last = 0
    private var isEnded = false
    private var poll: Task<Void, Never>?

    init(_ database: Database) { self.database = database }

    /// Changes as they happen; an empty list every now and then says that nothing has. Nil when there are too many
    /// listeners, or the server is about to end.
    func listen(_ user: RecordID) -> (id: Int, changes: AsyncStream<[Change]>)? {
        let own = listeners.filter { $0.value.user == user }.keys
        if own.count >= LiveChanges.mostOfOne, let oldest = own.min() {
            listeners.removeValue(forKey: oldest)?.continuation.finish()
        }
        guard !isEnded, listeners.count < LiveChanges.most else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: [Change].self, bufferingPolicy: .bufferingNewest(16))
        last += 1
        listeners[last] = Listener(user: user, continuation: continuation)
        if poll == nil { poll = Task { await self.run() } }
        return (last, stream)
    }

    /// A page has gone.
    func leave(_ id: Int) {
        listeners.removeValue(forKey: id)?.continuation.finish()
        if listeners.isEmpty {
            poll?.cancel()
            poll = nil
        }
    }

    /// Ends all connections, so that the server can end, or its workspace be closed.
    func end(forGood: Bool) {
        isEnded = forGood
        poll?.cancel()
        poll = nil
        for listener in listeners.values { listener.continuation.finish() }
        listeners = [:]
    }

    private func run() async {
        var seen: Int64?
        var quiet = 0
        let bell = database.news.bell(.records)
        while !Task.isCancelled {
            let start = seen
            do {
                let found = try await database.read { connection in
                    try LiveChanges.changes(after: start, on: connection)
                }
                quiet = found.changes.isEmpty ? quiet + 1 : 0
                // Who has closed the page is only noticed by writing to it.
                if !found.changes.isEmpty || quiet % 15 == 0 { tell(found.changes) }
                seen = found.seen
            } catch {
                // The database is busy or away: the next round finds what happened meanwhile.
            }
            // Of much that happens at once pages are told together.
            try? await Task.sleep(for: .milliseconds(100))
            await bell.wait(atMost: .seconds(1))
        }
    }

    private func tell(_ changes: [Change]) {
        for listener in listeners.values { listener.continuation.yield(changes) }
    }

    private static func changes(after seen: Int64?, on connection: Connection) throws -> (
        changes: [Change], seen: Int64
    ) {
        let newest = try connection.value("SELECT max(id) FROM sys_outbox").integer ?? 0
        guard let seen, newest > seen else { return ([], newest) }
        let rows = try connection.rows(
            """
            SELECT object, record, action, actor FROM sys_outbox WHERE id > \(seen) AND id <= \(newest)
            AND action <> 'warn' ORDER BY id DESC LIMIT 500
            """
        )
        let changes = rows.map { row in
            Change(
                object: row.text(0),
                record: RecordID(row.integer(1)),
                action: row.text(2),
                actor: row[3].integer.map { RecordID($0) }
            )
        }
        return (changes, newest)
    }
}
