import Foundation
import TestSupport
import Values

/// Files of the shared data, which lies beside the checkout.
enum SharedFiles {
    static func path(_ name: String, from file: String = #filePath) -> String {
        let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent("../shared/data/\(name)").standardizedFileURL.path
    }

    /// The text of a file, unpacked if it is compressed.
    static func text(_ name: String) throws -> String {
        guard name.hasSuffix(".gz") else { return try String(contentsOfFile: path(name), encoding: .utf8) }
        return String(decoding: try PackedFile.bytes(path(name)), as: UTF8.self)
    }

    /// The rows of a CSV file by the names of its columns; its cells hold neither quotes nor line breaks.
    static func rows(_ name: String) throws -> [[String: String]] {
        let lines = try text(name).split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
    }

    static func json(_ name: String) throws -> JSONValue { try JSONReader.parse(text(name)) }
}

extension JSONValue {
    /// The number, written as one or as a text.
    var double: Double? {
        switch self {
        case .number(let text), .string(let text): Double(text)
        default: nil
        }
    }
}

func isClose(_ value: Double?, _ wanted: Double, within relative: Double = 1e-9) -> Bool {
    guard let value, value.isFinite else { return false }
    return abs(value - wanted) <= relative * max(1e-12, abs(wanted))
}
