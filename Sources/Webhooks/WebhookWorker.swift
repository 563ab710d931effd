import Database
import Delivery
import Records
import SQLText
import Synchronization
import Values

/// Relays and sends for as long as the server runs.
public final class WebhookWorker: Sendable {
    private let relay: WebhookRelay
    private let sender: WebhookSender
    private let webhooks: Webhooks
    private let note: @Sendable (String) -> Void
    private let running = Mutex(0)
    /// What is due and could not be taken is looked at again after this time.
    private static let look = Duration.milliseconds(500)
    private static let rest = Duration.milliseconds(10)

    /// A worker; `note` hears of what it could not do.
    public init(_ webhooks: Webhooks, note: @escaping @Sendable (String) -> Void = { _ in }) {
        self.webhooks = webhooks
        self.note = note
        relay = WebhookRelay(webhooks: webhooks)
        sender = WebhookSender(webhooks: webhooks)
    }

    /// Makes deliveries of what is new; the answer is how many.
    public func relayOnce() async throws -> Int { try await relay.run() }

    /// Sends what is due, one round; the answer is how many were sent. Ends when all have been answered.
    public func sendOnce() async throws -> Int {
        let claimed = try await sender.claim(webhooks.http.width)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in claimed { group.addTask { try await self.sender.send(one) } }
            try await group.waitForAll()
        }
        return claimed.count
    }

    /// True while something is being sent.
    public var isBusy: Bool { running.withLock { $0 > 0 } }

    /// Works until its task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.repeated(.records, orAfter: { self.webhooks.engine.database.news.patience }) {
                    try await self.relay.run()
                }
            }
            group.addTask { await self.send() }
        }
    }

    /// Sends as many at the same time as there are threads; whoever is done makes room for the next.
    private func send() async {
        await withDiscardingTaskGroup { group in
            await repeated(.deliveries, orAfter: { try await self.untilDue() }) {
                let room = self.webhooks.http.width - self.running.withLock { $0 }
                let claimed = try await self.sender.claim(room)
                self.running.withLock { $0 += claimed.count }
                for one in claimed {
                    group.addTask {
                        do { try await self.sender.send(one) } catch { self.note("\(error)") }
                        self.running.withLock { $0 -= 1 }
                    }
                }
                return claimed.count
            }
        }
    }

    /// How long it is until a delivery can be sent, as far as is known.
    private func untilDue() async throws -> Duration {
        // Whoever is being sent something makes room, and may have it come again.
        if isBusy { return WebhookWorker.look }
        let due = try await sender.untilDue()
        return max(WebhookWorker.look, min(due, webhooks.engine.database.news.patience))
    }

    private func repeated(
        _ topic: Topic,
        orAfter pause: () async throws -> Duration,
        _ body: () async throws -> Int
    ) async {
        let bell = webhooks.engine.database.news.bell(topic, .others)
        var trouble = ""
        while !Task.isCancelled {
            var (count, wait) = (0, WebhookWorker.look)
            do {
                count = try await body()
                if count == 0 { wait = try await pause() }
                trouble = ""
            } catch is CancellationError {
                return
            } catch {
                let words = "\(error)"
                // While a workspace moves, and while a database is away, it would be said again and again.
                if words != trouble { note(words) }
                trouble = words
            }
            try? await Task.sleep(for: WebhookWorker.rest)
            if count == 0 { await bell.wait(atMost: wait) }
        }
    }

    /// Lets what another process was sending when it ended go on at once; only for one that has the workspace to itself.
    public func takeOver() async throws {
        let clock = webhooks.engine.clock
        try await webhooks.engine.database.write { connection in
            _ = try connection.run("UPDATE sys_delivery SET due_at = \(clock.now()) WHERE state = 'sending'")
        }
    }
}
