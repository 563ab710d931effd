public import Records
public import Values

/// Which records are persons, and what else tells of them. Features do not know each other, so the program says it.
public struct PersonRules: Sendable {
    /// An object whose records are persons, all or some of them.
    public struct Person: Sendable {
        /// The object's key.
        public let object: String
        /// The choice field that tells persons from others; nil where all are persons.
        public let field: String?
        /// Its keys that stand for a person.
        public let keys: Set<String>

        /// An object whose records are persons; with `field`, those that have one of `keys`.
        public init(_ object: String, when field: String? = nil, in keys: Set<String> = []) {
            self.object = object
            self.field = field
            self.keys = keys
        }
    }

    /// A part of the program that keeps something of a person in tables of its own.
    public typealias Erasing = @Sendable (ErasedPerson, WriteSession) throws -> Void

    /// A part of the program that keeps former values of records in tables of its own, to take changes back.
    public typealias Forgetting = @Sendable ([RecordID], WriteSession) throws -> Void

    /// The objects of persons. Objects of the workspace's own count too when they have a phone or an e-mail address.
    public var persons: [Person]
    /// Keys of objects whose records are notes on the person that they link to: their texts go with the person.
    public var notes: Set<String>
    /// Keys of text fields that are as good as a name: what stands in them is looked for elsewhere too.
    public var identifying: Set<String>
    /// What other parts erase in the same transaction.
    public var erasing: [Erasing]
    /// What other parts forget, in the same transaction, of the person's record and of those whose texts go with it.
    public var forgetting: [Forgetting]

    /// Which records are persons, and what else tells of them.
    public init(
        persons: [Person],
        notes: Set<String> = [],
        identifying: Set<String> = [],
        erasing: [Erasing] = [],
        forgetting: [Forgetting] = []
    ) {
        self.persons = persons
        self.notes = notes
        self.identifying = identifying
        self.erasing = erasing
        self.forgetting = forgetting
    }
}

/// Who is being erased, for parts that keep something of a person in tables of their own.
public struct ErasedPerson: Sendable {
    /// The key of the record's object.
    public let object: String
    /// The record.
    public let id: RecordID
    /// What stands in place of the name from now on.
    public let token: String
    /// The texts by which the person could be known: name, numbers, addresses.
    public let identifiers: [String]
}
