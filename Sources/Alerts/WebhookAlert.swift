import Records
import Values

/// Tells administrators that a webhook was switched off: what it should have sent is not arriving.
enum WebhookAlert {
    static func watch(_ entry: AuditEntry, _ session: WriteSession) throws {
        let changes = try entry.changes.map { try JSONReader.parse($0) } ?? .null
        guard let user = (changes["user"]?.string).flatMap({ RecordID($0) }) else { return }
        let details = JSONValue.object([
            .init(key: "name", value: changes["name"]?.array?.last ?? .string("")),
            .init(key: "reason", value: changes["reason"] ?? .null),
        ])
        // An alert for each address that is called: others may be well.
        let cause = Cause(kind: .webhookOff, user: user, address: changes["address"]?.string ?? "", details: details)
        try cause.raise(session.newID(), at: session.now, on: session.connection)
    }
}
