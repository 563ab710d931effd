import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Records
import Schema
import Values

extension PageRoutes {
    /// What others change while a page is open.
    static let live: [Route] = [get("/live", LiveHandlers.listen)]
}

/// Server-sent events: a page of a record hears of that record, a list of the records of its object. Nobody hears of
/// what they may not read: the right is asked for each event anew.
enum LiveHandlers {
    /// How long one connection lives; the browser opens the next one by itself.
    private static let longest = Duration.seconds(600)
    /// How many objects one page may follow.
    private static let mostObjects = 20

    static func listen(_ page: PageCall) async throws -> Reply {
        let (actor, live, call) = (try page.actor, page.call.server.live, page.call)
        guard let user = actor.userID else { throw Problem.notFound }
        let id = try call.query.id("id")
        let plurals = (call.query["object"] ?? "").split(separator: ",").prefix(mostObjects).map(String.init)
        let objects = try await page.read { session in
            // A page of several objects follows those that its reader may see.
            let objects =
                plurals.count == 1
                ? [try session.object(plurals[0])] : plurals.compactMap { try? session.object($0) }
            guard let first = objects.first else { throw Problem.notFound }
            if let id, !(try session.isVisible(first, id)) { throw Problem.notFound }
            return objects
        }
        guard let (number, changes) = await live.listen(user) else {
            throw Problem(
                .unavailable,
                "too_many_listeners",
                Label("Too many pages are open. Reload to see changes.", zh: "打开的页面过多，请手动刷新查看最新内容。"),
                retryAfter: 60
            )
        }
        var reply = Reply()
        reply.headers[.contentType] = "text/event-stream; charset=utf-8"
        reply.headers[.cacheControl] = "no-store"
        let end = ContinuousClock.now + longest
        reply.body = .stream(
            ResponseBody { writer in
                do {
                    try await writer.write(ByteBuffer(string: "retry: 5000\n\n"))
                    for await batch in changes {
                        let told = try await told(batch, objects, id, user, call)
                        try await writer.write(ByteBuffer(string: told))
                        if ContinuousClock.now > end { break }
                    }
                    await live.leave(number)
                    try await writer.finish(nil)
                } catch {
                    await live.leave(number)
                    throw error
                }
            }
        )
        return reply
    }

    /// The events for one page; a comment when there is nothing for it.
    private static func told(
        _ batch: [LiveChanges.Change],
        _ objects: [ObjectDefinition],
        _ id: RecordID?,
        _ user: RecordID,
        _ call: Call
    ) async throws -> String {
        let own = batch.filter { change in
            change.actor != user && (id == nil || change.record == id)
                && objects.contains { $0.key == change.object }
        }
        guard !own.isEmpty else { return ":\n\n" }
        guard let actor = try await call.workspace.identities.actor(for: user) else { throw CancellationError() }
        // A list is told once that there is something new, however much it is.
        let seen = try await call.engine.read(as: actor) { session in
            let readable = objects.filter { (try? session.object($0.plural)) != nil }
            return Array(
                try own.prefix(50).lazy.filter { change in
                    guard let object = readable.first(where: { $0.key == change.object }) else { return false }
                    return try session.isVisible(object, change.record)
                }.prefix(1)
            )
        }
        guard let change = seen.first else { return ":\n\n" }
        var json = JSONWriter()
        json.object { json in
            json.member("id", change.record.description)
            json.member("action", change.action)
        }
        return "event: change\ndata: \(json.text)\n\n"
    }
}
