import SQLText
public import Schema
public import Values

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
    public func columns(of field: FieldDefinition) -> [SQLValue] { Array(values[shape.columns(ofField: field.key)]) }
}

/// A record that is about to be saved: what it was, and what arrives.
public struct AnyDraft: Sendable {
    /// The columns.
    public let shape: Shape
    /// The record as it is stored; nil for a new one.
    public let before: AnyRecord?
    /// The values of the columns as they will be.
    private(set) var values: [SQLValue]
    /// Which fields the caller gave, whether changed or not, by their index in the definition.
    private var isGiven: [Bool]

    /// A draft of a new record or of a change.
    public init(shape: Shape, before: AnyRecord?) {
        self.shape = shape
        self.before = before
        values = before?.values ?? shape.empty
        isGiven = shape.noneGiven
    }

    /// True when the caller gave the field, whether it changes or not.
    public func wasGiven(_ key: String) -> Bool { shape.index(ofField: key).map { isGiven[$0] } ?? false }

    /// The keys of the fields that the caller gave.
    var given: [String] { zip(shape.places, isGiven).filter(\.1).map(\.0.field.key) }

    /// Notes that the caller gave the field with this index.
    mutating func give(_ index: Int) { isGiven[index] = true }

    /// The value of a column as it will be.
    public subscript(column: String) -> SQLValue {
        get { shape.position(column).map { values[$0] } ?? .null }
        set { if let position = shape.position(column) { values[position] = newValue } }
    }

    /// The value at a column's position as it will be.
    subscript(position: Int) -> SQLValue {
        get { values[position] }
        set { values[position] = newValue }
    }

    /// True when a column will have another value.
    public func changes(_ column: String) -> Bool { shape.position(column).map(changes(at:)) ?? false }

    /// True when the column at a position will have another value.
    func changes(at position: Int) -> Bool { values[position] != (before?.values[position] ?? .null) }

    /// True when one of the columns will have another value.
    func changes(in positions: Range<Int>) -> Bool { positions.contains(where: changes(at:)) }

    /// True when a field will have another value.
    public func changes(field key: String) -> Bool { changes(in: shape.columns(ofField: key)) }

    /// Sets a field's columns.
    public mutating func set(_ field: FieldDefinition, _ values: [SQLValue]) {
        set(field.kind, shape.columns(ofField: field.key), values)
    }

    /// Sets the columns at the positions of a field.
    mutating func set(_ place: Shape.Place, _ values: [SQLValue]) { set(place.field.kind, place.columns, values) }

    private mutating func set(_ kind: FieldKind, _ positions: Range<Int>, _ values: [SQLValue]) {
        // The value in the base currency is derived: the same amount sent again must not lose it.
        let count = if case .money = kind { 2 } else { values.count }
        for (position, value) in zip(positions, values.prefix(count)) { self.values[position] = value }
    }

    /// The values of a field's columns as they will be.
    public func columns(of field: FieldDefinition) -> [SQLValue] { Array(values[shape.columns(ofField: field.key)]) }
}
