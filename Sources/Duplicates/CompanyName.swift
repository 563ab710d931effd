import Search
import Values

/// A company's name without what does not tell companies apart: the legal form and the place.
///
/// `北京分享科技有限公司`, `分享科技（北京）股份有限公司` and `分享科技` have one core; the places stay known, since
/// sister companies of two cities differ by nothing else.
struct CompanyName: Sendable, Equatable {
    /// What is left; never empty where the name is not.
    let core: String
    /// The core as it sounds, in Latin letters.
    let sound: String
    /// The provinces and cities in the name, from the largest.
    let places: [String]

    init(_ name: String) {
        var places: [String] = []
        let plain = PlainName(CompanyName.withoutBracketedPlaces(name, &places))
        var words = plain.words
        if let last = words.indices.last, let first = words.first {
            words[last] = CompanyName.withoutLegalForm(words[last])
            if words[last].isEmpty, words.count > 1 { words.removeLast() }
            words[0] = CompanyName.withoutPlace(words[0].isEmpty ? first : words[0], &places)
        }
        while words.count > 1, let last = words.last, CompanyName.englishForms.contains(last) { words.removeLast() }
        if words.count > 1, words.first == "the" { words.removeFirst() }
        let left = words.joined()
        core = left.isEmpty ? plain.text : left
        sound = PlainName.sound(of: core)
        self.places = places
    }

    /// The first two characters as they sound: colleagues often shorten a name to them and the trade.
    var head: String? {
        let characters = core.unicodeScalars
        guard let first = characters.first, first.value >= 0x3400, characters.count > 2 else { return nil }
        return PlainName.sound(of: String(String.UnicodeScalarView(characters.prefix(2))))
    }

    /// False when both names say where they are and do not agree.
    func mayBeIn(theSamePlaceAs other: CompanyName) -> Bool {
        guard let mine = places.last, let theirs = other.places.last else { return true }
        return places.contains(theirs) || other.places.contains(mine)
    }

    private static func withoutBracketedPlaces(_ name: String, _ places: inout [String]) -> String {
        // A look at the characters is much quicker than one at what is drawn, and most names have no brackets.
        guard name.unicodeScalars.contains(where: { "（([【".unicodeScalars.contains($0) }) else { return name }
        var result = ""
        var rest = name[...]
        while let open = rest.firstIndex(where: { "（([【".contains($0) }) {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(where: { "）)]】".contains($0) }) else { break }
            let text = PlainName(String(inside[..<close])).text
            result += rest[..<open]
            if let place = place(startOf: text, leaving: 0), place.length == text.count {
                places.append(place.name)
            } else {
                result += rest[open...close]
            }
            rest = inside[inside.index(after: close)...]
        }
        return result + rest
    }

    private static func withoutLegalForm(_ text: String) -> String {
        var text = text
        var isShorter = true
        while isShorter {
            isShorter = false
            for form in forms where text.utf8.suffix(form.utf8.count).elementsEqual(form.utf8) {
                let (all, end) = (text.unicodeScalars, form.unicodeScalars.count)
                guard all.count > end + 1 else { continue }
                text = String(all.dropLast(end))
                isShorter = true
                break
            }
        }
        return text
    }

    private static func withoutPlace(_ text: String, _ places: inout [String]) -> String {
        var text = text
        // 江苏省苏州市…: a province, then a city.
        for _ in 0..<2 {
            guard let place = place(startOf: text, leaving: 2) else { break }
            places.append(place.name)
            text.removeFirst(place.length)
        }
        return text
    }

    /// The place that a text begins with, and how many characters it takes; at least `leaving` others follow.
    private static func place(startOf text: String, leaving rest: Int) -> (name: String, length: Int)? {
        guard CityNames.beginnings.contains(String(text.unicodeScalars.prefix(2))) else { return nil }
        let characters = Array(text)
        for length in stride(from: min(CityNames.longest, characters.count), through: 2, by: -1) {
            let name = String(characters[..<length])
            guard CityNames.all.contains(name) else { continue }
            let after = String(characters[length...])
            let suffix = ["特别行政区", "自治区", "省", "市"].first { after.hasPrefix($0) }?.count ?? 0
            if characters.count - length - suffix >= rest { return (name, length + suffix) }
        }
        return nil
    }

    /// Longer ones first.
    private static let forms = [
        "集团股份有限公司", "集团有限责任公司", "股份有限责任公司", "股份有限公司", "有限责任公司", "集团有限公司", "控股有限公司",
        "有限合伙", "有限公司", "集团公司", "分公司", "股份公司", "总公司", "公司", "集团", "股份", "有限", "株式会社",
    ]
    private static let englishForms: Set<String> = [
        "co", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "company", "llc", "llp", "plc", "gmbh",
        "ag", "kg", "sa", "sarl", "bv", "nv", "srl", "spa", "oy", "ab", "as", "pte", "pty", "kk", "group", "holdings",
        "holding",
    ]
}
