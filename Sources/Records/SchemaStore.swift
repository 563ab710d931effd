import Database
import SQLText
import Schema
import Values

/// Reads the workspace's schema: what the program declares, laid over by what an administrator changed.
enum SchemaStore {
    /// The version of the stored schema; one cheap statement.
    static func version(on connection: Connection) throws -> Int64 {
        try connection.value(question).integer ?? 0
    }

    /// What a read throws that took an older schema for the present one.
    struct Outdated: Error {}

    /// Makes sure that a version is the present one; the answer comes with that of the next statement.
    static func expect(_ version: Int64, on connection: Connection) throws {
        try connection.ask(question) { rows in
            if (rows.first?.values.first?.integer ?? 0) != version { throw Outdated() }
        }
    }

    private static let question: SQLFragment = "SELECT value FROM sys_counter WHERE name = 'schema_version'"

    /// Counts the version up.
    static func bumpVersion(on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_counter (name, value) VALUES ('schema_version', 1)
            ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1
            """
        )
    }

    /// The whole schema.
    static func load(declared: [ObjectDefinition], on connection: Connection) throws -> SchemaSnapshot {
        var objects = declared
        var fields: [String: [(position: Int64, field: FieldDefinition)]] = [:]
        for row in try connection.rows("SELECT object, position, definition FROM sys_field WHERE removed_at IS NULL") {
            guard let field = DefinitionJSON.field(try JSONReader.parse(row.text(2))) else { continue }
            fields[row.text(0), default: []].append((row.integer(1), field))
        }
        let stored = try connection.rows(
            "SELECT key, definition FROM sys_object WHERE removed_at IS NULL ORDER BY position, key"
        )
        for row in stored {
            let value = try JSONReader.parse(row.text(1))
            if let index = objects.firstIndex(where: { $0.key == row.text(0) }) {
                DefinitionJSON.apply(value, to: &objects[index])
            } else if let object = customObject(value) {
                objects.append(object)
            }
        }
        objects = objects.map { object in
            var object = object
            overlay(fields[object.key] ?? [], on: &object)
            arrange(&object)
            return object
        }
        return SchemaSnapshot(
            version: try version(on: connection),
            objects: objects,
            baseCurrency: try setting("base_currency", on: connection) ?? "CNY",
            timeZone: try setting("time_zone", on: connection) ?? "Asia/Shanghai",
            country: try setting("country", on: connection) ?? "CN",
            company: try setting("company_name", on: connection) ?? ""
        )
    }

    /// A setting of the workspace.
    static func setting(_ key: String, on connection: Connection) throws -> String? {
        try connection.value("SELECT value FROM sys_setting WHERE key = \(key)").text
    }

    private static func customObject(_ value: JSONValue) -> ObjectDefinition? {
        guard let key = value["key"]?.string, let plural = value["plural"]?.string,
            let label = DefinitionJSON.label(value["label"]),
            let many = DefinitionJSON.label(value["plural_label"])
        else { return nil }
        var object = ObjectDefinition(key: key, plural: plural, label: label, pluralLabel: many, fields: [])
        object.custom = true
        DefinitionJSON.apply(value, to: &object)
        return object
    }

    private static func overlay(
        _ stored: [(position: Int64, field: FieldDefinition)],
        on object: inout ObjectDefinition
    ) {
        var fields = object.fields
        for (_, field) in stored.sorted(by: { ($0.position, $0.field.id) < ($1.position, $1.field.id) }) {
            if let index = fields.firstIndex(where: { $0.id == field.id }) {
                fields[index] = merged(declared: fields[index], stored: field)
            } else {
                fields.append(field)
            }
        }
        object.setFields(fields)
    }

    /// Puts the fields into the order that an administrator chose; the engine's own stay in front.
    private static func arrange(_ object: inout ObjectDefinition) {
        guard !object.fieldOrder.isEmpty else { return }
        let places = Dictionary(object.fieldOrder.enumerated().map { ($1, $0) }) { first, _ in first }
        let own = object.fields.filter { !$0.system }.enumerated().sorted {
            (places[$0.element.key] ?? .max, $0.offset) < (places[$1.element.key] ?? .max, $1.offset)
        }
        object.setFields(object.fields.filter(\.system) + own.map(\.element))
    }

    /// What an administrator may change about a declared field: label, help, choices, required, hidden, index.
    private static func merged(declared: FieldDefinition, stored: FieldDefinition) -> FieldDefinition {
        var field = declared
        field.label = stored.label
        field.help = stored.help
        field.hidden = stored.hidden
        field.required = declared.required || stored.required
        field.indexed = declared.indexed || stored.indexed
        field.searchable = stored.searchable
        field.shownWhen = stored.shownWhen
        switch (declared.kind, stored.kind) {
        case (.choice, .choice), (.multiChoice, .multiChoice): field.kind = stored.kind
        default: break
        }
        return field
    }

    /// Stores a field's definition.
    static func save(_ field: FieldDefinition, of object: String, position: Int64, on connection: Connection) throws {
        var json = JSONWriter()
        json.object { DefinitionJSON.writeMembers(field, to: &$0) }
        try connection.run(
            """
            INSERT INTO sys_field (id, object, key, position, definition)
            VALUES (\(field.id), \(object), \(field.key), \(position), \(json.text))
            ON CONFLICT (id) DO UPDATE SET key = excluded.key, definition = excluded.definition, removed_at = NULL
            """
        )
    }

    /// Stores an object's own definition.
    static func save(_ object: ObjectDefinition, position: Int64, on connection: Connection) throws {
        var json = JSONWriter()
        json.object { DefinitionJSON.writeMembers(object, to: &$0) }
        try connection.run(
            """
            INSERT INTO sys_object (key, position, definition) VALUES (\(object.key), \(position), \(json.text))
            ON CONFLICT (key) DO UPDATE SET definition = excluded.definition, removed_at = NULL
            """
        )
    }
}
