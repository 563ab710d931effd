public import Schema
public import Values

/// A postal address as domain code sees it.
public struct PostalAddress: FieldValue {
    /// Street, house and room.
    public var street: String?
    /// ISO 3166 code or name of the country.
    public var country: String?
    /// Province, state or municipality.
    public var province: String?
    /// City.
    public var city: String?
    /// District or county.
    public var district: String?
    /// Postal code.
    public var postalCode: String?

    /// An address; parts that are not known are nil.
    public init(
        street: String? = nil,
        country: String? = nil,
        province: String? = nil,
        city: String? = nil,
        district: String? = nil,
        postalCode: String? = nil
    ) {
        (self.street, self.country, self.province) = (street, country, province)
        (self.city, self.district, self.postalCode) = (city, district, postalCode)
    }

    /// Reads the six columns; nil when all are empty.
    public init?(columns: ArraySlice<SQLValue>) {
        let parts = columns.map(\.text)
        guard parts.count == 6, parts.contains(where: { $0 != nil }) else { return nil }
        self.init(
            street: parts[0],
            country: parts[1],
            province: parts[2],
            city: parts[3],
            district: parts[4],
            postalCode: parts[5]
        )
    }

    /// The six columns.
    public var columnValues: [SQLValue] { [street, country, province, city, district, postalCode].map(SQLValue.init) }
}

/// A record of any object.
public struct RecordReference: FieldValue, Hashable {
    /// The record.
    public var id: RecordID
    /// The key of its object.
    public var object: String

    /// A record of `object`.
    public init(_ object: String, _ id: RecordID) {
        self.object = object
        self.id = id
    }

    /// Reads the two columns; nil when one is empty.
    public init?(columns: ArraySlice<SQLValue>) {
        guard columns.count >= 2, let raw = columns[columns.startIndex].integer,
            let object = columns[columns.startIndex + 1].text
        else { return nil }
        self.init(object, RecordID(raw))
    }

    /// The two columns.
    public var columnValues: [SQLValue] { [.integer(id.raw), .text(object)] }
}
