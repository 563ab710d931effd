public import Database
import Identity
import SQLText
import Schema
import Search

extension RecordEngine {
    /// The indexes that the definitions of a workspace demand and its database lacks, for a workspace that nobody has
    /// opened: opening it makes them. Nothing is changed.
    public static func missingIndexes(of modules: [Module], on connection: Connection) throws -> [DemandedIndex] {
        for table in ["sys_setting", "sys_counter", "sys_object", "sys_field"] {
            guard try connection.hasTable(table) else { return [] }
        }
        let objects = try SchemaStore.load(declared: modules.flatMap(\.objects), on: connection).objects
        var statements = EngineTables.statements + EngineTables.laterIndexes + IdentityTables.statements
        statements += modules.flatMap(\.tables)
        statements += objects.flatMap { TableDDL.indexes($0, connection.dialect) }
        // On SQLite the index of words is no index of a table.
        if connection.dialect == .postgres { statements += SearchIndex.postgresTables(objects.map(\.key)) }
        return try connection.missingIndexes(statements)
    }
}
