import Database
import Identity
import SQLText
import Schema
import Search
public import Values

extension RecordEngine {
    /// Drops the columns and tables of definitions that were removed before `moment`. Their keys stay taken.
    ///
    /// Called long after the removal, so that a removed field or object can be restored until then.
    public func dropRemovedDefinitions(before moment: Instant) async throws {
        try await write(as: .system("retention")) { session in
            let connection = session.connection
            let fields = try connection.rows(
                """
                SELECT id, object, definition FROM sys_field
                WHERE removed_at < \(moment) AND definition <> '' LIMIT 5
                """
            )
            for row in fields {
                if let field = DefinitionJSON.field(try JSONReader.parse(row.text(2))) {
                    try drop(field, of: row.text(1), on: connection)
                }
                try connection.run("UPDATE sys_field SET definition = '' WHERE id = \(row.text(0))")
            }
            let objects = try connection.rows(
                "SELECT key FROM sys_object WHERE removed_at < \(moment) AND definition <> '' AND key LIKE 'x~_%' ESCAPE '~'"
            )
            for row in objects {
                try connection.script("DROP TABLE IF EXISTS \(quotedName(row.text(0)))")
                try SearchIndex.dropTable(row.text(0), on: connection)
                try connection.run("UPDATE sys_object SET definition = '' WHERE key = \(row.text(0))")
            }
        }
    }
}

private func drop(_ field: FieldDefinition, of object: String, on connection: Connection) throws {
    let present = try connection.columns(of: object).map(\.name)
    for index in ["uq_\(object)_\(field.key)", "ix_\(object)_\(field.key)", "ix_\(object)_of_\(field.key)"] {
        try connection.script("DROP INDEX IF EXISTS \(quotedName(index))")
    }
    for column in field.columns where present.contains(column.name) {
        try connection.script("ALTER TABLE \(quotedName(object)) DROP COLUMN \(quotedName(column.name))")
    }
}
