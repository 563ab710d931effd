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
        let plain = PlainName.scalars(of: CompanyName.withoutBracketedPlaces(name, &places))
        var words = plain
        if let last = words.indices.last, let first = words.first {
            words[last] = CompanyName.withoutLegalForm(words[last])
            if words[last].isEmpty, words.count > 1 { words.removeLast() }
            words[0] = CompanyName.withoutPlace(words[0].isEmpty ? first : words[0], &places)
        }
        while words.count > 1, let last = words.last, CompanyName.englishForms.contains(last) { words.removeLast() }
        if words.count > 1, words.first == CompanyName.article { words.removeFirst() }
        var left: [UInt32] = []
        for word in words.contains(where: { !$0.isEmpty }) ? words : plain { left += word }
        core = PlainName.string(left)
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
            let text = Array(PlainName.scalars(of: String(inside[..<close])).joined())
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

    private static func withoutLegalForm(_ text: [UInt32]) -> [UInt32] {
        var text = text
        while let last = text.last, let forms = forms[last] {
            guard
                let form = forms.first(where: { text.count > $0.count + 1 && text.suffix($0.count).elementsEqual($0) })
            else { break }
            text.removeLast(form.count)
        }
        return text
    }

    private static func withoutPlace(_ text: [UInt32], _ places: inout [String]) -> [UInt32] {
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
    private static func place(startOf text: [UInt32], leaving rest: Int) -> (name: String, length: Int)? {
        guard text.count >= 2 else { return nil }
        for city in CityNames.byBeginning[CityNames.beginning(text[0], text[1])] ?? []
        where text.starts(with: city.name) {
            let after = text[city.name.count...]
            let suffix = suffixes.first { after.starts(with: $0) }?.count ?? 0
            if after.count - suffix >= rest { return (city.text, city.name.count + suffix) }
        }
        return nil
    }

    private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private static let suffixes = ["特别行政区", "自治区", "省", "市"].map(scalars)
    private static let article = scalars("the")

    /// By their last character; longer ones first.
    private static let forms: [UInt32: [[UInt32]]] = Dictionary(grouping: legalForms.map(scalars)) { $0[$0.count - 1] }
    private static let legalForms = [
        "集团股份有限公司", "集团有限责任公司", "股份有限责任公司", "股份有限公司", "有限责任公司", "集团有限公司", "控股有限公司",
        "有限合伙", "有限公司", "集团公司", "分公司", "股份公司", "总公司", "公司", "集团", "股份", "有限", "株式会社",
    ]
    private static let englishForms = Set(englishWords.map(scalars))
    private static let englishWords = [
        "co", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "company", "llc", "llp", "plc", "gmbh",
        "ag", "kg", "sa", "sarl", "bv", "nv", "srl", "spa", "oy", "ab", "as", "pte", "pty", "kk", "group", "holdings",
        "holding",
    ]
}
