import Foundation
import Values

/// What the number of a cell stands for, by its number format.
enum CellFormat: Equatable {
    case number
    case day
    case instant
    case time

    /// The format of a number that every spreadsheet program has. Source: ECMA-376 part 1, 18.8.30, with the Chinese
    /// formats.
    init(builtIn id: Int) {
        switch id {
        case 14...17, 27...31, 36, 50...54, 57, 58: self = .day
        case 18...21, 32...35, 45...47, 55, 56: self = .time
        case 22: self = .instant
        default: self = .number
        }
    }

    /// The format of a code such as `yyyy"年"m"月"d"日"`.
    init(code: String) {
        var (hasDate, hasTime, hasMonth) = (false, false, false)
        var (isQuoted, isBracketed, isEscaped, isEnded, isNumber) = (false, false, false, false, false)
        // What stands behind a semicolon is for negative numbers and texts.
        for scalar in code.lowercased().unicodeScalars {
            if isEscaped {
                isEscaped = false
                continue
            }
            if isEnded { break }
            switch scalar {
            case "\"": isQuoted.toggle()
            case _ where isQuoted: break
            case "[": isBracketed = true
            case "]": isBracketed = false
            case _ where isBracketed: break
            case "\\", "_", "*": isEscaped = true
            case ";": isEnded = true
            case "y", "d", "e": hasDate = hasDate || (scalar != "e" || code.contains("m"))
            case "h", "s": hasTime = true
            case "m": hasMonth = true
            case "0", "#", "?": isNumber = isNumber || !hasTime
            default: break
            }
        }
        self = isNumber ? .number : CellFormat(hasDate, hasTime, hasMonth)
    }

    private init(_ hasDate: Bool, _ hasTime: Bool, _ hasMonth: Bool) {
        switch (hasDate || (hasMonth && !hasTime), hasTime) {
        case (true, true): self = .instant
        case (true, false): self = .day
        case (false, true): self = .time
        case (false, false): self = .number
        }
    }

    /// The text of a stored number: days and moments as in `2022-05-09T13:45:30`, numbers without an exponent.
    func text(_ stored: String, from1904: Bool) -> String {
        guard let value = Double(stored), value.isFinite else { return stored }
        guard self != .number, value >= 0, value < 2_958_466 else { return CellFormat.number(value) }
        var days = Int(value)
        var milliseconds = Int(((value - Double(days)) * 86_400_000).rounded())
        // Fractions of a day have an error of up to some microseconds: whole seconds are meant.
        let nearest = (milliseconds + 500) / 1000 * 1000
        if abs(nearest - milliseconds) <= 2 { milliseconds = nearest }
        if milliseconds >= 86_400_000 { (days, milliseconds) = (days + 1, milliseconds - 86_400_000) }
        if self == .time { return CellFormat.clock(milliseconds) }
        // The first spreadsheet took 1900 for a leap year, and all follow it.
        let start = from1904 ? -24_107 : days < 60 ? -25_568 : -25_569
        let day = Day(daysSince1970: days + start).description
        return self == .day ? day : day + "T" + CellFormat.clock(milliseconds)
    }

    private static func clock(_ milliseconds: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = milliseconds / 1000
        let rest = milliseconds % 1000
        let fraction = rest == 0 ? "" : "." + String(String(1000 + rest).dropFirst())
        return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) + fraction
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        let text = value.description
        guard text.contains("e") else { return text }
        var plain = String(format: "%.20f", value)
        while plain.hasSuffix("0") { plain.removeLast() }
        return plain.hasSuffix(".") ? String(plain.dropLast()) : plain
    }
}

/// Reads the number formats of a workbook.
final class StyleListener: XMLListener {
    private var codes: [Int: CellFormat] = [:]
    private var isInCells = false
    /// The format of each style that cells name by position.
    private(set) var formats: [CellFormat] = []

    func start(_ tag: XMLTag) {
        if tag.isNamed("numFmt"), let id = tag["numFmtId"].flatMap(Int.init), let code = tag["formatCode"] {
            if codes.count < 10_000 { codes[id] = CellFormat(code: code) }
        } else if tag.isNamed("cellXfs") {
            isInCells = true
        } else if isInCells, tag.isNamed("xf"), formats.count < 100_000 {
            let id = tag["numFmtId"].flatMap(Int.init) ?? 0
            formats.append(codes[id] ?? CellFormat(builtIn: id))
        }
    }

    func end(_ tag: XMLTag) { if tag.isNamed("cellXfs") { isInCells = false } }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}
