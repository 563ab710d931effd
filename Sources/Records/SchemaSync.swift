import Database
import Identity
import SQLText
import Schema
import Search

/// Brings tables in line with the schema: for new releases of the program.
struct SchemaSync {
    /// Indexes that earlier releases made and that nothing reads any more.
    private static let retired = [
        "ix_opportunity_pipeline_stage_amount_base", "ix_opportunity_owner_pipeline_stage_amount_base",
        "ix_activity_happened_at",
    ]
    private let database: Database
    private let declared: [ObjectDefinition]
    private let tables: [String]

    init(_ database: Database, _ modules: [Module]) {
        (self.database, declared, tables) = (database, modules.flatMap(\.objects), modules.flatMap(\.tables))
    }

    /// Makes what is missing, and answers the schema. Others may read and write meanwhile.
    func bringUpToDate(isAlone: Bool) async throws -> SchemaSnapshot {
        let (declared, tables) = (declared, tables)
        if database.dialect == .postgres, try await database.read({ try !$0.hasTable("sys_setting") }) {
            try await database.createSideBySide(everything)
        }
        try await database.define { connection in
            try EngineTables.create(on: connection)
            try IdentityTables.create(on: connection)
            try connection.create(tables)
            let schema = try SchemaStore.load(declared: declared, on: connection)
            for object in schema.objects { try SchemaSync.addColumns(object, on: connection) }
        }
        if database.dialect == .postgres {
            let schema = try await database.read { try SchemaStore.load(declared: declared, on: $0) }
            try await database.createLargeIndexes(tables + schema.objects.flatMap { TableDDL.indexes($0, .postgres) })
        }
        return try await database.define { connection in
            let schema = try SchemaStore.load(declared: declared, on: connection)
            try connection.create(schema.objects.flatMap { TableDDL.indexes($0, connection.dialect) })
            try SearchIndex.createTables(schema.objects.map(\.key), on: connection)
            for object in schema.objects {
                for name in SchemaSync.retired where name.hasPrefix("ix_\(object.key)_") {
                    try connection.script("DROP INDEX IF EXISTS \(quotedName(name))")
                }
                if isAlone { try KeptSums.bringUpToDate(object, on: connection) }
            }
            return schema
        }
    }

    /// All tables and indexes of an empty workspace in PostgreSQL.
    private var everything: [String] {
        EngineTables.statements + IdentityTables.statements + tables
            + declared.flatMap { object in
                let own = TableDDL.create(object, .postgres).map { text in
                    text.hasPrefix("CREATE TABLE \"") ? "CREATE TABLE IF NOT EXISTS " + text.dropFirst(13) : text
                }
                return own + SearchIndex.postgresTables([object.key])
            }
    }

    /// Counts what is kept of each object and was never counted.
    func keepAll(_ schema: SchemaSnapshot) async throws {
        for object in schema.objects {
            try await database.write(patient: true) { try KeptSums.bringUpToDate(object, on: $0) }
        }
    }

    /// Makes the table of an object, or the columns that it lacks.
    private static func addColumns(_ object: ObjectDefinition, on connection: Connection) throws {
        let present = try connection.columns(of: object.key).map(\.name)
        if present.isEmpty {
            return try connection.script(TableDDL.create(object, connection.dialect).joined(separator: ";\n"))
        }
        for column in object.columns where !present.contains(column.name) {
            try connection.script(
                "ALTER TABLE \(quotedName(object.key)) ADD COLUMN \(quotedName(column.name)) "
                    + TableDDL.type(column, connection.dialect)
            )
        }
    }
}
