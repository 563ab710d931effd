public import Schema
public import Values

/// A stored record with the Swift types of its declared fields.
@dynamicMemberLookup
public struct Record<Object: ObjectType>: Sendable {
    /// The row behind it: custom fields are read there.
    public let row: AnyRecord

    /// A typed view of a row.
    @inlinable
    public init(_ row: AnyRecord) { self.row = row }

    /// The record's id.
    public var id: RecordID { row.id }
    /// The owner.
    public var owner: RecordID? { row.owner }

    /// The value of a declared field; nil when it has none.
    @inlinable
    public subscript<Value: FieldValue>(dynamicMember path: KeyPath<Object.Fields, Field<Value>>) -> Value? {
        Value(columns: row.columns(of: Object.fields[keyPath: path].definition)[...])
    }
}

/// A record that is about to be saved, with the Swift types of its declared fields.
@dynamicMemberLookup
public struct Draft<Object: ObjectType>: Sendable {
    /// The values behind it.
    public var row: AnyDraft

    /// A typed view of a draft.
    public init(_ row: AnyDraft) { self.row = row }

    /// True for a record that does not exist yet.
    public var isNew: Bool { row.before == nil }
    /// The record as it is stored.
    @inlinable public var before: Record<Object>? { row.before.map(Record.init) }

    /// The value of a declared field as it will be.
    @inlinable
    public subscript<Value: FieldValue>(dynamicMember path: KeyPath<Object.Fields, Field<Value>>) -> Value? {
        get { Value(columns: row.columns(of: Object.fields[keyPath: path].definition)[...]) }
        set {
            let field = Object.fields[keyPath: path].definition
            row.set(field, newValue?.columnValues ?? field.columns.map { _ in .null })
        }
    }

    /// True when the field will have another value.
    @inlinable
    public func changes<Value>(_ path: KeyPath<Object.Fields, Field<Value>>) -> Bool {
        row.changes(field: Object.fields[keyPath: path].definition.key)
    }

    /// True when the caller gave the field.
    @inlinable
    public func wasGiven<Value>(_ path: KeyPath<Object.Fields, Field<Value>>) -> Bool {
        row.wasGiven(Object.fields[keyPath: path].definition.key)
    }
}

/// A record that has just been saved, and what it was before.
public struct SavedRecord: Sendable {
    /// The record as it was; nil when it is new.
    public let before: AnyRecord?
    /// The record as it is.
    public let record: AnyRecord

    /// True when a column has another value than before.
    public func changed(_ column: String) -> Bool { (before?[column] ?? .null) != record[column] }

    /// True when one of the columns at these positions has another value than before.
    func changed(in positions: Range<Int>) -> Bool {
        positions.contains { (before?.values[$0] ?? .null) != record.values[$0] }
    }
}
