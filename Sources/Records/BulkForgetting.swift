import Database
import Identity
import SQLText
public import Values

/// What bulk changes keep for their undo does not stay: after thirty days it goes, and with a person who is erased.
extension RecordEngine {
    /// For how many days a bulk change can be undone.
    public static let bulkDays: Int64 = 30
    /// How many of its records one transaction forgets.
    private static let forgotten = 1000

    /// Forgets the next part of the bulk changes that can no longer be undone; true when there may be more.
    public func forgetOldBulk() async throws -> Bool {
        let end = IDSource.floor(at: clock.now().adding(milliseconds: -RecordEngine.bulkDays * 86_400_000))
        return try await database.write(patient: true) { connection in
            // First the changes themselves, so that nobody begins to undo what is half gone.
            try connection.run("DELETE FROM sys_bulk WHERE id < \(end)")
            let rows = try connection.rows(
                "SELECT bulk, record FROM sys_bulk_item WHERE bulk < \(end) LIMIT \(RecordEngine.forgotten)"
            )
            try connection.runAll(
                "DELETE FROM sys_bulk_item WHERE bulk = ? AND record = ?",
                rows.map { row -> [SQLValue] in [.integer(row.integer(0)), .integer(row.integer(1))] }
            )
            return rows.count == RecordEngine.forgotten
        }
    }
}

extension WriteSession {
    /// Forgets what bulk changes keep of records whose texts are erased: what the records held before, and the values
    /// that were set in the fields with the keys `personal`, which become the token. These records are left as they are
    /// when such a change is undone.
    public func forgetBulk(of records: [RecordID], personal: Set<String>, token: String) throws {
        try actor.require(.privacy)
        guard !records.isEmpty else { return }
        let ids = records.map { SQLValue.integer($0.raw) }
        try connection.run("UPDATE sys_bulk_item SET old = NULL WHERE record IN \(list: ids) AND old IS NOT NULL")
        // What is still being done needs its values.
        let runs = try connection.rows(
            """
            SELECT id, action FROM sys_bulk WHERE (undone = 1 OR changed + refused >= total)
            AND id IN (SELECT bulk FROM sys_bulk_item WHERE record IN \(list: ids))
            """
        )
        for run in runs {
            guard let action = BulkAction(text: run.text(1)) else { continue }
            let blanked = action.blanked(personal, token)
            if blanked == action { continue }
            try connection.run("UPDATE sys_bulk SET action = \(blanked.text) WHERE id = \(run.integer(0))")
        }
    }
}

extension BulkAction {
    /// With the token in place of the values of some fields. Once all is done nothing asks for them any more.
    fileprivate func blanked(_ keys: Set<String>, _ token: String) -> BulkAction {
        switch self {
        case .set(let data):
            let members = (data.members ?? []).map { member -> JSONValue.Member in
                guard keys.contains(member.key), !member.value.isNull else { return member }
                return JSONValue.Member(key: member.key, value: .string(token))
            }
            return .set(.object(members))
        case .tag(let field, _, let add) where keys.contains(field): return .tag(field: field, tag: token, add: add)
        case .tag, .delete: return self
        }
    }
}
