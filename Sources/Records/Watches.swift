public import Values

/// Follows an entry of the audit log in its transaction, for what is no saved record: an export, say.
public typealias AuditWatch = @Sendable (AuditEntry, WriteSession) throws -> Void

extension WriteSession {
    /// Writes an entry of the audit log, and tells the features that watch for entries of its action.
    public func note(_ entry: AuditEntry) throws {
        try Audit.add(entry, by: actor, at: now, on: connection)
        for watch in engine.watches[entry.action] ?? [] { try watch(entry, self) }
    }

    /// An id that nothing else has, for rows of a feature's own tables.
    public func newID() -> RecordID { engine.ids.next() }
}
