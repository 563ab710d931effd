/// The currencies that the program knows: code, digits after the point.
public enum Currency {
    /// Digits after the point of a currency, by its ISO 4217 code; nil for an unknown code.
    public static func digits(_ code: String) -> Int? {
        if zeroDigits.contains(code) { return 0 }
        if threeDigits.contains(code) { return 3 }
        return twoDigits.contains(code) ? 2 : nil
    }

    /// All known codes in alphabetical order.
    public static let codes: [String] = zeroDigits.union(threeDigits).union(twoDigits).sorted()

    private static let zeroDigits: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF",
    ]
    private static let threeDigits: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
    private static let twoDigits: Set<String> = [
        "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND",
        "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
        "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
        "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK",
        "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
        "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON",
        "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SYP", "SZL",
        "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VES", "WST", "XCD", "YER",
        "ZAR", "ZMW", "ZWL",
    ]
}

/// An amount in minor units (fen, cents) of a currency.
public struct Money: Hashable, Sendable {
    /// Minor units; negative for what is owed.
    public var minor: Int64
    /// ISO 4217 code.
    public var currency: String

    /// An amount in minor units.
    public init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }

    /// The amount as `1234.50`, with as many decimals as the currency has.
    public var amountText: String { FixedPoint.text(minor, digits: Currency.digits(currency) ?? 2) }

    /// Splits the amount by weight without losing a unit: the parts always sum to the whole.
    ///
    /// Largest remainder method; ties go to the earlier part. With no positive weight the first part takes all.
    public func allocated(by weights: [Int64]) -> [Money] {
        guard !weights.isEmpty else { return [] }
        let positive = weights.map { max(0, $0) }
        let total = positive.reduce(Int128(0)) { $0 + Int128($1) }
        guard total > 0 else {
            return weights.indices.map { Money(minor: $0 == 0 ? minor : 0, currency: currency) }
        }
        let sign: Int128 = minor < 0 ? -1 : 1
        let size = Int128(minor) * sign
        var parts = positive.map { size * Int128($0) / total }
        let order = positive.indices.sorted {
            let (left, right) = (size * Int128(positive[$0]) % total, size * Int128(positive[$1]) % total)
            return left == right ? $0 < $1 : left > right
        }
        let rest = size - parts.reduce(0, +)
        for index in order.prefix(Int(rest)) { parts[index] += 1 }
        return parts.map { Money(minor: Int64($0 * sign), currency: currency) }
    }
}

/// Decimal numbers kept as whole numbers of their smallest digit.
public enum FixedPoint {
    /// Why a text is no fixed-point number.
    public enum Failure: Error, Sendable { case notANumber, tooManyDecimals, outOfRange }

    /// 10 to the power of `digits` (0 to 18).
    @inlinable
    public static func power(_ digits: Int) -> Int64 {
        var value: Int64 = 1
        for _ in 0..<digits { value *= 10 }
        return value
    }

    /// `-1234.50` for -123450 at two digits.
    public static func text(_ value: Int64, digits: Int) -> String {
        guard digits > 0 else { return String(value) }
        var text = String(value.magnitude)
        if text.utf8.count <= digits { text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text }
        let point = text.index(text.endIndex, offsetBy: -digits)
        return (value < 0 ? "-" : "") + text[..<point] + "." + text[point...]
    }

    /// Reads `-1234.5`, `1,234.50` or `1.5e3` into smallest digits; surplus decimals must be zero.
    public static func parse(_ text: String, digits: Int) throws(Failure) -> Int64 {
        var value: Int128 = 0
        var (seenDigit, seenPoint, negative, decimals, exponent) = (false, false, false, 0, 0)
        let bytes = Array(text.utf8)
        var index = 0
        if let first = bytes.first, first == 0x2D || first == 0x2B {
            negative = first == 0x2D
            index = 1
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39:
                seenDigit = true
                value = value * 10 + Int128(byte - 0x30)
                if seenPoint { decimals += 1 }
                guard value < Int128(1) << 120 else { throw .outOfRange }
            case 0x2E where !seenPoint: seenPoint = true
            case 0x2C where !seenPoint && seenDigit: break
            case 0x65, 0x45:
                guard seenDigit, let power = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self)) else {
                    throw .notANumber
                }
                guard abs(power) <= 30 else { throw .outOfRange }
                exponent = power
                index = bytes.count
            default: throw .notANumber
            }
            index += 1
        }
        guard seenDigit else { throw .notANumber }
        var shift = digits - decimals + exponent
        while shift > 0 {
            value *= 10
            shift -= 1
            guard value < Int128(1) << 120 else { throw .outOfRange }
        }
        while shift < 0 {
            guard value % 10 == 0 else { throw .tooManyDecimals }
            value /= 10
            shift += 1
        }
        guard let result = Int64(exactly: negative ? -value : value) else { throw .outOfRange }
        return result
    }
}
