public import Values

/// A rule that every saved record must meet.
public struct ValidationRule: Sendable, Equatable {
    /// Never changes.
    public var id: String
    /// Must be true; a missing value makes it true only if the expression says so.
    public var expression: String
    /// What is shown when it is not.
    public var message: Label
    /// The field beside which the message stands; nil for the whole record.
    public var field: String?
    /// Switched off rules are kept.
    public var active = true

    /// A rule that every saved record must meet.
    public init(id: String, expression: String, message: Label, field: String? = nil) {
        self.id = id
        self.expression = expression
        self.message = message
        self.field = field
    }
}

/// An object: customer, contact, a custom object. The shape that everything else reads.
///
/// Its facts lie in one box that copies share.
public struct ObjectDefinition: Sendable, Equatable {
    private struct Facts: Sendable, Equatable {
        var key: String
        var plural: String
        var label: Label
        var pluralLabel: Label
        var nameField: String
        var fields: [FieldDefinition]
        var rules: [ValidationRule] = []
        var listFields: [String] = []
        var fieldOrder: [String] = []
        var indexes: [[String]] = []
        var sparseIndexes: [[String]] = []
        var keptSums: [KeptSum] = []
        var statedTogether: [[String]] = []
        var icon = "box"
        var custom = false
        var hidden = false
        var parentLink: String?
        var positions: [String: Int] = [:]
    }

    private final class Box: Sendable {
        let facts: Facts
        init(_ facts: Facts) { self.facts = facts }
    }

    private var box: Box

    /// The singular key, which is also the table's name: `customer`. Custom objects start with `x_`.
    public var key: String {
        get { box.facts.key }
        set { change { $0.key = newValue } }
    }
    /// The plural of the API's addresses: `customers`.
    public var plural: String {
        get { box.facts.plural }
        set { change { $0.plural = newValue } }
    }
    /// The name of one.
    public var label: Label {
        get { box.facts.label }
        set { change { $0.label = newValue } }
    }
    /// The name of many.
    public var pluralLabel: Label {
        get { box.facts.pluralLabel }
        set { change { $0.pluralLabel = newValue } }
    }
    /// The text field that names a record.
    public var nameField: String {
        get { box.facts.nameField }
        set { change { $0.nameField = newValue } }
    }
    /// All fields in order, system fields first.
    public var fields: [FieldDefinition] {
        get { box.facts.fields }
        set { change { $0.fields = newValue } }
    }
    /// Rules that every saved record must meet.
    public var rules: [ValidationRule] {
        get { box.facts.rules }
        set { change { $0.rules = newValue } }
    }
    /// Keys of fields that lists show unless a view says otherwise.
    public var listFields: [String] {
        get { box.facts.listFields }
        set { change { $0.listFields = newValue } }
    }
    /// Keys of fields in the order in which forms and records show them; empty for that of the declaration. Fields that
    /// are not named follow.
    public var fieldOrder: [String] {
        get { box.facts.fieldOrder }
        set { change { $0.fieldOrder = newValue } }
    }
    /// Additional indexes, by columns.
    public var indexes: [[String]] {
        get { box.facts.indexes }
        set { change { $0.indexes = newValue } }
    }
    /// Indexes of the records alone that have a value in the last of the columns, by columns: others cost no write.
    public var sparseIndexes: [[String]] {
        get { box.facts.sparseIndexes }
        set { change { $0.sparseIndexes = newValue } }
    }
    /// Counts and sums that are kept; how many records each owner has is always kept.
    public var keptSums: [KeptSum] {
        get { box.facts.keptSums }
        set { change { $0.keptSums = newValue } }
    }
    /// Groups of fields that tell one state together: of merged records all of a group come from the same one, that
    /// whose value of the group's first chosen field was chosen, or else the one that stays.
    public var statedTogether: [[String]] {
        get { box.facts.statedTogether }
        set { change { $0.statedTogether = newValue } }
    }
    /// The icon's name.
    public var icon: String {
        get { box.facts.icon }
        set { change { $0.icon = newValue } }
    }
    /// Added by an administrator.
    public var custom: Bool {
        get { box.facts.custom }
        set { change { $0.custom = newValue } }
    }
    /// Not shown anywhere; its data is kept.
    public var hidden: Bool {
        get { box.facts.hidden }
        set { change { $0.hidden = newValue } }
    }
    /// The link field whose record's rights decide over this one too: who sees the customer sees its contacts.
    public var parentLink: String? {
        get { box.facts.parentLink }
        set { change { $0.parentLink = newValue } }
    }

    private mutating func change(_ body: (inout Facts) -> Void) {
        var facts = box.facts
        body(&facts)
        box = Box(facts)
    }

    /// True when all is the same.
    public static func == (left: ObjectDefinition, right: ObjectDefinition) -> Bool {
        left.box === right.box || left.box.facts == right.box.facts
    }

    /// An object; system fields are put in front of `fields`.
    public init(
        key: String,
        plural: String,
        label: Label,
        pluralLabel: Label,
        nameField: String = "name",
        fields: [FieldDefinition]
    ) {
        box = Box(
            Facts(
                key: key,
                plural: plural,
                label: label,
                pluralLabel: pluralLabel,
                nameField: nameField,
                fields: SystemFields.all(of: key) + fields
            )
        )
        reindex()
    }

    /// The field of that key, hidden ones included.
    public func field(_ key: String) -> FieldDefinition? { box.facts.positions[key].map { box.facts.fields[$0] } }

    /// Replaces the fields, keeping look-up by key right.
    public mutating func setFields(_ fields: [FieldDefinition]) {
        self.fields = fields
        reindex()
    }

    /// The fields that are not hidden.
    public var visibleFields: [FieldDefinition] { fields.filter { !$0.hidden } }

    /// All columns of the table, in order. The first is `id`; the last is the sort key of the name.
    public var columns: [Column] {
        [Column("id", .integer)] + fields.flatMap { $0.key == "id" ? [] : $0.columns }
            + [Column(ObjectDefinition.nameSortColumn, .text)]
    }

    /// The column that holds the name's sort key: folded, Chinese as pinyin.
    public static let nameSortColumn = "name_sort"

    private mutating func reindex() {
        let positions = Dictionary(fields.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        change { $0.positions = positions }
    }
}

/// The fields that the engine keeps for every object.
public enum SystemFields {
    /// The fields in order: id, version, owner, created_at, created_by, updated_at, updated_by, deleted_at, deleted_by.
    public static func all(of object: String) -> [FieldDefinition] {
        [
            make(object, "id", Label("ID", zh: "编号"), .text(max: 13)),
            make(object, "version", Label("Version", zh: "版本"), .integer),
            make(object, "owner", Label("Owner", zh: "负责人"), .person) {
                $0.readOnly = false; $0.audited = true
            },
            make(object, "created_at", Label("Created", zh: "创建时间"), .instant) { $0.historic = true },
            make(object, "created_by", Label("Created by", zh: "创建人"), .person) { $0.historic = true },
            make(object, "updated_at", Label("Changed", zh: "修改时间"), .instant),
            make(object, "updated_by", Label("Changed by", zh: "修改人"), .person),
            make(object, "deleted_at", Label("Deleted", zh: "删除时间"), .instant) { $0.hidden = true },
            make(object, "deleted_by", Label("Deleted by", zh: "删除人"), .person) { $0.hidden = true },
        ]
    }

    private static func make(
        _ object: String,
        _ key: String,
        _ label: Label,
        _ kind: FieldKind,
        _ adjust: (inout FieldDefinition) -> Void = { _ in }
    ) -> FieldDefinition {
        var field = FieldDefinition(id: "\(object).\(key)", key: key, label: label, kind: kind)
        field.system = true
        field.readOnly = true
        field.audited = false
        adjust(&field)
        return field
    }
}
