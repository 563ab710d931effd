import Database
public import Delivery
public import Identity
public import Records
import SQLText
public import Values

/// The subscriptions of a workspace and their deliveries.
///
/// Whoever makes or changes one needs the right to settings, and the rights of the person it belongs to: what it sends
/// is what that person may see.
public struct Webhooks: Sendable {
    /// The record engine.
    public let engine: RecordEngine
    let identities: Identities
    let box: SecretBox
    let http: OutgoingHTTP
    /// A number from 0 to 1 that spreads pauses.
    let chance: @Sendable () -> Double
    /// The setting that lets receivers be in the own network.
    public static let nearbySetting = "webhook_private_addresses"
    /// How many subscriptions a workspace may have.
    static let most = 100

    /// The subscriptions of a workspace; `box` encrypts their secrets.
    public init(
        _ engine: RecordEngine,
        _ identities: Identities,
        box: SecretBox,
        http: OutgoingHTTP = OutgoingHTTP(),
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.engine = engine
        self.identities = identities
        self.box = box
        self.http = http
        self.chance = chance
    }

    // MARK: Looking

    /// The subscriptions that the actor may look after, oldest first. Needs the right to settings.
    public func list(_ session: ReadSession) throws -> [Webhook] {
        try session.actor.require(.settings)
        return try Webhooks.all("1 = 1", on: session.connection).filter { mayLookAfter($0, session) }
    }

    /// One subscription; one that the actor may not look after is as if there were none.
    public func find(_ id: RecordID, _ session: ReadSession) throws -> Webhook {
        try session.actor.require(.settings)
        let found = try Webhooks.all("w.id = \(id)", on: session.connection).first
        guard let webhook = found, mayLookAfter(webhook, session) else { throw Problem.notFound }
        return webhook
    }

    private func mayLookAfter(_ webhook: Webhook, _ session: ReadSession) -> Bool {
        (try? requireOwner(webhook.user, session)) != nil
    }

    /// Refuses to act for somebody whose rights the actor does not have.
    func requireOwner(_ user: RecordID, _ session: ReadSession) throws {
        // The machine's operator and administrators reach everything anyhow, whoever it belongs to.
        if session.actor.rights.everything { return }
        try identities.requireSelfOrUsers(user, by: session.actor, on: session.connection)
    }

    static func all(_ condition: SQLFragment, on connection: Connection) throws -> [Webhook] {
        try connection.rows(
            """
            SELECT \(raw: Webhook.columns) FROM sys_webhook w LEFT JOIN sys_user u ON u.id = w.user_id
            WHERE \(condition) ORDER BY w.id
            """
        ).map(Webhook.init)
    }

    /// Whether receivers may be in the own network.
    static func allowsNearby(on connection: Connection) throws -> Bool {
        try connection.value("SELECT value FROM sys_setting WHERE key = \(nearbySetting)").text == "true"
    }

    // MARK: Secrets

    /// The secrets that sign now: the present one, and the one before while both count.
    static func secrets(of id: RecordID, box: SecretBox, at now: Instant, on connection: Connection) throws -> [[UInt8]]
    {
        let row = try connection.row("SELECT secret, old_secret, old_until FROM sys_webhook WHERE id = \(id)")
        guard let row else { return [] }
        var sealed = [row[0]]
        if row.integer(2) > now.milliseconds { sealed.append(row[1]) }
        return sealed.compactMap { value in
            guard case .blob(let bytes) = value else { return nil }
            return box.open(bytes)
        }
    }
}
