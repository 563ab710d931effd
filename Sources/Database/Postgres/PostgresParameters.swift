import CLibPQ
import Values

extension PostgresType {
    /// The type under which a value is sent; 0 leaves it to the server.
    static func of(_ value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: int8
        case .real: float8
        case .text: text
        case .blob: bytes
        }
    }

    /// True when a value can be sent to a place of a type. A whole number goes to a place for others only where the server
    /// says so: what another value was for the same text makes it no fraction, which is divided in another way.
    static func fits(_ value: SQLValue, _ type: Oid, isInferred: Bool) -> Bool {
        switch value {
        case .null: true
        case .integer(let value):
            type == int8 || isInferred && (type == int4 && Int32(exactly: value) != nil || type == float8)
        case .real: type == float8
        case .text: [text, varchar, name, character].contains(type)
        case .blob: type == bytes
        }
    }
}

/// Values in PostgreSQL's binary form, one behind the other.
struct Parameters {
    private var bytes: [UInt8] = []
    /// Where each value begins and how long it is; nil for null.
    private var places: [(start: Int, count: Int)?] = []

    init(_ values: [SQLValue], _ types: [Oid]) {
        places.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let start = bytes.count
            switch value {
            case .null:
                places.append(nil)
                continue
            case .integer(let value):
                switch types[index] {
                case PostgresType.int4: append(Int32(truncatingIfNeeded: value))
                case PostgresType.float8: append(Double(value).bitPattern)
                default: append(value)
                }
            case .real(let value): append(value.bitPattern)
            case .text(let value): bytes += value.utf8
            case .blob(let value): bytes += value
            }
            places.append((start, bytes.count - start))
        }
        // An empty text needs an address too.
        bytes.append(0)
    }

    /// Lends what libpq wants: how many, where, how long, in which form.
    func withPointers(
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) throws -> Void
    ) rethrows {
        try bytes.withUnsafeBytes { raw in
            let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            try body(
                Int32(places.count),
                places.map { place in place.flatMap { place in base.map { $0 + place.start } } },
                places.map { Int32($0?.count ?? 0) },
                [Int32](repeating: 1, count: places.count)
            )
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
