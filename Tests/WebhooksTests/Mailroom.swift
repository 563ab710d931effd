import Alerts
import Customers
import Database
import Foundation
import Identity
import Records
import SQLText
import Sales
import Synchronization
import TestSupport
import Values
import Webhooks

/// A clock that tests move.
final class TestClock: Sendable {
    private let time = Mutex(Instant(milliseconds: 1_780_000_000_000))
    var clock: Clock { Clock { self.time.withLock { $0 } } }
    var now: Instant { time.withLock { $0 } }
    func advance(hours: Double) { time.withLock { $0 = $0.adding(milliseconds: Int64(hours * 3_600_000)) } }
}

/// A company whose events are sent: an administrator, and two who sell and see their own.
struct Mailroom {
    let engine: RecordEngine
    let identities: Identities
    let webhooks: Webhooks
    let worker: WebhookWorker
    let clock: TestClock
    let admin: Actor
    let li: Actor
    let zhao: Actor

    static func open(allowsNearby: Bool = true) async throws -> Mailroom {
        let clock = TestClock()
        let database = try await TestDatabase.make()
        let ids = IDSource(clock: clock.clock)
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module, Alerts.module, WebhooksModule.module],
            ids: ids,
            clock: clock.clock
        )
        let box = try SecretBox(keyFile: TestFolder.path(".key"))
        let identities = Identities(database: database, ids: ids, clock: clock.clock, box: box)
        let people = try await database.write { connection in
            try identities.seedRoles(on: connection)
            if allowsNearby {
                try connection.run(
                    "INSERT INTO sys_setting (key, value) VALUES (\(Webhooks.nearbySetting), 'true')"
                )
            }
            let people = [("主管", "administrator"), ("李强", "salesperson"), ("赵敏", "salesperson")]
            return try people.enumerated().map { index, person in
                let role = try identities.role(key: person.1, on: connection)
                let new = NewUser(email: "p\(index)@example.com", name: person.0, roles: role.map { [$0.id] } ?? [])
                let user = try identities.addUser(new, by: .system("setup"), on: connection)
                try connection.run("UPDATE sys_user SET state = 'active' WHERE id = \(user.id)")
                return user.id
            }
        }
        func actor(_ index: Int) async throws -> Actor {
            try await identities.actor(for: people[index]) ?? .system("nobody")
        }
        let webhooks = Webhooks(engine, identities, box: box, chance: { 0.5 })
        return Mailroom(
            engine: engine,
            identities: identities,
            webhooks: webhooks,
            worker: WebhookWorker(webhooks),
            clock: clock,
            admin: try await actor(0),
            li: try await actor(1),
            zhao: try await actor(2)
        )
    }

    /// Makes a subscription as the administrator.
    @discardableResult
    func subscribe(_ json: String) async throws -> (webhook: Webhook, secret: String) {
        let (input, webhooks) = (try JSONReader.parse(json), webhooks)
        return try await engine.write(as: admin) { try webhooks.add(input, $0) }
    }

    @discardableResult
    func make(_ plural: String, _ json: String, as actor: Actor) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.create(try $0.object(plural), input).id }
    }

    func change(_ plural: String, _ id: RecordID, _ json: String, as actor: Actor) async throws {
        let input = try JSONReader.parse(json)
        _ = try await engine.write(as: actor) { try $0.update(try $0.object(plural), id, input) }
    }

    /// Relays and sends all that is due now.
    func deliver() async throws {
        _ = try await worker.relayOnce()
        while try await worker.sendOnce() > 0 {}
    }

    func log(_ webhook: Webhook) async throws -> [WebhookDelivery] {
        let webhooks = webhooks
        return try await engine.read(as: admin) { try webhooks.deliveries(of: webhook.id, limit: 200, $0).reversed() }
    }

    func now(_ webhook: Webhook) async throws -> Webhook {
        let webhooks = webhooks
        return try await engine.read(as: admin) { try webhooks.find(webhook.id, $0) }
    }
}

extension Receiver.Request {
    var json: JSONValue { (try? JSONReader.parse(body)) ?? .null }
    var type: String { json["type"]?.string ?? "" }
    var record: JSONValue { json["data"]?["record"] ?? .null }
}
