import Database
import SQLText
import Schema

/// The SQL that makes an object's table and keeps it like its definition.
enum TableDDL {
    /// All statements for a new object.
    static func create(_ object: ObjectDefinition, _ dialect: Dialect) -> [String] {
        let columns = object.columns.map { column in
            switch column.name {
            case "id": "\"id\" INTEGER PRIMARY KEY"
            case "version": "\"version\" INTEGER NOT NULL DEFAULT 1"
            case ObjectDefinition.nameSortColumn: "\"name_sort\" TEXT NOT NULL DEFAULT ''"
            default: quotedName(column.name) + (column.type == .integer ? " INTEGER" : " TEXT")
            }
        }
        // SQLite looks at the types of a whole row at once, where a check for each column costs a write a tenth.
        let kind = dialect == .sqlite ? " STRICT" : ""
        return ["CREATE TABLE \(quotedName(object.key)) (\(columns.joined(separator: ", ")))\(kind)"]
            + indexes(object, dialect)
    }

    /// The type of a column that is added; every engine is as strict as the strictest.
    static func type(_ column: Column, _ dialect: Dialect) -> String {
        let name = quotedName(column.name)
        let type = column.type == .integer ? "INTEGER" : "TEXT"
        switch dialect {
        case .sqlite: return "\(type) CHECK (typeof(\(name)) IN ('\(type.lowercased())', 'null'))"
        case .postgres: return type
        }
    }

    /// All index statements of an object; repeatable.
    static func indexes(_ object: ObjectDefinition, _ dialect: Dialect) -> [String] {
        var statements = standardIndexes(object)
        for field in object.fields where field.indexed || field.unique {
            if case .address = field.kind {
                statements += regions(field, of: object.key)
            } else {
                statements.append(index(field, of: object.key, dialect))
            }
        }
        for columns in object.indexes + object.sparseIndexes {
            let name = quotedName("ix_\(object.key)_" + columns.joined(separator: "_"))
            let list = (columns + ["deleted_at"]).map(quotedName).joined(separator: ", ")
            let filled = object.sparseIndexes.contains(columns) ? columns.last : nil
            statements.append(
                "CREATE INDEX IF NOT EXISTS \(name) ON \(quotedName(object.key)) (\(list)) WHERE \"deleted_at\" IS NULL"
                    + (filled.map { " AND \(quotedName($0)) IS NOT NULL" } ?? "")
            )
        }
        return statements
    }

    /// The indexes of an address: by province and city, and by city alone. Most addresses of many objects are empty.
    private static func regions(_ field: FieldDefinition, of object: String) -> [String] {
        let (province, city) = (
            "kehu_fold(\(quotedName(field.key + "_province")))", "kehu_fold(\(quotedName(field.key + "_city")))"
        )
        return [("province", "\(province), \(city)", province), ("city", city, city)].map { name, columns, first in
            "CREATE INDEX IF NOT EXISTS \(quotedName("ix_\(object)_\(field.key)_\(name)")) ON \(quotedName(object)) "
                + "(\(columns)) WHERE \"deleted_at\" IS NULL AND \(first) IS NOT NULL"
        }
    }

    /// The index of one field, as one or two statements.
    static func index(_ field: FieldDefinition, of object: String, _ dialect: Dialect) -> String {
        let column = quotedName(field.key)
        let expression = field.kind.isFolded ? "kehu_fold(\(column))" : column
        let name = quotedName((field.unique ? "uq_" : "ix_") + object + "_" + field.key)
        // As for standard indexes; behind a unique column there must be nothing.
        let rest = field.unique || field.kind.isFolded ? "" : ", \"id\", \"deleted_at\""
        // Of unique fields most are empty on most records: nobody looks for those, and each would cost a write.
        let filled = field.unique ? " AND \(expression) IS NOT NULL" : ""
        // Soft-deleted rows must not block a new one.
        let index =
            "CREATE \(field.unique ? "UNIQUE " : "")INDEX IF NOT EXISTS \(name) ON \(quotedName(object)) "
            + "(\(expression)\(rest)) WHERE \"deleted_at\" IS NULL\(filled)"
        if dialect == .sqlite || rest.isEmpty { return index }
        // Empty values come last in both directions, which PostgreSQL reads off an index only if that says so too.
        return index + "; CREATE INDEX IF NOT EXISTS \(quotedName("ix_\(object)_\(field.key)_down")) "
            + "ON \(quotedName(object)) (\(column) DESC NULLS LAST, \"id\" DESC) WHERE \"deleted_at\" IS NULL"
    }

    /// What removes the index of a field.
    static func dropIndex(_ field: FieldDefinition, of object: String) -> String {
        let name = (field.unique ? "uq_" : "ix_") + object + "_" + field.key
        return "DROP INDEX IF EXISTS \(quotedName(name)); DROP INDEX IF EXISTS \(quotedName(name + "_down"))"
    }

    private static func standardIndexes(_ object: ObjectDefinition) -> [String] {
        let table = quotedName(object.key)
        func make(_ suffix: String, _ columns: String, _ condition: String) -> String {
            "CREATE INDEX IF NOT EXISTS \(quotedName("ix_\(object.key)_\(suffix)")) ON \(table) (\(columns)) "
                + "WHERE \(condition)"
        }
        // SQLite reads a row of the table for each entry, to look at «deleted_at», unless the index has that too.
        let alive = "\"deleted_at\" IS NULL"
        return [
            make("name", "\"name_sort\", \"id\", \"deleted_at\"", alive),
            make("owner", "\"owner\", \"name_sort\", \"id\", \"deleted_at\"", alive),
            make("bin", "\"deleted_at\"", "\"deleted_at\" IS NOT NULL"),
        ]
            + object.fields.compactMap { field in
                guard field.kind.isLink else { return nil }
                // Most links of many objects are empty; an empty one is never looked for, and costs each write a page.
                let column = quotedName(field.key)
                return make(
                    "of_\(field.key)",
                    "\(column), \"id\", \"deleted_at\"",
                    alive + " AND \(column) IS NOT NULL"
                )
            }
    }
}

extension FieldKind {
    /// True for links to records, of one object or of any.
    var isLink: Bool {
        switch self {
        case .link, .anyLink: true
        default: false
        }
    }

    /// True for texts that people write: compared without case and width.
    var isFolded: Bool {
        switch self {
        case .text, .longText, .url: true
        default: false
        }
    }
}
