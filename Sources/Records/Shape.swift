import FieldKinds
import SQLText
public import Schema
import Values

/// The columns of an object's table as plain data, shared by all its rows, with what each write asks of the
/// definition, worked out once.
public final class Shape: Sendable {
    /// A field with its index in the definition and the positions of its columns.
    struct Place: Sendable {
        let field: FieldDefinition
        let columns: Range<Int>
    }

    /// A field that is filled when nothing is given.
    struct Default: Sendable {
        let place: Place
        /// The values to be set; nil where they are made when they are needed.
        let values: [SQLValue]?
    }

    /// The object.
    public let object: ObjectDefinition
    /// The names of the columns in order; the first is `id`.
    public let columns: [String]
    /// The insert of all columns: made once, since every new record uses it.
    let insertText: String
    /// A null for each column.
    let empty: [SQLValue]
    /// A `false` for each field.
    let noneGiven: [Bool]
    /// The fields by their index in the definition; computed ones have no columns.
    let places: [Place]
    let defaults: [Default]
    let required: [Place]
    let amounts: [Place]
    let links: [Place]
    let files: [Place]
    /// What tells of a record's past.
    let historic: [Place]
    /// What the audit log and events tell about.
    let tracked: [Place]
    let searched: [Place]
    let kept: [KeptPlace]
    let ownerPosition: Int
    let hasRules: Bool
    private let positions: [String: Int]
    private let fields: [String: Int]

    /// The shape of an object.
    public init(_ object: ObjectDefinition, baseCurrency: String) {
        self.object = object
        columns = object.columns.map(\.name)
        let positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        self.positions = positions
        insertText =
            "INSERT INTO \(quotedName(object.key)) (\(columns.map(quotedName).joined(separator: ", "))) VALUES ("
            + repeatElement("?", count: columns.count).joined(separator: ", ") + ")"
        empty = [SQLValue](repeating: .null, count: columns.count)
        noneGiven = [Bool](repeating: false, count: object.fields.count)
        places = object.fields.map { field in
            let names = field.columns.map(\.name)
            let start = names.first.flatMap { positions[$0] } ?? 0
            return Place(field: field, columns: start..<(start + names.count))
        }
        fields = Dictionary(uniqueKeysWithValues: object.fields.enumerated().map { ($1.key, $0) })
        let shown = places.filter { !$0.field.hidden }
        defaults = shown.compactMap { Shape.defaults($0, baseCurrency) }
        required = shown.filter(\.field.required)
        amounts = shown.filter { if case .money = $0.field.kind { true } else { false } }
        links = places.filter { place in
            switch place.field.kind {
            case .link, .anyLink, .file: true
            case .person: !place.field.system
            default: false
            }
        }
        files = places.filter { if case .file = $0.field.kind { true } else { false } }
        historic = shown.filter(\.field.historic)
        tracked = places.filter { !$0.columns.isEmpty && (!$0.field.system || $0.field.key == "owner") }
        searched = places.filter { $0.field.isSearched || $0.field.key == object.nameField }
        ownerPosition = positions["owner"] ?? 0
        hasRules = object.rules.contains(where: \.active)
        kept = KeptSums.all(of: object).map { KeptPlace($0, object, positions) }
    }

    private static func defaults(_ place: Place, _ baseCurrency: String) -> Default? {
        if let text = place.field.defaultJSON {
            let style = InputStyle(baseCurrency: baseCurrency)
            let values = try? place.field.read(JSONReader.parse(text), style: style)
            return Default(place: place, values: values)
        }
        if case .autoNumber = place.field.kind { return Default(place: place, values: nil) }
        return nil
    }

    /// The position of a column.
    public func position(_ column: String) -> Int? { positions[column] }

    /// The index of a field in the definition.
    func index(ofField key: String) -> Int? { fields[key] }

    /// The positions of a field's columns; none for a computed field or one that there is not.
    public func columns(ofField key: String) -> Range<Int> { fields[key].map { places[$0].columns } ?? 0..<0 }
}
