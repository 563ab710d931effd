/// The engines. Every difference between them is a `switch` over this.
public enum Dialect: String, Sendable, CaseIterable {
    /// SQLite 3.40 or newer.
    case sqlite
    /// PostgreSQL 15 or newer.
    case postgres

    /// The SQL of a text folded for comparison (see `Values.Fold`).
    public func fold(_ text: String) -> String { "kehu_fold(\(text))" }

    /// Behind a `SELECT` that chooses a row to be taken: rows that others are taking are passed over, instead of waited
    /// for. On SQLite one writes at a time.
    public var skippingLocked: String {
        switch self {
        case .sqlite: ""
        case .postgres: " FOR UPDATE SKIP LOCKED"
        }
    }

    /// A definition of tables or indexes in the words of the engine.
    ///
    /// Definitions are written with SQLite's types: `INTEGER` for 64 bits, `TEXT`, `BLOB`, and `WITHOUT ROWID` where
    /// the key is the table. What the other engine calls otherwise is put in its place, word by word.
    public func definition(_ text: String) -> String {
        switch self {
        case .sqlite: return text
        case .postgres:
            var result = ""
            var rest = text[...]
            while let start = rest.firstIndex(where: { $0.isASCII && $0.isLetter || $0 == "'" || $0 == "\"" }) {
                result += rest[..<start]
                let word = rest[start...].prefix { $0.isASCII && $0.isLetter || $0.isNumber || $0 == "_" }
                if word.isEmpty {
                    // A text or a quoted name stays as it is.
                    let end = rest[rest.index(after: start)...].firstIndex(of: rest[start])
                    let next = end.map { rest.index(after: $0) } ?? rest.endIndex
                    result += Dialect.shortened(rest[start..<next])
                    rest = rest[next...]
                } else {
                    rest = rest[word.endIndex...]
                    switch word {
                    case "INTEGER": result += "BIGINT"
                    case "BLOB": result += "BYTEA"
                    case "REAL": result += "DOUBLE PRECISION"
                    case "WITHOUT" where rest.hasPrefix(" ROWID"): rest = rest.dropFirst(" ROWID".count)
                    default: result += word
                    }
                }
            }
            return result + rest
        }
    }

    /// A quoted name as PostgreSQL can tell it from others: of a longer one it would look at the first 63 bytes only, and
    /// two indexes of long names would be one. Its end becomes a hash of the whole (FNV-1a).
    private static func shortened(_ quoted: Substring) -> Substring {
        guard quoted.hasPrefix("\""), quoted.utf8.count > 65 else { return quoted }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in quoted.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Substring(quoted.prefix(47) + "_" + String(hash, radix: 36) + "\"")
    }

    /// The text with numbered places for its values, as PostgreSQL wants them: `?` becomes `$1`, `$2`, …
    public static func numbered(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 32)
        var quote: UInt8 = 0
        var count = 0
        for byte in text.utf8 {
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "?") {
                count += 1
                result.append(UInt8(ascii: "$"))
                result += Array(String(count).utf8)
                continue
            }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
