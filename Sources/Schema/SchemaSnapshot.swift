/// All objects of a workspace at one version. Immutable; a change makes a new one that is swapped as a whole.
public struct SchemaSnapshot: Sendable {
    /// Counts up with every change.
    public let version: Int64
    /// The objects in the order of navigation, hidden ones included.
    public let objects: [ObjectDefinition]
    /// The workspace's currency for sums, ISO 4217.
    public let baseCurrency: String
    /// The workspace's time zone, IANA name.
    public let timeZone: String
    /// Where the workspace is at home, ISO 3166: telephone numbers without a country code belong there.
    public let country: String
    /// The name of the company whose workspace it is; empty until somebody says it.
    public let company: String

    private let byKey: [String: Int]
    private let byPlural: [String: Int]

    /// A snapshot of `objects`.
    public init(
        version: Int64,
        objects: [ObjectDefinition],
        baseCurrency: String = "CNY",
        timeZone: String = "Asia/Shanghai",
        country: String = "CN",
        company: String = ""
    ) {
        self.version = version
        self.objects = objects
        self.baseCurrency = baseCurrency
        self.timeZone = timeZone
        self.country = country
        self.company = company
        byKey = Dictionary(objects.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        byPlural = Dictionary(objects.enumerated().map { ($1.plural, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The object of that key: `customer`.
    public func object(_ key: String) -> ObjectDefinition? { byKey[key].map { objects[$0] } }

    /// The object of that plural: `customers`.
    public func object(plural: String) -> ObjectDefinition? { byPlural[plural].map { objects[$0] } }

    /// The links of other objects that point to `object`: what roll-ups and related lists use.
    public func children(of object: String) -> [(object: ObjectDefinition, field: FieldDefinition)] {
        objects.flatMap { child in
            child.fields.compactMap { $0.kind == .link(to: object) && !$0.hidden ? (child, $0) : nil }
        }
    }
}
