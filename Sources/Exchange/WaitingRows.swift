/// Rows that wait to be written, close together in memory: as texts of their own they would take three times as much.
struct WaitingRows: Sendable {
    private struct Place {
        let number: Int
        let end: Int64
        /// Where its first cell begins: each cell stands behind its length.
        let start: Int
        let cells: Int
    }

    private var places: [Place] = []
    private var bytes: [UInt8] = []
    /// Rows that are more than cells, by their numbers.
    private var others: [Int: ImportRow] = [:]
    private var otherBytes = 0
    /// So many of the places are done with.
    private var done = 0
    /// A length from here on takes four more bytes.
    private static let long: UInt8 = 0xFF

    init() {}

    var count: Int { places.count - done }
    var isEmpty: Bool { count == 0 }
    /// The bytes of text that are kept.
    var size: Int { bytes.count + otherBytes }

    subscript(_ index: Int) -> ImportRow {
        let place = places[done + index]
        if let other = others[place.number] { return other }
        var position = place.start
        var cells: [String] = []
        cells.reserveCapacity(place.cells)
        bytes.withUnsafeBufferPointer { bytes in
            for _ in 0..<place.cells {
                let span = WaitingRows.span(bytes, at: position)
                cells.append(String(decoding: bytes[span], as: UTF8.self))
                position = span.upperBound
            }
        }
        return ImportRow(number: place.number, end: place.end, content: .cells(cells), fault: nil)
    }

    /// The text of one cell; empty where the row has none there.
    func cell(_ position: Int, of index: Int) -> String {
        let place = places[done + index]
        guard position < place.cells, others[place.number] == nil else { return "" }
        return bytes.withUnsafeBufferPointer { bytes in
            var start = place.start
            for _ in 0..<position { start = WaitingRows.span(bytes, at: start).upperBound }
            return String(decoding: bytes[WaitingRows.span(bytes, at: start)], as: UTF8.self)
        }
    }

    mutating func append(_ row: ImportRow) {
        let start = bytes.count
        guard case .cells(let cells) = row.content, row.fault == nil else {
            others[row.number] = row
            otherBytes += row.size
            places.append(Place(number: row.number, end: row.end, start: start, cells: 0))
            return
        }
        for cell in cells {
            let length = cell.utf8.count
            if length < Int(WaitingRows.long) {
                bytes.append(UInt8(length))
            } else {
                bytes.append(WaitingRows.long)
                withUnsafeBytes(of: UInt32(length).littleEndian) { bytes.append(contentsOf: $0) }
            }
            bytes.append(contentsOf: cell.utf8)
        }
        places.append(Place(number: row.number, end: row.end, start: start, cells: cells.count))
    }

    mutating func removeFirst(_ count: Int) {
        if !others.isEmpty {
            for place in places[done..<done + count] {
                otherBytes -= others.removeValue(forKey: place.number)?.size ?? 0
            }
        }
        done += count
        if isEmpty { self = WaitingRows() }
        // Rows are taken in small portions while people work: what is done with is dropped when it is the larger part.
        guard done > 1000, done > places.count / 2 else { return }
        let left = places[done...]
        let dropped = left.first?.start ?? bytes.count
        bytes = Array(bytes[dropped...])
        places = left.map { Place(number: $0.number, end: $0.end, start: $0.start - dropped, cells: $0.cells) }
        done = 0
    }

    @inline(__always)
    private static func span(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Range<Int> {
        let first = bytes[position]
        guard first == long else { return position + 1..<position + 1 + Int(first) }
        let length = (1...4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * ($1 - 1)) }
        return position + 5..<position + 5 + length
    }
}
