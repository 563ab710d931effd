import Foundation

/// How large a picture is, from its first bytes: nothing is unpacked to find out.
struct Picture: Sendable, Equatable {
    /// Width in pixels.
    let width: Int
    /// Height in pixels.
    let height: Int

    /// All pixels; a head may claim more than a number can hold.
    var pixels: Int {
        let (product, isTooLarge) = width.multipliedReportingOverflow(by: height)
        return isTooLarge ? .max : product
    }

    /// The most pixels of a picture that is taken at all: beyond, a small file fills the memory of whoever opens it.
    static let mostTaken = 150_000_000
    /// The most pixels that are unpacked for a thumbnail: 40 million need 160 MB.
    static let mostUnpacked = 40_000_000
    /// How many bytes are looked at: photographs begin with their own thumbnails.
    static let lookedAt = 1_048_576

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The size of a picture of that type; nil when it cannot be told.
    init?(_ head: [UInt8], type: String) {
        let bytes = Bytes(head)
        switch type {
        case "image/png":
            guard head.count >= 24 else { return nil }
            self.init(width: bytes.big(16, 4), height: bytes.big(20, 4))
        case "image/gif":
            guard head.count >= 10 else { return nil }
            self.init(width: bytes.little(6, 2), height: bytes.little(8, 2))
        case "image/jpeg":
            guard let frame = Picture.segments(bytes).first(where: { Picture.isFrame($0.marker) }) else { return nil }
            self.init(width: bytes.big(frame.start + 3, 2), height: bytes.big(frame.start + 1, 2))
        case "image/webp":
            guard let size = Picture.webp(bytes) else { return nil }
            self = size
        default: return nil
        }
    }

    private static func webp(_ bytes: Bytes) -> Picture? {
        guard bytes.count >= 30 else { return nil }
        switch bytes.text(12, 4) {
        case "VP8X": return Picture(width: bytes.little(24, 3) + 1, height: bytes.little(27, 3) + 1)
        case "VP8 ": return Picture(width: bytes.little(26, 2) & 0x3FFF, height: bytes.little(28, 2) & 0x3FFF)
        case "VP8L":
            let bits = bytes.little(21, 4)
            return Picture(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
        default: return nil
        }
    }

    // MARK: JPEG

    private static func isFrame(_ marker: Int) -> Bool {
        (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    }

    private static func segments(_ bytes: Bytes) -> [(marker: Int, start: Int)] {
        var found: [(marker: Int, start: Int)] = []
        var index = 2
        while index + 9 < bytes.count, found.count < 1000 {
            guard bytes.big(index, 1) == 0xFF else { return found }
            let marker = bytes.big(index + 1, 1)
            if marker == 0xFF {
                index += 1
                continue
            }
            found.append((marker, index + 4))
            if isFrame(marker) || marker == 0xDA { return found }
            index += 2 + max(2, bytes.big(index + 2, 2))
        }
        return found
    }

    /// By how many degrees a photograph must be turned to the left to stand upright.
    static func turn(_ head: [UInt8]) -> Int {
        let bytes = Bytes(head)
        guard let exif = segments(bytes).first(where: { $0.marker == 0xE1 && bytes.text($0.start, 4) == "Exif" })
        else { return 0 }
        let start = exif.start + 6
        let isLittle = bytes.text(start, 2) == "II"
        func number(_ at: Int, _ count: Int) -> Int { isLittle ? bytes.little(at, count) : bytes.big(at, count) }
        let directory = start + number(start + 4, 4)
        for entry in 0..<min(number(directory, 2), 100) where number(directory + 2 + entry * 12, 2) == 0x0112 {
            switch number(directory + 2 + entry * 12 + 8, 2) {
            case 3: return 180
            case 6: return 270
            case 8: return 90
            default: return 0
            }
        }
        return 0
    }
}

/// Bytes that answer zero beyond their end.
private struct Bytes {
    private let all: [UInt8]

    init(_ all: [UInt8]) { self.all = all }

    var count: Int { all.count }

    func big(_ start: Int, _ length: Int) -> Int { (0..<length).reduce(0) { $0 << 8 | byte(start + $1) } }

    func little(_ start: Int, _ length: Int) -> Int {
        (0..<length).reversed().reduce(0) { $0 << 8 | byte(start + $1) }
    }

    func text(_ start: Int, _ length: Int) -> String {
        String(decoding: (start..<(start + length)).map { UInt8(byte($0)) }, as: UTF8.self)
    }

    private func byte(_ index: Int) -> Int { all.indices.contains(index) ? Int(all[index]) : 0 }
}
