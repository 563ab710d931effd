public import Values

/// A field of an object, declared in Swift or added by an administrator: the same for both.
///
/// Its facts lie in one box that copies share: fields are handed around for every value that is read or written.
public struct FieldDefinition: Sendable, Equatable {
    private struct Facts: Sendable, Equatable {
        var id: String
        var key: String
        var label: Label
        var kind: FieldKind
        var help: Label?
        var required = false
        var unique = false
        var indexed = false
        var audited = true
        var searchable = false
        var readOnly = false
        var hidden = false
        var system = false
        var custom = false
        var historic = false
        var shownWhen: Condition?
        var personal: Bool?
        var defaultJSON: String?
    }

    private final class Box: Sendable {
        let facts: Facts
        init(_ facts: Facts) { self.facts = facts }
    }

    private var box: Box

    /// Never changes, also when the key or label does. Declared fields: `object.key`; added ones: a number.
    public var id: String {
        get { box.facts.id }
        set { change { $0.id = newValue } }
    }
    /// The name in the API, in expressions and of the first column.
    public var key: String {
        get { box.facts.key }
        set { change { $0.key = newValue } }
    }
    /// The text that people see.
    public var label: Label {
        get { box.facts.label }
        set { change { $0.label = newValue } }
    }
    /// What it holds.
    public var kind: FieldKind {
        get { box.facts.kind }
        set { change { $0.kind = newValue } }
    }
    /// A hint shown beside the control.
    public var help: Label? {
        get { box.facts.help }
        set { change { $0.help = newValue } }
    }
    /// Must have a value.
    public var required: Bool {
        get { box.facts.required }
        set { change { $0.required = newValue } }
    }
    /// No two records that are not deleted have the same value.
    public var unique: Bool {
        get { box.facts.unique }
        set { change { $0.unique = newValue } }
    }
    /// Has an index.
    public var indexed: Bool {
        get { box.facts.indexed }
        set { change { $0.indexed = newValue } }
    }
    /// Changes are written to the audit log with before and after. On unless switched off.
    public var audited: Bool {
        get { box.facts.audited }
        set { change { $0.audited = newValue } }
    }
    /// Found by the search box.
    public var searchable: Bool {
        get { box.facts.searchable }
        set { change { $0.searchable = newValue } }
    }
    /// Only hooks and the system write it.
    public var readOnly: Bool {
        get { box.facts.readOnly }
        set { change { $0.readOnly = newValue } }
    }
    /// Not shown, not written; its data is kept.
    public var hidden: Bool {
        get { box.facts.hidden }
        set { change { $0.hidden = newValue } }
    }
    /// Kept by the engine for every object: id, version, owner, times.
    public var system: Bool {
        get { box.facts.system }
        set { change { $0.system = newValue } }
    }
    /// Added by an administrator.
    public var custom: Bool {
        get { box.facts.custom }
        set { change { $0.custom = newValue } }
    }
    /// Tells of the record's past, as when it was made and by whom: kept by the system, but a record that is brought from
    /// elsewhere may bring its own.
    public var historic: Bool {
        get { box.facts.historic }
        set { change { $0.historic = newValue } }
    }
    /// Shown only when the choice field `field` has one of `keys`, as in templates per customer type.
    public var shownWhen: Condition? {
        get { box.facts.shownWhen }
        set { change { $0.shownWhen = newValue } }
    }
    /// On the record of a person: whether it tells of the person, so that erasing empties it. Nil leaves it to the kind.
    public var personal: Bool? {
        get { box.facts.personal }
        set { change { $0.personal = newValue } }
    }
    /// The value of a new record, in the API's input form as JSON text.
    public var defaultJSON: String? {
        get { box.facts.defaultJSON }
        set { change { $0.defaultJSON = newValue } }
    }

    private mutating func change(_ body: (inout Facts) -> Void) {
        var facts = box.facts
        body(&facts)
        box = Box(facts)
    }

    /// True when all is the same.
    public static func == (left: FieldDefinition, right: FieldDefinition) -> Bool {
        left.box === right.box || left.box.facts == right.box.facts
    }

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
        box = Box(Facts(id: id, key: key, label: label, kind: kind))
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
