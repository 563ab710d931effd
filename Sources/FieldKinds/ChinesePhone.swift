/// The numbers of the mainland of China as they are written there.
enum ChinesePhone {
    /// The national number without the leading zero of an area; nil when it is no Chinese number.
    static func national(_ digits: String, afterCode: Bool = false) -> String? {
        if isMobile(digits) || isService(digits) { return digits }
        if digits.first == "0" {
            let rest = String(digits.dropFirst())
            return isMobile(rest) || isLandLine(rest) ? rest : nil
        }
        // Spreadsheets drop the zero of 0571…; of the numbers that begin with 1 only Beijing's, after +86.
        guard isLandLine(digits), afterCode || digits.first != "1" else { return nil }
        return digits
    }

    /// Digits that begin as a mobile does and are too few or too many.
    static func isMistypedMobile(_ digits: String) -> Bool {
        let second = digits.dropFirst().first ?? "0"
        return (8...14).contains(digits.utf8.count) && digits.utf8.count != 11 && digits.first == "1" && second >= "3"
    }

    static func isMobile(_ digits: String) -> Bool {
        let second = digits.dropFirst().first ?? "0"
        return digits.utf8.count == 11 && digits.first == "1" && second >= "3"
    }

    /// 400 and 800 numbers, and the short ones of banks, carriers and authorities.
    static func isService(_ digits: String) -> Bool {
        switch digits.utf8.count {
        case 3: ["110", "114", "117", "119", "120", "121", "122"].contains(digits)
        case 5...9: ["95", "96", "10", "12", "116", "118"].contains(where: digits.hasPrefix) && (digits.utf8.count < 9)
        case 10: digits.hasPrefix("400") || digits.hasPrefix("800")
        default: false
        }
    }

    /// An area code without its zero, then the number.
    static func isLandLine(_ digits: String) -> Bool {
        let area = areaLength(digits)
        guard area > 0 else { return false }
        let rest = digits.utf8.count - area
        return area == 2 ? rest == 8 : rest == 7 || rest == 8
    }

    /// 2 for Beijing and the great cities, 3 elsewhere, 0 for no area.
    static func areaLength(_ digits: String) -> Int {
        let second = digits.dropFirst().first
        switch digits.first {
        case "1": return second == "0" ? 2 : 0
        case "2": return 2
        case .some("3"..."9"): return second == "0" ? 0 : 3
        default: return 0
        }
    }
}
