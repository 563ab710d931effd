import CZlib

/// The mark of the product as PNG, for phones that take no drawing: drawn once, by how far each point lies from the
/// strokes.
enum AppIcon {
    /// For Apple's phones, without transparency.
    static let small = draw(180, isWhole: true)
    static let medium = draw(192, isWhole: false)
    static let large = draw(512, isWhole: false)
    /// With room around the mark, for phones that cut icons to their own shape.
    static let maskable = draw(512, isWhole: true)

    /// The strokes of the mark on a grid of 32.
    private static let strokes: [(x1: Double, y1: Double, x2: Double, y2: Double)] = [
        (11, 8, 11, 24), (21, 8, 12, 16), (12, 16, 21, 24),
    ]

    private static func draw(_ size: Int, isWhole: Bool) -> [UInt8] {
        let unit = 32.0 / Double(size)
        let shrink = isWhole ? 0.8 : 1.0
        var rows: [UInt8] = []
        rows.reserveCapacity(size * (size * 4 + 1))
        for line in 0..<size {
            rows.append(0)
            for column in 0..<size {
                let (x, y) = ((Double(column) + 0.5) * unit, (Double(line) + 0.5) * unit)
                let (inX, inY) = (16 + (x - 16) / shrink, 16 + (y - 16) / shrink)
                let ink = strokes.map { cover(distance(inX, inY, $0) - 1.75, unit / shrink) }.max() ?? 0
                let ground = isWhole ? 1 : cover(corner(x, y), unit)
                let color = [(53.0, 255.0), (99.0, 255.0), (217.0, 255.0)].map {
                    UInt8(($0.0 + ($0.1 - $0.0) * ink).rounded())
                }
                rows += color + [UInt8((ground * 255).rounded())]
            }
        }
        return png(size, rows)
    }

    /// How much of a point is covered whose border lies so far away.
    private static func cover(_ distance: Double, _ unit: Double) -> Double { min(1, max(0, 0.5 - distance / unit)) }

    private static func distance(_ x: Double, _ y: Double, _ line: (x1: Double, y1: Double, x2: Double, y2: Double))
        -> Double
    {
        let (dx, dy) = (line.x2 - line.x1, line.y2 - line.y1)
        let along = min(1, max(0, ((x - line.x1) * dx + (y - line.y1) * dy) / (dx * dx + dy * dy)))
        let (offX, offY) = (x - line.x1 - along * dx, y - line.y1 - along * dy)
        return (offX * offX + offY * offY).squareRoot()
    }

    /// How far a point lies outside of the square with round corners.
    private static func corner(_ x: Double, _ y: Double) -> Double {
        let (dx, dy) = (max(0, abs(x - 16) - 8), max(0, abs(y - 16) - 8))
        return (dx * dx + dy * dy).squareRoot() - 8
    }

    // MARK: PNG, ISO 15948

    private static func png(_ size: Int, _ rows: [UInt8]) -> [UInt8] {
        let side = bytes(UInt32(size))
        var room = compressBound(UInt(rows.count))
        var packed = [UInt8](repeating: 0, count: Int(room))
        compress2(&packed, &room, rows, UInt(rows.count), 9)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", side + side + [8, 6, 0, 0, 0]) + chunk("IDAT", Array(packed.prefix(Int(room))))
            + chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bytes(UInt32(data.count)) + body + bytes(UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count))))
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
