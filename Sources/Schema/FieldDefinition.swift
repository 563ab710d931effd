public import Values

/// A field of an object, declared in Swift or added by an administrator: the same for both.
public struct FieldDefinition: Sendable, Equatable {
    /// Never changes, also when the key or label does. Declared fields: `object.key`; added ones: a number.
    public var id: String
    /// The name in the API, in expressions and of the first column.
    public var key: String
    /// The text that people see.
    public var label: Label
    /// What it holds.
    public var kind: FieldKind
    /// A hint shown beside the control.
    public var help: Label?
    /// Must have a value.
    public var required = false
    /// No two records that are not deleted have the same value.
    public var unique = false
    /// Has an index.
    public var indexed = false
    /// Changes are written to the audit log with before and after. On unless switched off.
    public var audited = true
    /// Found by the search box.
    public var searchable = false
    /// Only hooks and the system write it.
    public var readOnly = false
    /// Not shown, not written; its data is kept.
    public var hidden = false
    /// Kept by the engine for every object: id, version, owner, times.
    public var system = false
    /// Added by an administrator.
    public var custom = false
    /// Shown only when the choice field `field` has one of `keys`, as in templates per customer type.
    public var shownWhen: Condition?
    /// On the record of a person: whether it tells of the person, so that erasing empties it. Nil leaves it to the kind.
    public var personal: Bool?
    /// The value of a new record, in the API's input form as JSON text.
    public var defaultJSON: String?

    /// A condition on a choice field of the same record.
    public struct Condition: Sendable, Equatable {
        /// The key of the choice field.
        public var field: String
        /// The keys under which the field is shown.
        public var keys: [String]

        /// A condition on a choice field.
        public init(_ field: String, in keys: [String]) {
            self.field = field
            self.keys = keys
        }
    }

    /// A field; everything beyond key, label and kind is set on the value.
    public init(id: String, key: String, label: Label, kind: FieldKind) {
        self.id = id
        self.key = key
        self.label = label
        self.kind = kind
    }

    /// The columns that hold its value.
    public var columns: [Column] { kind.columns.map { Column(key + $0.suffix, $0.type) } }

    /// True when people and programs may write it.
    public var isWritable: Bool {
        if readOnly || hidden || kind.isComputed { return false }
        if case .autoNumber = kind { return false }
        return true
    }

    /// True when erasing a person empties it: what it was declared to be, else whatever people type freely.
    public var isPersonal: Bool {
        if let personal { return personal }
        if system { return false }
        switch kind {
        case .text, .longText, .phone, .email, .address, .url, .file, .tags: return true
        case .integer, .decimal, .money, .day, .instant, .choice, .multiChoice, .boolean, .link, .anyLink, .person,
            .formula, .rollUp, .autoNumber:
            return false
        }
    }
}
