import Foundation
import Synchronization

/// What the index knows of one Chinese character.
struct CharacterFacts {
    /// Bit 31: known. Bit 30: has several readings. Bits 16–27: the syllable's number plus one. Bits 0–15: the
    /// simplified character.
    let bits: UInt32

    /// The simplified form.
    var simplified: UInt32 { bits & 0xFFFF }
    /// The number of the usual reading in `Syllables`; nil for a character without one.
    var syllable: Int? {
        let number = Int(bits >> 16 & 0xFFF)
        return number == 0 ? nil : number - 1
    }
    /// True when `Syllables.readings` knows more than one reading.
    var isPolyphone: Bool { bits & 1 << 30 != 0 }
}

/// The simplified form and the reading of every Chinese character of the basic plane, asked of ICU once per
/// character and kept. Characters of the other planes stay as they are and have no reading.
enum CharacterTable {
    static let first: UInt32 = 0x3400
    private static let count = 0x6C00
    private static let table = Table()

    private final class Table: Sendable {
        let cells = InlineArray<0x6C00, Atomic<UInt32>> { _ in Atomic(0) }
    }

    /// The facts of a folded scalar; nil outside of the ideographs of the basic plane.
    static func facts(_ scalar: UInt32) -> CharacterFacts? {
        guard scalar >= first, scalar < first + UInt32(count) else { return nil }
        let position = Int(scalar - first)
        let known = table.cells[position].load(ordering: .relaxed)
        if known != 0 { return CharacterFacts(bits: known) }
        let bits = ask(scalar)
        table.cells[position].store(bits, ordering: .relaxed)
        return CharacterFacts(bits: bits)
    }

    private static func ask(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return 1 << 31 | value }
        let character = String(Character(scalar))
        var simplified = value
        if let changed = character.applyingTransform(StringTransform("Hant-Hans"), reverse: false)?.unicodeScalars,
            changed.count == 1, let only = changed.first, only.value <= 0xFFFF
        {
            simplified = only.value
        }
        var bits = 1 << 31 | simplified
        if let readings = Syllables.readings[simplified] {
            if readings.count > 1 { bits |= 1 << 30 }
            return bits | UInt32(readings[0] + 1) << 16
        }
        if let latin = character.applyingTransform(.toLatin, reverse: false), latin != character,
            let syllable = Syllables.number(toneless(latin))
        {
            bits |= UInt32(syllable + 1) << 16
        }
        return bits
    }

    /// `lǜ` as it is typed: `lv`.
    private static func toneless(_ latin: String) -> String {
        var typed = ""
        for scalar in latin.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.value == 0x308, typed.last == "u" {
                typed.removeLast()
                typed.append("v")
            } else if scalar.isASCII {
                typed.unicodeScalars.append(scalar)
            }
        }
        return typed
    }
}

/// Latin letters without their marks: `é` as `e`, `ß` as `ss`.
enum LatinTable {
    private static let ranges: [ClosedRange<UInt32>] = [0xC0...0x24F, 0x1E00...0x1EFF]
    private static let plain: [[UInt32]] = ranges.flatMap { range in
        range.map { value in
            guard let scalar = Unicode.Scalar(value) else { return [value] }
            let text = String(Character(scalar)).applyingTransform(StringTransform("Latin-ASCII"), reverse: false)
            let letters = (text ?? "").lowercased().unicodeScalars
            return letters.isEmpty ? [value] : letters.map(\.value)
        }
    }

    /// The plain letters of a folded scalar; nil when it is no Latin letter with a mark.
    static func letters(_ scalar: UInt32) -> [UInt32]? {
        if ranges[0].contains(scalar) { return plain[Int(scalar - ranges[0].lowerBound)] }
        if ranges[1].contains(scalar) { return plain[ranges[0].count + Int(scalar - ranges[1].lowerBound)] }
        return nil
    }
}
