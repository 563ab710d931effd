import Database
import Identity
public import Records
import SQLText
public import Values

/// Security alerts of a workspace: raised in the transaction of what they are about, read by whoever may read the
/// audit log.
public enum Alerts {
    /// The module as the engine takes it.
    public static let module = Module(
        name: "alerts",
        objects: [],
        tables: [
            """
            CREATE TABLE IF NOT EXISTS sys_alert (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL,
                user_id INTEGER, address TEXT NOT NULL, device TEXT NOT NULL, details TEXT NOT NULL, seen_at INTEGER,
                seen_by INTEGER)
            """,
            "CREATE INDEX IF NOT EXISTS sys_alert_unseen ON sys_alert (seen_at, id)",
            "CREATE INDEX IF NOT EXISTS sys_alert_user ON sys_alert (user_id, kind, at)",
            "CREATE INDEX IF NOT EXISTS sys_audit_export ON sys_audit (actor, at) WHERE action = 'export'",
        ],
        watches: [
            "export": [{ _, session in try ExportHabit.watch(session) }],
            "webhook_off": [{ entry, session in try WebhookAlert.watch(entry, session) }],
        ]
    )

    /// The alerts, newest first: all, or only those that somebody has or has not seen. Needs the right to read the
    /// audit log.
    public static func list(
        seen: Bool? = nil,
        before: RecordID? = nil,
        limit: Int = 50,
        _ session: ReadSession
    ) throws -> [Alert] {
        try session.actor.require(.audit)
        var condition: SQLFragment = "a.id < \(before?.raw ?? Int64.max)"
        if let seen { condition += seen ? " AND a.seen_at IS NOT NULL" : " AND a.seen_at IS NULL" }
        return try alerts(where: condition, limit: limit, session)
    }

    /// How many alerts nobody has seen; 0 for whoever may not read them.
    public static func unseen(_ session: ReadSession) throws -> Int {
        guard session.actor.rights.allows(.audit) else { return 0 }
        let count = try session.connection.value("SELECT count(*) FROM sys_alert WHERE seen_at IS NULL")
        return Int(count.integer ?? 0)
    }

    /// Notes that the actor has seen an alert. Needs the right to read the audit log.
    @discardableResult
    public static func markSeen(_ id: RecordID, _ session: WriteSession) throws -> Alert {
        try session.actor.require(.audit)
        guard let alert = try alerts(where: "a.id = \(id)", limit: 1, session).first else { throw Problem.notFound }
        guard alert.seenAt == nil else { return alert }
        try session.connection.run(
            "UPDATE sys_alert SET seen_at = \(session.now), seen_by = \(session.actor.userID) WHERE id = \(id)"
        )
        try session.note(AuditEntry("alert_seen", object: "sys_alert", record: id))
        return try alerts(where: "a.id = \(id)", limit: 1, session).first ?? alert
    }

    private static func alerts(where condition: SQLFragment, limit: Int, _ session: ReadSession) throws -> [Alert] {
        try session.connection.rows(
            """
            SELECT a.id, a.kind, a.at, a.user_id, coalesce(u.name, ''), a.address, a.device, a.details, a.seen_at, s.name
            FROM sys_alert a LEFT JOIN sys_user u ON u.id = a.user_id LEFT JOIN sys_user s ON s.id = a.seen_by
            WHERE \(condition) ORDER BY a.id DESC LIMIT \(max(1, min(limit, 200)))
            """
        ).compactMap { row in
            guard let id = row.id(0), let kind = Alert.Kind(rawValue: row.text(1)) else { return nil }
            return Alert(
                id: id,
                kind: kind,
                at: Instant(milliseconds: row.integer(2)),
                user: row.id(3),
                userName: row.text(4),
                address: row.text(5),
                device: row.text(6),
                details: (try? JSONReader.parse(row.text(7))) ?? .null,
                seenAt: row[8].integer.map { Instant(milliseconds: $0) },
                seenBy: row[9].text
            )
        }
    }
}

/// What raises an alert.
struct Cause {
    let kind: Alert.Kind
    let user: RecordID
    var address = ""
    var device = ""
    let details: JSONValue

    /// Raises it, in the transaction of what it is about. An alert of the same kind about the same person that nobody
    /// has seen within 24 hours is brought up to date instead, unless the address differs.
    func raise(_ id: RecordID, at now: Instant, on connection: Connection) throws {
        let open = try connection.value(
            """
            SELECT id FROM sys_alert WHERE user_id = \(user) AND kind = \(kind.rawValue) AND seen_at IS NULL
            AND at > \(now.adding(milliseconds: -86_400_000)) AND address = \(address) ORDER BY at DESC LIMIT 1
            """
        )
        if let open = open.integer {
            try connection.run(
                """
                UPDATE sys_alert SET at = \(now), device = \(device), details = \(details.text) WHERE id = \(open)
                """
            )
            return
        }
        try connection.run(
            """
            INSERT INTO sys_alert (id, kind, at, user_id, address, device, details)
            VALUES (\(id), \(kind.rawValue), \(now), \(user), \(address), \(device), \(details.text))
            """
        )
        let changes = JSONValue.object([
            .init(key: "kind", value: .string(kind.rawValue)),
            .init(key: "user", value: .string(user.description)),
        ])
        try Audit.add(
            AuditEntry("alert", object: "sys_alert", record: id, changes: changes.text),
            by: .system("alerts"),
            at: now,
            on: connection
        )
    }
}
