import Values

/// A date, perhaps with a time, taken apart: as people and other programs write it.
///
/// Understood are numbers with any separator (`2026/1/5`, `2026.1.5`, `2026年1月5日`, `20260105`, `5/1/2026`), names of
/// English months, `下午3:20` and `3:20 PM`, fractions of seconds, and zones as `Z`, `+08:00`, `-0300`, `Z-0300`.
struct DateParts: Sendable {
    struct Number: Sendable {
        let value: Int
        let digits: Int
    }
    /// The three numbers of the date as they stand.
    let date: [Number]
    /// The order that the text itself tells; nil when only the column can.
    let order: DateOrder?
    /// Milliseconds since midnight; nil without a time.
    let time: Int?
    /// Seconds east of UTC; nil when no zone is named.
    let offset: Int?

    init?(_ text: String) {
        var scan = DateScan(Fold.fold(text.trimmed))
        guard scan.run() else { return nil }
        var numbers = scan.numbers
        guard let (date, order) = DateParts.date(&numbers, scan) else { return nil }
        self.date = date
        self.order = order
        offset = scan.offset
        if numbers.isEmpty {
            time = nil
            return
        }
        guard let time = DateParts.time(numbers, scan) else { return nil }
        self.time = time
    }

    /// The day in an order; nil when there is no such day.
    func day(_ order: DateOrder) -> Day? {
        let (year, month, day): (Number, Int, Int)
        switch order {
        case .yearFirst: (year, month, day) = (date[0], date[1].value, date[2].value)
        case .dayFirst: (year, month, day) = (date[2], date[1].value, date[0].value)
        case .monthFirst: (year, month, day) = (date[2], date[0].value, date[1].value)
        }
        // Two digits as POSIX reads them: 69 to 99 lie in the last century.
        let century = year.digits > 2 ? 0 : year.value < 69 ? 2000 : 1900
        guard year.digits == 4 || year.digits == 2 else { return nil }
        return Day(year: year.value + century, month: month, day: day)
    }

    /// The day where the text itself tells, or where all orders that fit mean the same day.
    var certain: Day? {
        if let order { return day(order) }
        let days = Set(DateOrder.allCases.compactMap(day))
        return days.count == 1 && fitting.list.count > 1 ? days.first : nil
    }

    private var fitting: DateOrders {
        DateOrder.allCases.reduce(into: DateOrders()) { if day($1) != nil { $0.insert(DateOrders($1)) } }
    }

    /// The orders in which this is a day, where it matters which; nil when the text itself tells or it is no day.
    var orders: DateOrders? {
        if order != nil || certain != nil { return nil }
        return fitting.isEmpty ? nil : fitting
    }

    /// Takes the numbers of the date off the front.
    private static func date(_ numbers: inout [Number], _ scan: DateScan) -> ([Number], DateOrder?)? {
        if let first = numbers.first, [8, 12, 14].contains(first.digits), scan.month == nil {
            // 20260105, 202601051320, 20260105132001.
            var parts = [Number(value: first.value / DateScan.power(first.digits - 4), digits: 4)]
            for place in stride(from: first.digits - 6, through: 0, by: -2) {
                parts.append(Number(value: first.value / DateScan.power(place) % 100, digits: 2))
            }
            numbers.replaceSubrange(0..<1, with: parts[3...])
            return (Array(parts[..<3]), .yearFirst)
        }
        if let month = scan.month {
            guard numbers.count >= 2, month.position <= 1 else { return nil }
            let named = Number(value: month.value, digits: 2)
            let (first, second) = (numbers[0], numbers[1])
            numbers.removeFirst(2)
            if first.digits == 4 { return ([first, named, second], .yearFirst) }
            return month.position == 0 ? ([named, first, second], .monthFirst) : ([first, named, second], .dayFirst)
        }
        guard numbers.count >= 3 else { return nil }
        let date = Array(numbers[..<3])
        numbers.removeFirst(3)
        if date[0].digits > 4 || date[1].digits > 2 || date[2].digits > 4 { return nil }
        return (date, date[0].digits == 4 || scan.hasYearSign ? .yearFirst : nil)
    }

    private static func time(_ numbers: [Number], _ scan: DateScan) -> Int? {
        guard numbers.count <= 4, var hour = numbers.first?.value else { return nil }
        // A lone number is an hour only where the text says so: 下午3点.
        guard numbers.count > 1 || scan.isLate != nil || scan.hasHourSign else { return nil }
        if let isLate = scan.isLate {
            if isLate, hour < 12 { hour += 12 }
            if !isLate, hour == 12 { hour = 0 }
        }
        let minute = numbers.count > 1 ? numbers[1].value : 0
        let second = numbers.count > 2 ? numbers[2].value : 0
        guard hour < 24, minute < 60, second < 61 else { return nil }
        var milliseconds = (hour * 3600 + minute * 60 + min(second, 59)) * 1000
        if numbers.count > 3 {
            let (value, digits) = (numbers[3].value, numbers[3].digits)
            milliseconds += digits > 3 ? value / DateScan.power(digits - 3) : value * DateScan.power(3 - digits)
        }
        return milliseconds
    }
}

/// Reads the characters of a date.
struct DateScan {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var numbers: [DateParts.Number] = []
    /// A month by name, and how many numbers stood before it.
    private(set) var month: (value: Int, position: Int)?
    /// Whether the time is one of the afternoon; nil when nothing is said.
    private(set) var isLate: Bool?
    private(set) var offset: Int?
    private(set) var hasYearSign = false
    private(set) var hasHourSign = false

    init(_ folded: String) { scalars = Array(folded.unicodeScalars) }

    static func power(_ digits: Int) -> Int { (0..<max(0, digits)).reduce(1) { value, _ in value * 10 } }

    /// False for what is no date: words, too many numbers.
    mutating func run() -> Bool {
        guard scalars.count <= 60 else { return false }
        while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case "0"..."9": guard number() else { return false }
            case "a"..."z": guard word() else { return false }
            case "+", "-":
                // Behind a time, a sign begins the zone.
                if hasTime, index + 1 < scalars.count, ("0"..."9").contains(scalars[index + 1]) {
                    return zone()
                }
                index += 1
            case "/", ".", ":", ",", " ", "'", "(", ")", "\u{A0}", "、": index += 1
            default: guard sign(scalar) else { return false }
            }
        }
        return !numbers.isEmpty
    }

    private var hasTime: Bool { numbers.count + (month == nil ? 0 : 1) >= 5 || (numbers.first?.digits ?? 0) >= 12 }

    private mutating func number() -> Bool {
        var (value, digits) = (0, 0)
        while index < scalars.count, let digit = Int(String(scalars[index])), scalars[index].isASCII {
            guard digits < 14 else { return false }
            (value, digits, index) = (value * 10 + digit, digits + 1, index + 1)
        }
        numbers.append(DateParts.Number(value: value, digits: digits))
        return numbers.count <= 7
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let full = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "sept",
    ]
    private static let idle: Set<String> = [
        "t", "st", "nd", "rd", "th", "at", "of", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday",
        "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    private mutating func word() -> Bool {
        var word = ""
        while index < scalars.count, ("a"..."z").contains(scalars[index]) {
            word.unicodeScalars.append(scalars[index])
            index += 1
        }
        switch word {
        case "am", "a": isLate = false
        case "pm", "p": isLate = true
        case "m": return isLate != nil
        case "z", "utc", "gmt":
            guard hasTime else { return false }
            // The letter may be a mere mark before the zone: `Z-0300`.
            while index < scalars.count, scalars[index] == " " { index += 1 }
            if index < scalars.count { return zone() }
            offset = 0
        case "cst": return false
        default:
            if DateScan.idle.contains(word) { return true }
            guard month == nil else { return false }
            if let known = DateScan.months.firstIndex(of: word) {
                month = (known + 1, numbers.count)
            } else if let known = DateScan.full.firstIndex(of: word) {
                month = (known == 12 ? 9 : known + 1, numbers.count)
            } else {
                return false
            }
        }
        return true
    }

    /// `+08:00`, `-0300` or `+8` to the end.
    private mutating func zone() -> Bool {
        let rest = scalars[index...]
        guard let sign = rest.first, sign == "+" || sign == "-" else { return false }
        let digits = rest.dropFirst().filter { $0 != ":" && $0 != " " }.map(String.init).joined()
        guard let value = Int(digits), (1...4).contains(digits.utf8.count), value >= 0 else { return false }
        let (hours, minutes) = digits.utf8.count > 2 ? (value / 100, value % 100) : (value, 0)
        guard hours < 15, minutes < 60 else { return false }
        offset = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
        index = scalars.count
        return true
    }

    private mutating func sign(_ scalar: Unicode.Scalar) -> Bool {
        let words: [(String, Bool?)] = [
            ("上午", false), ("凌晨", false), ("早上", false), ("下午", true), ("晚上", true), ("傍晚", true), ("中午", nil),
        ]
        for (word, late) in words where scalars[index...].starts(with: word.unicodeScalars) {
            if let late { isLate = late }
            index += word.unicodeScalars.count
            return true
        }
        if scalars[index...].starts(with: "星期".unicodeScalars) || scalar == "周" {
            index += scalar == "周" ? 1 : 2
            guard index < scalars.count, "一二三四五六日天".unicodeScalars.contains(scalars[index]) else { return false }
            index += 1
            return true
        }
        switch scalar {
        case "年": hasYearSign = numbers.count == 1
        case "时", "時", "点", "點": hasHourSign = true
        case "月", "日", "号", "號", "分", "秒": break
        default: return false
        }
        index += 1
        return true
    }
}
