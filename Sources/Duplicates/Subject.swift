import Schema
import Search
import Values

/// One value as it is compared.
struct ComparedValue: Sendable, Equatable {
    var text: String
    var sound = ""
    var company: CompanyName?
    /// «Mr. Lü»: a surname is all that is known.
    var isSurname = false

    /// The value of a field's columns; nil when there is nothing to compare.
    init?(_ columns: [SQLValue], of field: FieldDefinition, as method: Comparison.Method) {
        let stored = ComparedValue.stored(columns, of: field)
        guard !stored.isEmpty else { return nil }
        switch method {
        case .company:
            let name = CompanyName(stored)
            text = name.core
            sound = name.sound
            company = name
        case .person:
            text = PlainName(stored).text
            sound = PlainName.sound(of: stored, isPerson: true)
            if let surname = ComparedValue.surname(text) {
                (text, sound, isSurname) = (surname, PlainName.sound(of: surname, isPerson: true), true)
            }
        case .phone:
            var digits: [UInt8] = []
            for byte in Fold.fold(stored).utf8 {
                if byte == UInt8(ascii: ";") { break }
                if byte >= 0x30, byte <= 0x39 { digits.append(byte) }
            }
            text = String(decoding: digits, as: UTF8.self)
            guard text.utf8.count >= 5 else { return nil }
        case .email: text = Fold.fold(stored)
        case .domain:
            guard let domain = ComparedValue.domain(stored) else { return nil }
            text = domain
        case .address: text = PlainName(stored).words.joined(separator: " ")
        case .exact, .text: text = PlainName(stored).text
        case .day: text = stored.filter(\.isNumber)
        }
        guard !text.isEmpty else { return nil }
    }

    private static func stored(_ columns: [SQLValue], of field: FieldDefinition) -> String {
        if case .address = field.kind {
            // From the large to the small, without the country.
            return [2, 3, 4, 0].compactMap { columns.indices.contains($0) ? columns[$0].text : nil }
                .joined(separator: " ")
        }
        return columns.first?.text ?? columns.first?.integer.map { String($0) } ?? ""
    }

    /// The surname of 吕先生, 欧阳女士, 王总; nil for any other name.
    private static func surname(_ name: String) -> String? {
        for title in ["先生", "女士", "小姐", "经理", "主任", "老师", "总"] where name.hasSuffix(title) {
            let rest = name.dropLast(title.count)
            if (1...2).contains(rest.count), rest.unicodeScalars.allSatisfy({ $0.value >= 0x3400 }) {
                return String(rest)
            }
        }
        return nil
    }

    private static func domain(_ stored: String) -> String? {
        var folded = Fold.fold(stored)
        let found = folded.withUTF8 { bytes -> String? in
            var start = bytes.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
            func continues(_ text: StaticString, at index: Int) -> Bool {
                guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
                return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
            }
            if let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")), continues("://", at: colon) {
                start = colon + 3
            }
            if continues("www.", at: start) { start += 4 }
            var end = start
            var hasDot = false
            while end < bytes.count {
                let byte = bytes[end]
                // What follows is a path, a query, a place within, a port.
                if byte == 0x2F || byte == 0x3F || byte == 0x23 || byte == 0x3A { break }
                if byte == 0x2E { hasDot = true }
                end += 1
            }
            return hasDot ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
        }
        guard let host = found else { return nil }
        return freeMail.contains(host) ? nil : host
    }

    /// Mail services for everybody: a shared domain says nothing.
    private static let freeMail: Set<String> = [
        "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net", "188.com", "sina.com",
        "sina.cn", "vip.sina.com", "sohu.com", "139.com", "189.cn", "wo.cn", "aliyun.com", "21cn.com", "tom.com",
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.cn", "msn.com", "yahoo.com",
        "yahoo.cn", "yahoo.com.cn", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com",
        "gmx.de", "gmx.net", "web.de", "aol.com", "mail.com", "mail.ru", "yandex.ru",
    ]

    /// How alike two values are, from 0 to 1.
    func likeness(to other: ComparedValue, as method: Comparison.Method) -> Double {
        // A surname that fits says neither yes nor no.
        if isSurname || other.isSurname {
            return sound.hasPrefix(other.sound) || other.sound.hasPrefix(sound) ? 0.8 : 0
        }
        if text == other.text {
            guard let company, let theirs = other.company else { return 1 }
            return company.mayBeIn(theSamePlaceAs: theirs) ? 1 : 0.8
        }
        switch method {
        case .company:
            guard let company, let theirs = other.company else { return 0 }
            if !company.mayBeIn(theSamePlaceAs: theirs) { return 0.5 }
            if sound == other.sound { return 0.95 }
            let alike = max(Similarity.pairs(text, other.text), Similarity.jaroWinkler(text, other.text))
            // «Plant 1» and «Plant 2» are alike in letters and not the same.
            let (mine, others) = (numbers, other.numbers)
            return mine == others ? alike : min(alike, mine.isDisjoint(with: others) ? 0.5 : 0.8)
        case .person:
            if sound == other.sound { return 0.95 }
            return isLatin || other.isLatin
                ? Similarity.jaroWinkler(sound, other.sound) : Similarity.jaroWinkler(text, other.text)
        case .text: return max(Similarity.jaroWinkler(text, other.text), Similarity.pairs(text, other.text))
        case .address:
            let alike = max(Similarity.jaroWinkler(text, other.text), Similarity.pairs(text, other.text))
            let (mine, theirs) = (numbers, other.numbers)
            return mine.isEmpty || theirs.isEmpty || !mine.isDisjoint(with: theirs) ? alike : min(alike, 0.6)
        case .phone:
            let (short, long) = text.utf8.count < other.text.utf8.count ? (text, other.text) : (other.text, text)
            if short.utf8.count >= 7, long.hasSuffix(short) { return 1 }
            return Similarity.isOneSlip(text, other.text) ? 0.8 : 0
        case .day:
            let isSwapped =
                text.utf8.count == 8 && text.prefix(4) == other.text.prefix(4)
                && text.dropFirst(4).prefix(2) == other.text.suffix(2)
                && text.suffix(2) == other.text.dropFirst(4).prefix(2)
            return isSwapped || Similarity.isOneSlip(text, other.text) ? 0.8 : 0
        case .email, .domain, .exact: return 0
        }
    }

    private var isLatin: Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private var numbers: Set<Substring> { Set(text.split { !($0.isASCII && $0.isNumber) }) }

    /// What leads to records with the same value.
    func keys(as method: Comparison.Method) -> [String] {
        switch method {
        case .company: [sound] + (company?.head.map { ["^" + $0] } ?? [])
        case .person: isSurname ? [] : [sound]
        // A switchboard with and without its area code, a mobile with and without its country.
        case .phone: [String(decoding: text.utf8.suffix(8), as: UTF8.self)]
        case .address, .text, .email, .domain, .exact, .day: [text]
        }
    }
}

/// A record as it is compared with others.
struct Subject: Sendable {
    /// The values of each comparison of the rules; nil where its condition is not met.
    let values: [[ComparedValue]?]

    /// Takes the values out of a record or draft, whose fields' columns `columns` answers; with `onlyFinding` those
    /// that make its keys.
    init(_ rules: CompiledRules, onlyFinding: Bool = false, _ columns: (FieldDefinition) -> [SQLValue]) {
        values = rules.comparisons.map { comparison in
            if onlyFinding, !comparison.finds { return nil }
            if let (field, key) = comparison.condition, columns(field).first?.text != key { return nil }
            return comparison.fields.compactMap { ComparedValue(columns($0), of: $0, as: comparison.method) }
        }
    }

    /// Takes the values out of a record of another object: `values` answers what stands for each field of the rules.
    init(_ rules: CompiledRules, _ values: (FieldDefinition) -> [(field: FieldDefinition, columns: [SQLValue])]) {
        self.values = rules.comparisons.map { comparison in
            if let (field, key) = comparison.condition,
                !values(field).contains(where: { $0.columns.first?.text == key })
            {
                return nil
            }
            return comparison.fields.flatMap(values).compactMap {
                ComparedValue($0.columns, of: $0.field, as: comparison.method)
            }
        }
    }

    /// What leads to the record, each once.
    func keys(_ rules: CompiledRules) -> Set<Int64> {
        var keys: Set<Int64> = []
        for (comparison, values) in zip(rules.comparisons, values) where comparison.finds {
            for value in values ?? [] {
                for key in value.keys(as: comparison.method) { keys.insert(rules.hash(key, comparison)) }
            }
        }
        return keys
    }
}
