import Foundation
import Values

/// How much a zip file's directory holds, found out before the library reads it whole: of 50 bytes there it makes some
/// 300 in memory, so that a small file of nothing but entries would fill the machine.
///
/// The library tries every record that looks like the end of a directory, so all of them are looked at. What makes no
/// sense is left to it: it says that the file is damaged.
enum ZipDirectory {
    /// The most that directories may take, in bytes, all those together that the file could mean.
    private static let largest: UInt64 = 64 << 20
    /// The least that one entry takes in a directory.
    private static let entrySize: UInt64 = 46
    private static let endSize = 22
    private static let locatorSize = 20
    private static let end64Size = 56
    /// How far from the end of the file the record may begin: a comment of 65,535 bytes may follow it.
    private static let tail: UInt64 = 65_535 + 22 + 20

    /// A directory as a record at the end of the file describes it.
    private struct Claim: Equatable {
        /// How many entries it says there are.
        var count: UInt64
        /// Its bytes.
        let size: UInt64
        /// Where it begins.
        let offset: UInt64
        /// Whether the number has eight bytes. One of two bytes may be what is left of a larger one, and the library
        /// then reads on to the end of the directory.
        let isWhole: Bool
    }

    /// Throws what `ZipArchive` throws where a file has, or could have, more than `most` entries.
    static func check(_ path: String, most: Int) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd() else { return }
        let start = size - min(size, tail)
        let bytes = part(of: file, from: start, count: Int(tail))
        var total: UInt64 = 0
        for place in places(bytes) {
            for claim in claims(bytes, place, file) {
                let (end, isTooFar) = claim.offset.addingReportingOverflow(claim.size)
                if isTooFar || end > start + UInt64(place) { continue }
                total += claim.size
                guard total <= largest, claim.count <= UInt64(most) else { throw ZipArchive.bomb }
                if !claim.isWhole, claim.size / entrySize > UInt64(most), hasMore(than: most, claim, file) {
                    throw ZipArchive.bomb
                }
            }
        }
    }

    /// Where records of the end of a directory begin, or what looks like one.
    private static func places(_ bytes: [UInt8]) -> [Int] {
        guard bytes.count >= endSize else { return [] }
        return (0...(bytes.count - endSize)).filter { bytes[$0] == 0x50 && hasMark(bytes, $0, 0x05, 0x06) }
    }

    /// What the record at `place` says, and the longer one that goes with it where there is one.
    private static func claims(_ bytes: [UInt8], _ place: Int, _ file: FileHandle) -> [Claim] {
        var short = Claim(
            count: max(number(bytes, place + 8, 2), number(bytes, place + 10, 2)),
            size: number(bytes, place + 12, 4),
            offset: number(bytes, place + 16, 4),
            isWhole: false
        )
        let locator = place - locatorSize
        guard locator >= 0, hasMark(bytes, locator, 0x06, 0x07) else { return [short] }
        let record = part(of: file, from: number(bytes, locator + 8, 8), count: end64Size)
        guard record.count == end64Size, hasMark(record, 0, 0x06, 0x06) else { return [short] }
        let long = Claim(
            count: max(number(record, 24, 8), number(record, 32, 8)),
            size: number(record, 40, 8),
            offset: number(record, 48, 8),
            isWhole: true
        )
        // The largest number of two bytes stands for one that has no room there.
        if short.count == 0xFFFF { short.count = 0 }
        let isSame = short.size == long.size && short.offset == long.offset
        return isSame ? [long] : [long, short]
    }

    /// Whether a directory has more entries, counted without keeping any of them.
    private static func hasMore(than most: Int, _ claim: Claim, _ file: FileHandle) -> Bool {
        let end = claim.offset + claim.size
        var (place, count) = (claim.offset, 0)
        var (bytes, first) = ([UInt8](), claim.offset)
        while place + entrySize <= end {
            if place + entrySize > first + UInt64(bytes.count) {
                (bytes, first) = (part(of: file, from: place, count: 1 << 20), place)
            }
            let at = Int(place - first)
            guard bytes.count - at >= Int(entrySize), hasMark(bytes, at, 0x01, 0x02) else { return false }
            count += 1
            if count > most { return true }
            place += entrySize + number(bytes, at + 28, 2) + number(bytes, at + 30, 2) + number(bytes, at + 32, 2)
        }
        return false
    }

    /// All records begin with the letters PK and two bytes that tell what they are.
    private static func hasMark(_ bytes: [UInt8], _ place: Int, _ third: UInt8, _ fourth: UInt8) -> Bool {
        bytes[place] == 0x50 && bytes[place + 1] == 0x4B && bytes[place + 2] == third && bytes[place + 3] == fourth
    }

    /// A number with its lowest byte first.
    private static func number(_ bytes: [UInt8], _ place: Int, _ length: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in (0..<length).reversed() { number = number << 8 | UInt64(bytes[place + index]) }
        return number
    }

    /// Bytes of the file, fewer where it ends before; none where they cannot be read.
    private static func part(of file: FileHandle, from offset: UInt64, count: Int) -> [UInt8] {
        guard offset <= UInt64(Int64.max), (try? file.seek(toOffset: offset)) != nil,
            let data = try? file.read(upToCount: count)
        else { return [] }
        return [UInt8](data)
    }
}
