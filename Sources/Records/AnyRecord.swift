import SQLText
public import Schema
public import Values

/// The columns of an object's table as plain data, shared by all its rows.
public final class Shape: Sendable {
    /// The object.
    public let object: ObjectDefinition
    /// The names of the columns in order; the first is `id`.
    public let columns: [String]
    /// The insert of all columns: made once, since every new record uses it.
    let insertText: String
    private let positions: [String: Int]

    /// The shape of an object.
    public init(_ object: ObjectDefinition) {
        self.object = object
        columns = object.columns.map(\.name)
        positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        insertText =
            "INSERT INTO \(quotedName(object.key)) (\(columns.map(quotedName).joined(separator: ", "))) VALUES ("
            + repeatElement("?", count: columns.count).joined(separator: ", ") + ")"
    }

    /// The position of a column.
    public func position(_ column: String) -> Int? { positions[column] }
}

/// A stored record as a row of values: for the engine and for custom fields. Domain code uses `Record`.
public struct AnyRecord: Sendable {
    /// The columns.
    public let shape: Shape
    /// The values in the order of the columns.
    public internal(set) var values: [SQLValue]

    /// A row of values.
    public init(shape: Shape, values: [SQLValue]) {
        self.shape = shape
        self.values = values
    }

    /// The record's id.
    public var id: RecordID { RecordID(values[0].integer ?? 0) }
    /// Counts up with every change.
    public var version: Int64 { self["version"].integer ?? 0 }
    /// The owner.
    public var owner: RecordID? { self["owner"].integer.map(RecordID.init) }
    /// True in the recycle bin.
    public var isDeleted: Bool { !self["deleted_at"].isNull }
    /// The text of the name field.
    public var name: String { self[shape.object.nameField].text ?? "" }

    /// The value of a column; null for a column that does not exist.
    public subscript(column: String) -> SQLValue {
        shape.position(column).map { values[$0] } ?? .null
    }

    /// The values of a field's columns.
    public func columns(of field: FieldDefinition) -> [SQLValue] { field.columns.map { self[$0.name] } }
}

/// A record that is about to be saved: what it was, and what arrives.
public struct AnyDraft: Sendable {
    /// The columns.
    public let shape: Shape
    /// The record as it is stored; nil for a new one.
    public let before: AnyRecord?
    /// The columns that arrive, by name.
    public private(set) var changes: [String: SQLValue] = [:]
    /// The keys of the fields that the caller gave, whether changed or not.
    public var given: Set<String> = []

    /// A draft of a new record or of a change.
    public init(shape: Shape, before: AnyRecord?) {
        self.shape = shape
        self.before = before
    }

    /// The value of a column as it will be.
    public subscript(column: String) -> SQLValue {
        get { changes[column] ?? before?[column] ?? .null }
        set {
            if let before, before[column] == newValue {
                changes[column] = nil
            } else {
                changes[column] = newValue
            }
        }
    }

    /// True when a column will have another value.
    public func changes(_ column: String) -> Bool {
        changes[column].map { $0 != (before?[column] ?? .null) } ?? false
    }

    /// Sets a field's columns.
    public mutating func set(_ field: FieldDefinition, _ values: [SQLValue]) {
        // The value in the base currency is derived: the same amount sent again must not lose it.
        let given = if case .money = field.kind { 2 } else { values.count }
        for (column, value) in zip(field.columns, values).prefix(given) { self[column.name] = value }
    }

    /// The values of a field's columns as they will be.
    public func columns(of field: FieldDefinition) -> [SQLValue] { field.columns.map { self[$0.name] } }
}
