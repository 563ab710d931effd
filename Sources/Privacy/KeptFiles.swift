import Database
import Foundation
import Glibc
import Records
import SQLText
import Values

/// Files that came in with imports: the rows in them that name a person are blanked.
extension Privacy {
    /// Blanks the lines of kept files that hold one of the texts; the answer is how many. What is no plain text cannot
    /// be blanked and is removed, unless its import is still running.
    func blankKeptFiles(_ identifiers: [String]) async throws -> Int64 {
        guard !identifiers.isEmpty else { return 0 }
        let busy = try await engine.database.read { connection in
            try !connection.hasTable("sys_import")
                ? []
                : try connection.rows("SELECT id FROM sys_import WHERE state IN ('waiting', 'running')").compactMap {
                    $0.id(0)?.description
                }
        }
        let marks = try await engine.database.read { try KeptFile.marks($0) }
        var blanked: Int64 = 0
        for folder in folders {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let path = folder + "/" + name
                // A running import leaves the person's rows out by itself, and its file goes when it ends.
                if busy.contains(where: { name.hasPrefix($0) }), !name.contains(".errors.") { continue }
                switch (name as NSString).pathExtension {
                case "csv", "jsonl", "txt", "vcf":
                    blanked += try KeptFile.blank(path, identifiers, quote: KeptFile.mark(of: name, marks))
                default: try? FileManager.default.removeItem(atPath: path)
                }
                await Task.yield()
            }
        }
        return blanked
    }
}

/// One kept file, changed in place: lengths and separators stay, so that what counts bytes and columns still can.
enum KeptFile {
    /// Quotation marks other than `"` of the CSV files of imports, by how the name of the file begins; nil stands for none.
    static func marks(_ connection: Connection) throws -> [String: UInt8?] {
        guard try connection.hasTable("sys_import") else { return [:] }
        var marks: [String: UInt8?] = [:]
        for row in try connection.rows("SELECT id, format FROM sys_import") {
            let format = row.text(1)
            guard format.hasPrefix("csv/") || format.hasPrefix("zip/"), let id = row.id(0) else { continue }
            if format.hasSuffix("/single") { marks.updateValue(0x27, forKey: id.description) }
            if format.hasSuffix("/none") { marks.updateValue(nil, forKey: id.description) }
        }
        return marks
    }

    /// The quotation mark of a kept file. What the program has written itself has `"`.
    static func mark(of name: String, _ marks: [String: UInt8?]) -> UInt8? {
        guard !name.contains(".errors."), let known = marks[String(name.prefix { $0 != "." })] else { return 0x22 }
        return known
    }

    static func blank(_ path: String, _ identifiers: [String], quote: UInt8? = 0x22) throws -> Int64 {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return 0
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let unit = RecordUnit(path, data, quote: quote)
        var ranges: [Range<Int>] = []
        var begun: Set<Int> = []
        func hide(_ found: Range<Int>) -> Int {
            let range = unit.range(around: found)
            if begun.insert(range.lowerBound).inserted { ranges.append(range) }
            return max(range.upperBound, found.upperBound)
        }
        for text in identifiers.flatMap(spellings) where text.count > 1 {
            var start = data.startIndex
            while start < data.endIndex, let found = data.range(of: text, in: start..<data.endIndex) {
                start = hide(found)
            }
        }
        for found in numbers(identifiers, in: data) { _ = hide(found) }
        guard !ranges.isEmpty, let file = FileHandle(forUpdatingAtPath: path) else { return 0 }
        defer { try? file.close() }
        let isLines = path.hasSuffix(".jsonl")
        for range in ranges {
            // The mapping shows what is written, so each line is copied before.
            let bytes = [UInt8](data[range])
            try file.seek(toOffset: UInt64(range.lowerBound))
            try file.write(contentsOf: Data(bytes.map { isLines ? 0x20 : $0 == quote ? $0 : hidden($0) }))
        }
        try file.synchronize()
        return Int64(ranges.count)
    }

    /// A text as it may stand in a file: in the encodings of office programs, escaped as JSON does it, and as vCards of
    /// old telephones have it.
    private static func spellings(_ text: String) -> [Data] {
        var found = [
            Data(text.utf8), text.data(using: .utf16LittleEndian) ?? Data(),
            text.data(using: .utf16BigEndian) ?? Data(), gb18030(text),
        ]
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return found }
        func hex(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let escaped = text.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + hex($0, 4) }.joined()
        let upper = text.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + hex($0, 4).uppercased() }
        let quoted = text.utf8.map { "=" + hex($0, 2).uppercased() }.joined()
        found += [Data(escaped.utf8), Data(upper.joined().utf8), Data(quoted.utf8)]
        return found
    }

    /// Where telephone numbers stand, however they are grouped: `138-0013 8000` is 13800138000.
    private static func numbers(_ identifiers: [String], in data: Data) -> [Range<Int>] {
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let numbers = Set(
            identifiers.filter { $0.utf8.allSatisfy { isDigit($0) || $0 == 0x2B } }.map { $0.utf8.filter(isDigit) }
        ).filter { $0.count >= 7 }
        guard !numbers.isEmpty else { return [] }
        var found: [Range<Int>] = []
        data.withUnsafeBytes { bytes in
            for number in numbers {
                var place = 0
                while place < bytes.count {
                    if bytes[place] == number[0], let end = end(of: number, at: place, in: bytes) {
                        found.append(place..<end)
                        place = end
                    } else {
                        place += 1
                    }
                }
            }
        }
        return found
    }

    private static func end(of number: [UInt8], at start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        var (place, matched, gap) = (start, 0, 0)
        while matched < number.count {
            guard place < bytes.count else { return nil }
            if bytes[place] == number[matched] {
                (matched, gap) = (matched + 1, 0)
            } else if gap < 2, [0x00, 0x20, 0x28, 0x29, 0x2D, 0x2E].contains(bytes[place]) {
                gap += 1
            } else {
                return nil
            }
            place += 1
        }
        return place
    }

    /// The text as most Chinese office programs write it; empty when the C library does not know how.
    private static func gb18030(_ text: String) -> Data {
        let state = iconv_open("GB18030", "UTF-8")
        guard let state, Int(bitPattern: state) != -1 else { return Data() }
        defer { iconv_close(state) }
        var input = text.utf8.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 2 + 8)
        let size = output.count
        let written = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, to) = (source.baseAddress, target.baseAddress)
                var (left, room) = (source.count, size)
                return iconv(state, &from, &left, &to, &room) == -1 ? 0 : size - room
            }
        }
        return Data(output.prefix(written).map { UInt8(bitPattern: $0) })
    }

    private static func hidden(_ byte: UInt8) -> UInt8 {
        [0x00, 0x09, 0x0A, 0x0D, 0x22, 0x2C, 0x3B, 0x7C].contains(byte) ? byte : 0x2A
    }
}

/// What of a file belongs together: a line, a record of a CSV file with line breaks inside quotes, a vCard.
struct RecordUnit {
    private let data: Data
    private let isCard: Bool
    /// The ends of the records of a CSV file; empty where a record is a line.
    private let ends: [Int]
    /// Beyond this a quote was not meant as one.
    private static let longest = 1 << 20

    init(_ path: String, _ data: Data, quote: UInt8?) {
        self.data = data
        isCard = path.hasSuffix(".vcf")
        let isWide = data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF])
        ends = path.hasSuffix(".csv") && !isWide ? RecordUnit.ends(data, quote) : []
    }

    private static func ends(_ data: Data, _ quote: UInt8?) -> [Int] {
        var (ends, isQuoted, before) = ([Int](), false, UInt8(0x0A))
        let borders: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x2C, 0x3B, 0x7C]
        data.withUnsafeBytes { bytes in
            for (place, byte) in bytes.enumerated() {
                // A mark opens at the start of a cell, also behind a byte order mark, and no apostrophe within a name
                // does; one that is doubled opens again.
                if byte == quote, isQuoted || place <= 4 || before == quote || borders.contains(before) {
                    isQuoted.toggle()
                }
                before = byte
                if byte == 0x0A, !isQuoted || place - (ends.last ?? 0) > longest {
                    ends.append(place)
                    isQuoted = false
                }
            }
        }
        return ends
    }

    /// The whole that a place belongs to, without its last line break.
    func range(around found: Range<Int>) -> Range<Int> {
        if isCard { return card(around: found) }
        guard !ends.isEmpty else { return line(around: found) }
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < found.lowerBound { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? data.startIndex : ends[low - 1] + 1
        return start..<max(low < ends.count ? ends[low] : data.endIndex, found.upperBound)
    }

    private func line(around found: Range<Int>) -> Range<Int> {
        let start = data[..<found.lowerBound].lastIndex(of: 0x0A).map { $0 + 1 } ?? data.startIndex
        let end = data[found.upperBound...].firstIndex(of: 0x0A) ?? data.endIndex
        return start..<end
    }

    private func card(around found: Range<Int>) -> Range<Int> {
        let before = data.range(
            of: Data("BEGIN:VCARD".utf8),
            options: .backwards,
            in: data.startIndex..<found.lowerBound
        )
        let after = data.range(of: Data("END:VCARD".utf8), in: found.upperBound..<data.endIndex)
        guard let before, let after else { return line(around: found) }
        let start = data[before.upperBound..<found.lowerBound].firstIndex(of: 0x0A).map { $0 + 1 } ?? found.lowerBound
        let end = data[found.upperBound..<after.lowerBound].lastIndex(of: 0x0A) ?? after.lowerBound
        return start..<max(end, found.upperBound)
    }
}
