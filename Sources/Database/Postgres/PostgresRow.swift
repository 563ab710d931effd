import CLibPQ
import Values

/// The types of values that PostgreSQL sends and takes, by their numbers in its catalogue.
enum PostgresType {
    static let bool: Oid = 16
    static let bytes: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let character: Oid = 1042
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
}

/// A row of a result that came in binary form.
struct PostgresRow {
    let result: OpaquePointer
    let row: Int32

    var count: Int { Int(PQnfields(result)) }

    func isNull(_ index: Int) -> Bool { PQgetisnull(result, row, Int32(index)) == 1 }

    func integer(_ index: Int) -> Int64 {
        if isNull(index) { return 0 }
        switch type(index) {
        case PostgresType.int8: return big(index, as: Int64.self)
        case PostgresType.int4: return Int64(big(index, as: Int32.self))
        case PostgresType.int2: return Int64(big(index, as: Int16.self))
        case PostgresType.oid: return Int64(big(index, as: UInt32.self))
        case PostgresType.bool: return bytes(index).first == 1 ? 1 : 0
        case PostgresType.float4, PostgresType.float8: return Int64(exactly: real(index).rounded(.towardZero)) ?? 0
        case PostgresType.numeric: return NumericValue(bytes(index)).integer ?? 0
        default: return Int64(String(decoding: bytes(index), as: UTF8.self)) ?? 0
        }
    }

    func real(_ index: Int) -> Double {
        if isNull(index) { return 0 }
        switch type(index) {
        case PostgresType.float8: return Double(bitPattern: big(index, as: UInt64.self))
        case PostgresType.float4: return Double(Float(bitPattern: big(index, as: UInt32.self)))
        case PostgresType.numeric: return NumericValue(bytes(index)).real
        default: return Double(integer(index))
        }
    }

    func isReal(_ index: Int) -> Bool {
        if isNull(index) { return false }
        switch type(index) {
        case PostgresType.float4, PostgresType.float8: return true
        case PostgresType.numeric: return NumericValue(bytes(index)).integer == nil
        default: return false
        }
    }

    func withText<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        switch type(index) {
        case PostgresType.text, PostgresType.varchar, PostgresType.character, PostgresType.name, PostgresType.bytes:
            return try body(bytes(index))
        default:
            if isNull(index) { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
            var text = isReal(index) ? real(index).description : String(integer(index))
            return try text.withUTF8(body)
        }
    }

    func value(_ index: Int) -> SQLValue {
        if isNull(index) { return .null }
        switch type(index) {
        case PostgresType.int8, PostgresType.int4, PostgresType.int2, PostgresType.oid, PostgresType.bool:
            return .integer(integer(index))
        case PostgresType.float4, PostgresType.float8: return .real(real(index))
        case PostgresType.numeric:
            let value = NumericValue(bytes(index))
            return value.integer.map(SQLValue.integer) ?? .real(value.real)
        case PostgresType.bytes: return .blob(Array(bytes(index)))
        default: return .text(String(decoding: bytes(index), as: UTF8.self))
        }
    }

    private func type(_ index: Int) -> Oid { PQftype(result, Int32(index)) }

    private func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let start = UnsafeRawPointer(PQgetvalue(result, row, Int32(index)))?.assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: Int(PQgetlength(result, row, Int32(index))))
    }

    private func big<Number: FixedWidthInteger>(_ index: Int, as type: Number.Type) -> Number {
        let bytes = UnsafeRawBufferPointer(bytes(index))
        guard bytes.count == MemoryLayout<Number>.size else { return 0 }
        return Number(bigEndian: bytes.loadUnaligned(as: Number.self))
    }
}

/// A number of any length, as sums of whole numbers are: groups of four digits.
struct NumericValue {
    private var groups: [Int16] = []
    private var weight = 0
    private var sign: UInt16 = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        guard raw.count >= 8 else { return }
        func part(_ offset: Int) -> Int16 {
            Int16(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int16.self))
        }
        weight = Int(part(2))
        sign = UInt16(bitPattern: part(4))
        groups = (0..<Int(part(0))).filter { 8 + $0 * 2 + 1 < raw.count }.map { part(8 + $0 * 2) }
    }

    /// The whole number; nil when it has decimals or is too large.
    var integer: Int64? {
        guard sign == 0 || sign == 0x4000, groups.count <= weight + 1 else { return groups.isEmpty ? 0 : nil }
        var value: Int64 = 0
        for place in 0..<(weight + 1) {
            let group = Int64(place < groups.count ? groups[place] : 0)
            let (shifted, over) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, beyond) = shifted.subtractingReportingOverflow(group)
            if over || beyond { return nil }
            value = sum
        }
        if sign == 0x4000 { return value }
        return value == .min ? nil : -value
    }

    /// The nearest floating-point number.
    var real: Double {
        if sign == 0xC000 { return .nan }
        if sign == 0xD000 { return .infinity }
        if sign == 0xF000 { return -.infinity }
        var text = sign == 0x4000 ? "-0" : "0"
        for (place, group) in groups.enumerated() {
            if place == weight + 1 || place == 0 && weight < 0 { text += "." }
            if place == 0, weight < -1 { text += String(repeating: "0000", count: -weight - 1) }
            text += String(repeating: "0", count: 4 - String(group).count) + String(group)
        }
        if groups.count <= weight { text += String(repeating: "0000", count: weight + 1 - groups.count) }
        return Double(text) ?? 0
    }
}
