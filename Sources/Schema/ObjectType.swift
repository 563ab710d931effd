public import Values

/// A Swift type that a field's value has in domain code.
public protocol FieldValue: Sendable, Equatable {
    /// Reads the value from its columns; nil when they hold none.
    init?(columns: ArraySlice<SQLValue>)
    /// The value's columns. Money leaves its base value to the engine.
    var columnValues: [SQLValue] { get }
}

/// A field with its Swift type, declared once in an object's `Fields`.
public struct Field<Value: FieldValue>: Sendable {
    /// The definition that the engine reads.
    public let definition: FieldDefinition

    /// Declares a field. `adjust` sets what is unusual about it.
    public init(
        _ key: String,
        _ label: Label,
        _ kind: FieldKind,
        _ adjust: (inout FieldDefinition) -> Void = { _ in }
    ) {
        var definition = FieldDefinition(id: key, key: key, label: label, kind: kind)
        adjust(&definition)
        self.definition = definition
    }
}

/// An object declared in Swift.
public protocol ObjectType: SendableMetatype {
    /// The fields that the program knows by name.
    associatedtype Fields: Sendable
    /// The object's key.
    static var key: String { get }
    /// The fields.
    static var fields: Fields { get }
    /// The object as the engine reads it.
    static var definition: ObjectDefinition { get }
}

extension ObjectDefinition {
    /// Declares an object from its fields; their ids become `object.key`.
    public static func declared(
        _ key: String,
        plural: String,
        _ label: Label,
        many: Label,
        nameField: String = "name",
        icon: String,
        fields: [FieldDefinition],
        adjust: (inout ObjectDefinition) -> Void = { _ in }
    ) -> ObjectDefinition {
        let fields = fields.map { field in
            var field = field
            field.id = "\(key).\(field.key)"
            return field
        }
        var object = ObjectDefinition(
            key: key,
            plural: plural,
            label: label,
            pluralLabel: many,
            nameField: nameField,
            fields: fields
        )
        object.icon = icon
        adjust(&object)
        return object
    }
}

extension String: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let text = columns.first?.text else { return nil }
        self = text
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.text(self)] }
}

extension Int64: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let value = columns.first?.integer else { return nil }
        self = value
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.integer(self)] }
}

extension Bool: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let value = columns.first?.integer else { return nil }
        self = value != 0
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [SQLValue(self)] }
}

extension RecordID: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let value = columns.first?.integer else { return nil }
        self.init(value)
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.integer(raw)] }
}

extension Day: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let text = columns.first?.text else { return nil }
        self.init(text)
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.text(description)] }
}

extension Instant: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard let value = columns.first?.integer else { return nil }
        self.init(milliseconds: value)
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.integer(milliseconds)] }
}

extension Money: FieldValue {
    /// Reads the value from its column.
    public init?(columns: ArraySlice<SQLValue>) {
        guard columns.count >= 2, let minor = columns[columns.startIndex].integer,
            let currency = columns[columns.startIndex + 1].text
        else { return nil }
        self.init(minor: minor, currency: currency)
    }
    /// The value as it is stored.
    public var columnValues: [SQLValue] { [.integer(minor), .text(currency), .null] }
}
